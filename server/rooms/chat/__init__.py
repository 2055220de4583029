"""The chat of a room: beside the game, apart from its log."""
