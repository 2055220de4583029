"""Pure rules of this wing: the standard library only, no I/O."""
