"""HTTP routes of this wing."""
