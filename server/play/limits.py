"""Every bound of the wing `play`, with its reason."""

from typing import Final

EVENTS_PAGE_MAX: Final = 5_000
LEADERBOARD_GAMES_MIN: Final = 10  # one lucky game makes no champion
SCORE_GAMES_MAX: Final = 1_000  # the newest ones, of which a player's scores are counted
SCORE_BINS_MAX: Final = 30  # into so many bins; more can't be told apart in a picture
RATING_BATCH_GAMES: Final = 50  # rated in one transaction; a crash costs so much work at most
REBUILD_GAMES: Final = 20  # folded before a process is given the next ones; their logs are in its memory
REBUILD_RATED_GAMES: Final = 1_000  # likewise, of the ratings
REBUILD_PLAYERS: Final = 50  # likewise, of players whose statistics are mended
REBUILD_PROCESSES_MAX: Final = 64  # each has a connection to the database
REBUILD_STATEMENT_S: Final = 6 * 3600.0  # statistics over all games are one statement
REBUILD_SHOWN_MAX: Final = 100  # differences that are printed; all of them go to a file
