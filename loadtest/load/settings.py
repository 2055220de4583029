"""The settings of a load test: a scenario, overridden by options. Reads scenario files, otherwise pure."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from loadtest.loopback import is_loopback

SCENARIOS = Path(__file__).parent.parent / "scenarios"
WORKS = ("play", "bots", "lobby")
GAMES = ("relay", "eldorado")
PROTOCOLS = ("json", "msgpack")
READS_DURATION_MIN_S = 6.0
"""One half without reads, one with them; the seconds around the change count for neither."""

_UNITS = {"": 1.0, "s": 1.0, "ms": 0.001, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|)")
_BOUNDS: Mapping[str, tuple[float, float]] = {
    "rooms": (1, 100_000),
    "players": (1, 10),
    "spectators": (0, 100_000),
    "window": (1, 1_000),
    "duration_s": (1, 24 * 3600),
    "ramp_s": (0, 3600),
    "cut_every_s": (0, 3600),
    "reads_per_s": (0, 100_000),
    "processes": (0, 256),
    "seed": (0, 2**32),
}


class InvalidOption(ValueError):
    """An option or setting is invalid; the message says which, for the person who ran the command."""


@dataclass(frozen=True, slots=True)
class LoadSettings:
    """The settings of one load test.

    `work`: play (clients play), bots (rooms of bots only), lobby (rooms are opened, joined and left).
    `rate`: commands a second over all rooms (lobby: rooms a second); None: as many as the server takes.
    `window`: without a rate, commands in flight in each relay room.
    `spectators`: of each room. `cut_every_s`: interval at which all connections are cut; 0: never.
    `reads_per_s`: anonymous GETs of running games over all rooms, in the second half of the measurement; 0: none.
    `processes`: of clients; 0: one less than there are cores. `url` None: start a server.
    """

    about: str = ""
    work: str = "play"
    game: str = "eldorado"
    rooms: int = 100
    players: int = 4
    spectators: int = 0
    rate: float | None = None
    window: int = 8
    duration_s: float = 30.0
    ramp_s: float = 5.0
    cut_every_s: float = 0.0
    reads_per_s: float = 0.0
    protocol: str = "json"
    processes: int = 0
    seed: int = 0
    url: str | None = None

    def __post_init__(self) -> None:
        """Raises BadRequest."""
        for name, allowed in (("work", WORKS), ("game", GAMES), ("protocol", PROTOCOLS)):
            if getattr(self, name) not in allowed:
                raise InvalidOption(f"{name} must be one of {', '.join(allowed)}, not {getattr(self, name)!r}")
        for name, (low, high) in _BOUNDS.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
                raise InvalidOption(f"{name.removesuffix('_s')} must be {low:,g} to {high:,g}, not {value!r}")
        if self.rate is not None and not 0 < self.rate <= 10_000_000:
            raise InvalidOption("rate must be more than 0, or max")
        if self.game == "eldorado" and self.work != "lobby" and self.players < 2:
            raise InvalidOption("players: a game of eldorado needs at least 2")
        if self.work != "play" and (self.spectators or self.cut_every_s or self.reads_per_s):
            raise InvalidOption(f"spectators, cut_every and reads_per_s go with the work play, not with {self.work}")
        if self.reads_per_s and self.duration_s < READS_DURATION_MIN_S:
            raise InvalidOption(f"duration must be at least {READS_DURATION_MIN_S:.0f}s with reads")
        if self.reads_per_s and self.url is not None and not is_loopback(urlsplit(self.url).hostname or ""):
            raise InvalidOption("reads: only of a server on this machine (127.0.0.1, localhost, [::1])")

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "rate": "max" if self.rate is None else self.rate}


def load_settings(scenario: str | None, options: Mapping[str, Any]) -> LoadSettings:
    """The settings of a scenario (a name in `SCENARIOS` or a file; None: the defaults), overridden by the options.

    Raises BadRequest.
    """
    settings = {} if scenario is None else read_scenario(scenario)
    settings |= {name: value for name, value in options.items() if value is not None}
    known = {field.name for field in fields(LoadSettings)}
    if unknown := sorted(settings.keys() - known):
        raise InvalidOption(f"unknown setting {unknown[0]!r}; there are {', '.join(sorted(known))}")
    for name in ("duration_s", "ramp_s", "cut_every_s"):
        if isinstance(settings.get(name), str):
            settings[name] = seconds(settings[name])
    if "rate" in settings:
        settings["rate"] = rate(settings["rate"])
    if (url := settings.get("url")) is not None:
        settings["url"] = http_url(url)
    return LoadSettings(**settings)


def read_scenario(name: str) -> dict[str, Any]:
    """Raises BadRequest."""
    path = Path(name)
    if path.suffix != ".toml":
        path = SCENARIOS / f"{name}.toml"
    try:
        return tomllib.loads(path.read_text())
    except FileNotFoundError:
        there = ", ".join(sorted(scenario.stem for scenario in SCENARIOS.glob("*.toml")))
        raise InvalidOption(f"there is no scenario {name!r}; there are {there}, or give a .toml file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidOption(f"{path}: {error}") from None


def seconds(text: str) -> float:
    """`30`, `30s`, `500ms`, `5m`, `1h`. Raises BadRequest."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise InvalidOption(f"{text!r} is not a duration like 30s, 500ms, 5m or 1h")
    return float(match[1]) * _UNITS[match[2]]


def rate(given: Any) -> float | None:
    """A number, or None for `max`. Raises BadRequest."""
    if given == "max":
        return None
    try:
        value = float(given)
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        raise InvalidOption(f"rate must be a number or max, not {given!r}")
    return value


def http_url(given: str) -> str:
    """The base URL of a server, from http:// or ws:// (TLS is not supported). Raises BadRequest."""
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "ws") or not parts.hostname or parts.path not in ("", "/"):
        raise InvalidOption(f"url: {given!r} is not http://HOST:PORT or ws://HOST:PORT")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"http://{host}:{port or 80}"
