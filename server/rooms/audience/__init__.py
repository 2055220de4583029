"""Who is connected to a room, and who is told what, when."""
