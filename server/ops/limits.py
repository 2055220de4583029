"""Every bound of the wing `ops`, with its reason."""

from typing import Final

OPERATOR_WORDS_MAX: Final = 200  # characters of a reason, and of a message to a room
VITALS_WINDOW_S: Final = 60.0  # over which the operator's page tells rates and quantiles
VITALS_READINGS_MAX: Final = 60  # kept for that
