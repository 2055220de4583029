"""What may be asked of a load test, and how scenarios and options go together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loadtest.load.settings import SCENARIOS, InvalidOption, http_url, load_settings, seconds
from loadtest.load.share import divide


@pytest.mark.parametrize("name", sorted(path.stem for path in SCENARIOS.glob("*.toml")))
def test_every_scenario_can_be_asked_for(name: str) -> None:
    assert load_settings(name, {}).about


def test_options_go_before_the_scenario_and_the_rest_stays() -> None:
    settings = load_settings("relay", {"rooms": 7, "rate": "max", "duration_s": "2m", "seed": None})
    assert (settings.game, settings.rooms, settings.rate, settings.duration_s, settings.seed) == (
        "relay",
        7,
        None,
        120,
        0,
    )


def test_a_scenario_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('rooms = 3\nrate = 12.5\nramp_s = "500ms"\n')
    settings = load_settings(str(file), {})
    assert (settings.rooms, settings.rate, settings.ramp_s) == (3, 12.5, 0.5)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rooms": 0}, "rooms must be 1 to"),
        ({"rooms": "many"}, "rooms must be 1 to"),
        ({"players": 11}, "players must be 1 to 10"),
        ({"players": 1}, "eldorado needs at least 2"),
        ({"rate": "fast"}, "rate must be a number or max"),
        ({"rate": "nan"}, "rate must be a number or max"),
        ({"rate": 0}, "rate must be more than 0"),
        ({"duration_s": "soon"}, "'soon' is no duration"),
        ({"duration_s": "0s"}, "duration must be 1 to"),
        ({"work": "bots", "spectators": 3}, "go with the work play"),
        ({"game": "chess"}, "game must be one of relay, eldorado"),
        ({"url": "https://play.example.org"}, "is not http://HOST:PORT"),
        ({"url": "ws://127.0.0.1:99999"}, "is not http://HOST:PORT"),
        ({"colour": "red"}, "unknown setting 'colour'"),
    ],
)
def test_what_makes_no_sense_is_named(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidOption, match=said.replace("(", r"\(")):
        load_settings(None, options)


def test_a_scenario_that_is_not_there_or_no_toml(tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match=r"there is no scenario 'movez'; there are bots, .*moves"):
        load_settings("movez", {})
    broken = tmp_path / "broken.toml"
    broken.write_text("rooms =")
    with pytest.raises(InvalidOption, match=r"broken\.toml"):
        load_settings(str(broken), {})


def test_units() -> None:
    assert [seconds(text) for text in ("30", "30s", "250ms", "1.5m", "1h")] == [30, 30, 0.25, 90, 3600]
    assert http_url("ws://127.0.0.1:8000") == http_url("http://127.0.0.1:8000/") == "http://127.0.0.1:8000"
    assert http_url("http://[::1]:8000") == "http://[::1]:8000"


def test_the_work_is_divided_and_none_is_lost() -> None:
    settings = load_settings(None, {"rooms": 10, "rate": 1000})
    shares = divide(settings, "http://127.0.0.1:1", 4)
    assert [share.rooms for share in shares] == [3, 3, 2, 2]
    assert sum(share.rate or 0 for share in shares) == pytest.approx(1000)
    assert len({share.seed for share in shares}) == 4
    assert len(divide(load_settings(None, {"rooms": 2}), "http://127.0.0.1:1", 8)) == 2
