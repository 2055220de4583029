"""Unit tests of `server/testing`."""
