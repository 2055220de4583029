"""Unit tests of `server/play/rebuild`."""
