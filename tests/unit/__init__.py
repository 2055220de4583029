"""Single modules without I/O."""
