"""Coming, going and getting started: every rule of the lobby, allowed and refused."""

from __future__ import annotations

from typing import Any

import pytest

from server.games import match, table_commands
from server.games import table_events as ev
from server.games.eldorado import GAME as ELDORADO
from server.games.relay import GAME as RELAY
from server.games.rules import Command, Event, Game, Refusal, State
from server.games.table import Phase, Status, config_data, view_table
from server.games.table_commands import (
    AddBot,
    BotIdentity,
    ChangeSettings,
    Leave,
    MakeHost,
    Rematch,
    RemovePlayer,
    RequestSeat,
    SetClientSeed,
    SetReady,
    SetReadyOverride,
    StartGame,
    UpdateProfile,
)

HOST, GUEST, OTHER = "host", "guest", "other"
BOTS = {
    (level, number): BotIdentity(
        f"bot-{level}-{number}",
        {"display_name": f"Bot {number}", "avatar_seed": f"bot:{number}", "color": "#5566ff"},
    )
    for level in ("random", "steady")
    for number in range(1, 11)
}


def profile(name: str) -> ev.Profile:
    return {"display_name": name, "avatar_seed": name, "color": "#112233"}


class Lobby:
    """A room's lobby; what is allowed happens at once."""

    def __init__(self, game: Game[Any] = ELDORADO, members: tuple[str, ...] = (HOST, GUEST), **config: Any) -> None:
        self.game = game
        created = ev.GameCreated("id", game.name, 1, config_data(game.config(**config)), HOST, "c")
        self.state: State[Any] = match.begin(game, created)
        self.happen(*(ev.PlayerJoined(member, seat, profile(member)) for seat, member in enumerate(members)))

    def happen(self, *events: Event) -> None:
        for event in events:
            self.state = match.evolve(self.game, self.state, event)

    def do(self, actor: str, command: Command) -> tuple[Event, ...] | Refusal:
        decision = table_commands.decide(self.game, self.state, actor, profile(actor), command, BOTS)
        if not isinstance(decision, Refusal):
            self.happen(*decision)
        return decision

    def refusal(self, actor: str, command: Command) -> str:
        decision = self.do(actor, command)
        assert isinstance(decision, Refusal), decision
        return decision.code

    def join(self, actor: str, *, spectator: bool = False) -> tuple[Event, ...] | Refusal:
        decision = table_commands.join(self.game, self.state, actor, profile(actor), spectator=spectator)
        if not isinstance(decision, Refusal):
            self.happen(*decision)
        return decision

    def seats(self) -> dict[int | None, str]:
        return {player.seat: player.player_id for player in self.state.table.seated()}

    def start(self) -> None:
        for player in self.state.table.seated():
            self.do(player.player_id, SetReady(True))
        assert not isinstance(self.do(HOST, StartGame()), Refusal)


def test_the_game_starts_when_enough_are_seated_and_all_are_ready() -> None:
    room = Lobby(members=(HOST,))
    room.do(HOST, SetReady(True))
    assert room.refusal(HOST, StartGame()) == "not_ready"
    room.join(GUEST)
    assert room.refusal(HOST, StartGame()) == "not_ready"
    room.do(GUEST, SetReady(True))
    assert room.refusal(GUEST, StartGame()) == "not_host"
    room.do(GUEST, SetReady(False))
    assert room.refusal(HOST, StartGame()) == "not_ready"
    room.do(HOST, SetReadyOverride(True))
    assert room.do(HOST, StartGame()) == (ev.GameStarted(((0, HOST), (1, GUEST))),)
    assert room.state.table.phase == Phase.PLAYING
    assert room.state.play is not None


@pytest.mark.parametrize(
    "command", [StartGame(), AddBot(), RemovePlayer(GUEST), SetReadyOverride(True)], ids=lambda c: c.name
)
def test_some_commands_are_the_hosts(command: Command) -> None:
    assert Lobby().refusal(GUEST, command) == "not_host"


@pytest.mark.parametrize(
    "command",
    [SetReady(True), SetReadyOverride(True), StartGame(), AddBot(), RemovePlayer(GUEST), SetClientSeed("x")],
    ids=lambda c: c.name,
)
def test_the_lobby_is_over_when_the_game_has_started(command: Command) -> None:
    room = Lobby()
    room.start()
    assert room.refusal(HOST, command) == "already_started"


@pytest.mark.parametrize("command", [SetReady(True), SetClientSeed("x"), Leave()], ids=lambda c: c.name)
def test_strangers_have_no_say(command: Command) -> None:
    assert Lobby().refusal(OTHER, command) == "not_seated"


def test_nothing_goes_after_the_end() -> None:
    room = Lobby()
    room.happen(ev.GameAborted("empty"))
    assert room.refusal(HOST, SetReady(True)) == "invalid_phase"
    refused = room.join(OTHER)
    assert isinstance(refused, Refusal)
    assert refused.code == "already_started"


@pytest.mark.parametrize("command", [Rematch(), ChangeSettings(is_public=False)], ids=lambda c: c.name)
def test_what_is_not_decided_here(command: Command) -> None:
    assert Lobby().refusal(HOST, command) == "invalid_command"


def test_seats_are_given_from_the_lowest() -> None:
    room = Lobby(max_players=3)
    room.join(OTHER)
    room.do(GUEST, Leave())
    assert room.seats() == {0: HOST, 2: OTHER}
    room.join("late")
    assert room.seats()[1] == "late"
    refused = room.join("too late")
    assert isinstance(refused, Refusal)
    assert refused.code == "room_full"


def test_who_has_a_seat_keeps_it() -> None:
    room = Lobby()
    assert room.join(GUEST) == ()
    assert room.refusal(GUEST, RequestSeat()) == "invalid_command"


def test_a_spectator_may_ask_for_a_seat_while_there_is_one() -> None:
    room = Lobby(max_players=3)
    assert room.join(OTHER, spectator=True) == (ev.PlayerJoined(OTHER, None, profile(OTHER)),)
    assert room.join(OTHER, spectator=True) == ()
    room.do(OTHER, RequestSeat())
    assert room.seats()[2] == OTHER
    assert room.refusal("more", RequestSeat()) == "room_full"


def test_no_seat_in_a_running_game() -> None:
    room = Lobby()
    room.start()
    assert room.refusal(OTHER, RequestSeat()) == "already_started"
    assert isinstance(room.join(OTHER), Refusal)


def test_an_open_table_takes_players_at_any_time() -> None:
    room = Lobby(RELAY)
    assert room.state.play is not None
    room.start()
    assert not isinstance(room.join(OTHER), Refusal)


def test_when_the_host_leaves_the_lowest_human_takes_over() -> None:
    room = Lobby(members=(HOST, GUEST, OTHER))
    room.do(HOST, Leave())
    assert room.state.table.host_player_id == GUEST
    assert not isinstance(room.do(GUEST, AddBot()), Refusal)
    room.do(GUEST, Leave())
    room.do(OTHER, Leave())
    assert room.state.table.host_player_id == OTHER  # nobody is left to take over


def test_the_host_gives_his_role_to_another_player() -> None:
    room = Lobby(members=(HOST, GUEST))
    room.do(HOST, AddBot())
    room.join(OTHER, spectator=True)
    assert room.refusal(GUEST, MakeHost(GUEST)) == "not_host"
    for nobody in (HOST, OTHER, "bot-steady-1", "stranger", ""):
        assert room.refusal(HOST, MakeHost(nobody)) == "invalid_command"
    assert room.do(HOST, MakeHost(GUEST)) == (ev.HostChanged(GUEST),)
    assert room.refusal(HOST, MakeHost(GUEST)) == "not_host"
    for member in (HOST, GUEST):
        room.do(member, SetReady(True))
    room.do(GUEST, StartGame())
    assert room.do(GUEST, MakeHost(HOST)) == (ev.HostChanged(HOST),)  # also in a running game
    room.do(GUEST, Leave())
    assert room.refusal(HOST, MakeHost(GUEST)) == "invalid_command"  # the guest is gone


def test_in_a_running_game_the_seat_stays_behind() -> None:
    room = Lobby()
    room.start()
    room.do(GUEST, Leave())
    assert room.seats() == {0: HOST, 1: GUEST}
    assert room.state.table.players[GUEST].status == Status.LEFT
    assert [p.player_id for p in room.state.table.present()] == [HOST]


def test_bots_get_names_in_order_and_free_seats() -> None:
    room = Lobby(max_players=5)
    room.do(HOST, AddBot(2))
    room.do(HOST, RemovePlayer("bot-steady-1"))
    room.do(HOST, AddBot(1, "random"))
    assert room.seats() == {0: HOST, 1: GUEST, 2: "bot-random-1", 3: "bot-steady-2"}
    assert room.state.table.players["bot-random-1"].display_name == "Bot 1"
    assert room.state.table.players["bot-random-1"].strategy == "random"
    assert room.refusal(HOST, AddBot(3)) == "room_full"
    assert room.refusal(HOST, AddBot(0)) == "invalid_command"
    assert room.refusal(HOST, AddBot(1, "divine")) == "invalid_command"


def test_a_game_without_bots_says_so() -> None:
    class Botless(type(RELAY)):  # type: ignore[misc]
        bot_levels = ()

    assert Lobby(Botless()).refusal(HOST, AddBot()) == "invalid_command"


def test_who_was_removed_stays_out() -> None:
    room = Lobby()
    assert room.refusal(HOST, RemovePlayer(HOST)) == "invalid_command"
    assert room.refusal(HOST, RemovePlayer("nobody")) == "invalid_command"
    assert room.do(HOST, RemovePlayer(GUEST)) == (ev.PlayerKicked(GUEST, "removed_by_host"),)
    assert room.seats() == {0: HOST}
    refused = room.join(GUEST)
    assert isinstance(refused, Refusal)
    assert refused.code == "forbidden"


@pytest.mark.parametrize("bad", ["x" * 65, "a\x00b", "a\nb"])
def test_client_seeds_are_short_plain_text(bad: str) -> None:
    room = Lobby()
    assert room.refusal(GUEST, SetClientSeed(bad)) == "invalid_command"
    room.do(GUEST, SetClientSeed("x" * 64))
    assert room.state.table.players[GUEST].client_seed == "x" * 64
    assert "x" * 64 not in str(view_table(room.state.table, HOST))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (UpdateProfile(display_name=""), "display_name"),
        (UpdateProfile(display_name="   "), "display_name"),
        (UpdateProfile(display_name="x" * 25), "display_name"),
        (UpdateProfile(display_name="a\tb"), "display_name"),
        (UpdateProfile(avatar_seed="x" * 65), "avatar_seed"),
        (UpdateProfile(color="red"), "color"),
        (UpdateProfile(color="#12345"), "color"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_profiles_have_limits(change: UpdateProfile, field: str) -> None:
    refused = Lobby().do(GUEST, change)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.field) == ("invalid_profile", field)


def test_a_profile_changes_only_what_is_given() -> None:
    room = Lobby()
    room.do(GUEST, UpdateProfile(display_name="Zoë 🂡", color="#ABCDEF"))
    guest = room.state.table.players[GUEST]
    assert (guest.display_name, guest.avatar_seed, guest.color) == ("Zoë 🂡", GUEST, "#ABCDEF")


def test_somebody_who_only_watches_may_change_his_name_too() -> None:
    room = Lobby()
    before = room.state.table
    assert not isinstance(room.do(OTHER, UpdateProfile(display_name="Watcher")), Refusal)
    assert room.state.table.players == before.players


def test_rooms_of_bots_and_with_autostart_start_by_themselves() -> None:
    waiting = Lobby(members=(HOST,), autostart=True)
    assert not table_commands.starts_by_itself(waiting.state.table)
    waiting.join(GUEST)
    assert table_commands.starts_by_itself(waiting.state.table)
    humans = Lobby()
    assert not table_commands.starts_by_itself(humans.state.table)
    bots = Lobby(members=())
    bots.happen(ev.PlayerJoined(HOST, None, profile(HOST)))
    assert not table_commands.starts_by_itself(bots.state.table)
    bots.do(HOST, AddBot(2))
    assert table_commands.starts_by_itself(bots.state.table)
    bots.happen(*table_commands.start_by_itself(bots.state.table))
    assert not table_commands.starts_by_itself(bots.state.table)


def test_a_server_may_run_out_of_bots() -> None:
    room = Lobby(members=(HOST,))
    few = {key: bot for key, bot in BOTS.items() if key[1] < 3}
    added = table_commands.add_bots(ELDORADO, room.state.table, 2, "steady", few)
    assert isinstance(added, tuple)
    assert len(added) == 2
    refused = table_commands.add_bots(ELDORADO, room.state.table, 3, "steady", few)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.message) == ("room_full", "there are no more bots")
