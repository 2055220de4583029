"""Chaos: a server under load whose processes, lines and clients fail on purpose, and a check that nothing was lost.

Like the rest of the package it knows the protocol page only. What is promised there is compared with what clients were
told and with the log, from outside.
"""
