"""Acceptance tests of the wing `play`."""
