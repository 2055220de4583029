"""Reading, playing back and forking games from their logs."""
