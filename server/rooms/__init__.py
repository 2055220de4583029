"""Rooms in memory: what was decided, who is told what and when, and the way from the log into memory."""
