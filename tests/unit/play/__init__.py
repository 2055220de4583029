"""Unit tests of the wing `play`."""
