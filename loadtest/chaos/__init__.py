"""Chaos: injects faults into processes, connections and clients of a server under load, and checks its guarantees.

Like the rest of the package it knows only the protocol page. It compares what clients received with the log.
"""
