"""`python -m loadtest.bench` (or `make bench`): measures a server on this machine."""
