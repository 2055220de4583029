"""`python -m loadtest.bench` (or `make bench`): the figures of this machine."""
