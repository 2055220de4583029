"""Unit tests of `loadtest/load`."""
