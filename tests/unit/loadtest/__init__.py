"""Unit tests of `loadtest`."""
