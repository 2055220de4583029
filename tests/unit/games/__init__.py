"""Unit tests of `server/games`."""
