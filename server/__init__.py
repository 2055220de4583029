"""The server: pure rules, rooms, what is built around them, and the doors through which everything comes in."""
