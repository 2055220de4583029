"""The test kit for authors of games: `table` (a room in virtual time), `properties` (tests for nothing), `live` (a real
server). Only tests import it, and `parlor games --check`. It needs the extra `parlor[testing]`."""
