"""The game of docs/writing-a-game.md is real: it is imported from the page, driven by the rooms' core, and played."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from persistence.event_log.log import NewEvent, seal
from server.games import chance, match
from server.games.registry import Registry
from server.games.replay import fold, state_hash
from server.games.rules import Game, Refusal
from server.games.table import Phase, config_data
from server.rooms.core import RoomCore
from server.rooms.effects import Append, Effect, Publish, SetAlarm
from server.rooms.identities import bot_identities
from server.rooms.identity import Identity
from server.rooms.opening import first_joins, room_config
from server.wire.commands import CommandDecoder, command_data
from server.wire.from_client import CommandFrame
from tests.docs.pages import blocks, page
from tests.support.client import Player, play_by_turns
from tests.support.server import ServerProcess

SEED = "5e" * 32
ME = "00000000-0000-7000-8000-000000000001"
PROFILE = {"display_name": "Ada", "avatar_seed": "a", "color": "#112233"}


def code() -> str:
    (block,) = blocks(page("writing-a-game"), "python")
    return block


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder in which the game is installed as a distribution, by the entry point that the page shows."""
    (tmp_path / "lowest.py").write_text(code())
    (entry,) = blocks(page("writing-a-game"), "toml")
    group, line = entry.strip().splitlines()
    assert group == '[project.entry-points."parlor.games"]'
    info = tmp_path / "lowest-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lowest\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[parlor.games]\n{line.replace(chr(34), '')}\n")
    return tmp_path


@pytest.fixture
def game(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Game[Any]]:
    monkeypatch.syspath_prepend(str(installed))
    importlib.invalidate_caches()
    yield Registry.installed().game("lowest")
    sys.modules.pop("lowest", None)


def test_it_is_as_short_as_the_page_says() -> None:
    assert len([line for line in code().splitlines() if line.strip()]) < 100


class Table:
    """A room whose log commits at once and whose clock is a number."""

    def __init__(self, game: Game[Any], **config: Any) -> None:
        bots = bot_identities(Registry([game]))
        settings = room_config(game, {"autostart": True, **config}, bots_alone=False)
        assert not isinstance(settings, Refusal)
        joins = first_joins(game, settings, ME, PROFILE, spectator=False, bots=2, level=None, identities=bots)
        assert not isinstance(joins, Refusal)
        self.game = game
        self.now_ms = 1_700_000_000_000
        self.due_ms: int | None = None
        self.log: list[NewEvent] = []
        self.core = RoomCore(game, CommandDecoder(game), Identity(ME, "AAAAAA", True, SEED), bots)
        opening = chance.commitment(ME, SEED)
        self.carry_out(self.core.create(ME, config_data(settings), opening, joins, self.now_ms, ()))

    def carry_out(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, SetAlarm):
                self.due_ms = effect.at_ms
            elif isinstance(effect, Append):
                self.log += effect.events
                self.carry_out(self.core.committed(seal(self.core.head), self.now_ms))
            else:
                assert isinstance(effect, Publish), effect

    def wait(self) -> None:
        """Let time pass until something is due."""
        assert self.due_ms is not None
        self.now_ms = max(self.now_ms, self.due_ms)
        self.carry_out(self.core.alarm(self.now_ms))

    def say(self, command_id: str, name: str, args: dict[str, Any]) -> None:
        self.carry_out(self.core.command(ME, PROFILE, CommandFrame(command_id, name, args), self.now_ms))

    @property
    def names(self) -> list[str]:
        return [event.type for event in self.log]


def test_a_game_by_turns(game: Game[Any]) -> None:
    table = Table(game, rounds=4)
    for number in range(100):
        if table.core.committed_state.table.is_over:
            break
        turn = table.core.turn(ME)
        if turn is None:
            table.wait()
        else:
            table.say(f"c{number}", **command_data(turn[1][2]))
    assert table.names[-1] == "game_completed"
    assert table.names.count("revealed") == 4
    assert table.names.count("picked") == 12
    assert not any(json.loads(event.payload).get("forced") for event in table.log)

    # The log alone gives the same state again.
    codec = Registry([game]).codec("lowest")
    events = [codec.from_data(event.type, json.loads(event.payload)) for event in table.log]
    assert state_hash(fold(game, events)) == state_hash(table.core.committed_state)
    summary = game.summary(table.core.committed_state)
    assert len(summary.rounds) == 4
    assert {result.player_id for result in summary.results if result.is_winner} == set(events[-1].winners)  # type: ignore[attr-defined]
    json.dumps(match.view(game, table.core.committed_state, None))


def test_a_number_stays_secret_until_all_are_in(game: Game[Any]) -> None:
    table = Table(game)
    table.say("c1", "pick", {"number": 4})
    state = table.core.committed_state
    codec = Registry([game]).codec("lowest")
    picked = next(
        codec.from_data(event.type, json.loads(event.payload)) for event in table.log if event.type == "picked"
    )
    others = [player for player in state.table.players if player != ME]
    assert match.redact(game, picked, ME) == {"player_id": ME, "forced": False, "number": 4}
    for viewer in (*others, None):
        assert match.redact(game, picked, viewer) == {"player_id": ME, "forced": False}
        assert match.view(game, state, viewer)["mine"] is None
    assert match.view(game, state, ME)["mine"] == 4


def test_what_the_rules_forbid(game: Game[Any]) -> None:
    table = Table(game)
    before = table.core.committed_state
    assert game.decide(before, ME, game.commands[0](number=6), None) == Refusal(  # type: ignore[arg-type, call-arg]
        "invalid_command", "a number is 1 to 5", misplay=True, field="number"
    )
    table.say("c1", "pick", {"number": 1})
    refused = table.core.command(ME, PROFILE, CommandFrame("c2", "pick", {"number": 2}), table.now_ms)[0]
    assert refused.code == "not_your_turn"  # type: ignore[union-attr]


def test_when_the_time_is_up_the_number_is_forced(game: Game[Any]) -> None:
    table = Table(game, rounds=1, turn_seconds=10)
    for _ in range(20):
        if table.core.committed_state.table.phase == Phase.COMPLETED:
            break
        table.wait()
    forced = [json.loads(event.payload) for event in table.log if event.type == "picked"]
    assert [pick["number"] for pick in forced if pick["forced"]] == [1]


async def test_it_is_played_on_a_real_server(installed: Path, dsn: str, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    server = ServerProcess(dsn, data_dir, PYTHONPATH=str(installed)).start()
    try:
        player = await Player.create(server.url, "Ada")
        wish = {"game": "lowest", "bots": 2, "autostart": True, "config": {"rounds": 2}}
        room = await player.http.post("/api/rooms", wish)
        await player.connect(room["ws_url"])
        await play_by_turns(player, until=lambda frame: frame.get("name") == "game_completed")
        picks = [event["data"] for event in player.events if event["name"] == "picked"]
        assert len(picks) == 6
        assert {pick["player_id"] for pick in picks if "number" in pick} == {player.id}
        game = await player.http.get(f"/api/games/{room['game_id']}")
        assert len(game["summary"]["rounds"]) == 2
        await player.close()
    finally:
        server.close()
