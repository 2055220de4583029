"""Unit tests of `server/wire`."""
