"""Tables of the wing `ops`."""
