"""Before a game: the list of public rooms, opening a room, matchmaking, rematch."""
