"""Acceptance tests of the wing `ops`."""
