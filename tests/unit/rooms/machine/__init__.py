"""Unit tests of `server/rooms/machine`."""
