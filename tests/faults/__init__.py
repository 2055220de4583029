"""What clients notice when processes, lines and databases fail."""
