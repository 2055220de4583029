"""Tables and queries of the wing `play`."""
