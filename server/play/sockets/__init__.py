"""WebSocket endpoints of this wing: a room, the lobby, a replay."""
