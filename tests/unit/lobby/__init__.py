"""Unit tests of `server/lobby`."""
