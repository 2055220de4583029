"""Unit tests of `server/play/sockets`."""
