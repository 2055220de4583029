"""Unit tests of `server/cli`."""
