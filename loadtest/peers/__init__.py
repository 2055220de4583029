"""Compares Parlor with Colyseus: the same work on the same core with the same Postgres, in turns."""
