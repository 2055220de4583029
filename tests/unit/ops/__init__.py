"""Unit tests of the wing `ops`."""
