"""Load tests for a Parlor server: clients, players, measurements.

A second implementation of the protocol, written from its page (docs/protocol.md). It imports nothing of the server.
"""
