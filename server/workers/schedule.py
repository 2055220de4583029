"""Every period of the background jobs, on one screen."""

from typing import Final

PARTITIONS_EVERY_S: Final = 24 * 3600.0
MONTHS_AHEAD: Final = 2
TICKETS_EVERY_S: Final = 15.0
AFTER_GAME_EVERY_S: Final = 1.0  # looks whether a game has ended on any server
REVIVE_EVERY_S: Final = 1.0  # while the embedded database is away
