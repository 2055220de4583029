"""Unit tests of `persistence`."""
