"""Unit tests of `server/games/eldorado`."""
