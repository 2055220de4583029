"""Parlor beside a peer: the same work, on the same core, against the same Postgres, in turns."""
