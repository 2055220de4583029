"""Unit tests of `loadtest/chaos`."""
