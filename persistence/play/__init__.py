"""Tables of the wing `play`: players, games, statistics, ratings, tickets, chat."""
