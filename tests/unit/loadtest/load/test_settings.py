"""The settings of a load test: which are valid, and how options override a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loadtest.load.settings import SCENARIOS, InvalidOption, http_url, load_settings, seconds
from loadtest.load.share import divide


@pytest.mark.parametrize("name", sorted(path.stem for path in SCENARIOS.glob("*.toml")))
def test_every_scenario_is_valid(name: str) -> None:
    assert load_settings(name, {}).about


def test_options_override_the_scenario() -> None:
    settings = load_settings("relay", {"rooms": 7, "rate": "max", "duration_s": "2m", "seed": None})
    assert (settings.game, settings.rooms, settings.rate, settings.duration_s, settings.seed) == (
        "relay",
        7,
        None,
        120,
        0,
    )


def test_a_scenario_file_can_be_given(tmp_path: Path) -> None:
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
        ({"duration_s": "soon"}, "'soon' is not a duration"),
        ({"duration_s": "0s"}, "duration must be 1 to"),
        ({"work": "bots", "spectators": 3}, "go with the work play"),
        ({"game": "chess"}, "game must be one of relay, eldorado"),
        ({"url": "https://play.example.org"}, "is not http://HOST:PORT"),
        ({"url": "ws://127.0.0.1:99999"}, "is not http://HOST:PORT"),
        ({"colour": "red"}, "unknown setting 'colour'"),
    ],
)
def test_invalid_settings_are_rejected_with_their_name(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidOption, match=said.replace("(", r"\(")):
        load_settings(None, options)


def test_missing_and_malformed_scenarios_are_rejected(tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match=r"there is no scenario 'movez'; there are bots, .*moves"):
        load_settings("movez", {})
    broken = tmp_path / "broken.toml"
    broken.write_text("rooms =")
    with pytest.raises(InvalidOption, match=r"broken\.toml"):
        load_settings(str(broken), {})


def test_durations_and_urls_are_parsed() -> None:
    assert [seconds(text) for text in ("30", "30s", "250ms", "1.5m", "1h")] == [30, 30, 0.25, 90, 3600]
    assert http_url("ws://127.0.0.1:8000") == http_url("http://127.0.0.1:8000/") == "http://127.0.0.1:8000"
    assert http_url("http://[::1]:8000") == "http://[::1]:8000"


def test_the_shares_of_all_processes_add_up() -> None:
    settings = load_settings(None, {"rooms": 10, "rate": 1000})
    shares = divide(settings, "http://127.0.0.1:1", 4)
    assert [share.rooms for share in shares] == [3, 3, 2, 2]
    assert sum(share.rate or 0 for share in shares) == pytest.approx(1000)
    assert len({share.seed for share in shares}) == 4
    assert len(divide(load_settings(None, {"rooms": 2}), "http://127.0.0.1:1", 8)) == 2
