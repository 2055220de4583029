"""How the figures change with the number of rooms, players, spectators, with the size of the log, and at a start."""
