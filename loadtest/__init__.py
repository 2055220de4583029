"""Load for a Parlor server: clients, players, measurements.

Knows the protocol page and imports nothing else of ours: the second implementation of it, independent of the first.
"""
