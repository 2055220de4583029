"""Unit tests of `loadtest/bench`."""
