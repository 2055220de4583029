"""Background work of this wing."""
