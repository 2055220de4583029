"""Unit tests of `server/replays`."""
