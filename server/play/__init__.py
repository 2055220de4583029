"""The wing of players: rooms, games, profiles, statistics, ratings over HTTP and WebSocket."""
