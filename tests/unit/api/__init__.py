"""Unit tests of `server/api`."""
