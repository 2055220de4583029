"""Who may say what over a socket: every frame, for everybody who might send it, in every room and in every phase.

The tables are the truth that people read; a command that stands in no table fails the test.
"""

from __future__ import annotations

from typing import Any

import pytest

from server.games.registry import Registry
from server.games.table_commands import TABLE_COMMANDS
from tests.acceptance.play.test_handshake import status_of
from tests.support.callers import CALLERS, PHASES, CallerRoom, open_caller_room
from tests.support.client import MSGPACK
from tests.support.guests import Guests
from tests.support.socket_client import Line, dial, entered

# What hello is answered with, by the role that is asked for: the role that is given, or the code of the close.
# `-`: a spectator, `+`: a player.
HELLO = """
public    nobody guest watcher waiting mover host kicked elsewhere expired forger unsigned unknown
any       4401   -     -       +       +     +    4403   -         4401    4401   4401     4401
player    4401   4403  4403    +       +     +    4403   4403      4401    4401   4401     4403
spectator 4401   -     -       -       -     -    4403   -         4401    4401   4401     4401
private   nobody guest watcher waiting mover host kicked elsewhere expired forger unsigned unknown
any       4401   4403  -       +       +     +    4403   4403      4401    4401   4401     4403
player    4401   4403  4403    +       +     +    4403   4403      4401    4401   4401     4403
spectator 4401   4403  -       -       -     -    4403   4403      4401    4401   4401     4403
"""

# What a command is answered with. `outsider`: watches a public room; `member`: has joined a private one to
# watch it; `onlooker`: the host, connected as a spectator.
LOBBY = """
                    outsider        member          waiting         mover           host            onlooker
set_ready           not_seated      not_seated      ack             ack             ack             not_seated
set_ready_override  not_seated      not_host        not_host        not_host        ack             not_seated
start_game          not_seated      not_host        not_host        not_host        ack             not_seated
add_bot             not_seated      not_host        not_host        not_host        ack             not_seated
remove_player       not_seated      not_host        not_host        not_host        ack             not_seated
change_settings     not_seated      not_host        not_host        not_host        ack             not_seated
make_host           not_seated      not_host        not_host        not_host        ack             not_seated
set_client_seed     not_seated      not_seated      ack             ack             ack             not_seated
update_profile      ack             ack             ack             ack             ack             ack
request_seat        ack             ack             invalid_command invalid_command invalid_command invalid_command
leave               not_seated      ack             ack             ack             ack             not_seated
rematch             not_seated      invalid_phase   invalid_phase   invalid_phase   invalid_phase   not_seated
chat                not_seated      not_seated      ack             ack             ack             not_seated
delete_message      not_seated      invalid_command invalid_command invalid_command invalid_command not_seated
mute                not_seated      not_host        not_host        not_host        ack             not_seated
bid                 not_seated      not_seated      invalid_phase   invalid_phase   invalid_phase   not_seated
play_card           not_seated      not_seated      invalid_phase   invalid_phase   invalid_phase   not_seated
say                 not_seated      invalid_command invalid_command invalid_command invalid_command not_seated
fly                 not_seated      invalid_command invalid_command invalid_command invalid_command not_seated
"""
RUNNING = """
                    outsider        member          waiting         mover           host            onlooker
set_ready           not_seated      not_seated      already_started already_started already_started not_seated
set_ready_override  not_seated      not_host        not_host        not_host        already_started not_seated
start_game          not_seated      not_host        not_host        not_host        already_started not_seated
add_bot             not_seated      not_host        not_host        not_host        already_started not_seated
remove_player       not_seated      not_host        not_host        not_host        already_started not_seated
change_settings     not_seated      not_host        not_host        not_host        already_started not_seated
make_host           not_seated      not_host        not_host        not_host        ack             not_seated
set_client_seed     not_seated      not_seated      already_started already_started already_started not_seated
update_profile      ack             ack             ack             ack             ack             ack
request_seat        already_started already_started invalid_command invalid_command invalid_command invalid_command
leave               not_seated      ack             ack             ack             ack             not_seated
rematch             not_seated      invalid_phase   invalid_phase   invalid_phase   invalid_phase   not_seated
chat                not_seated      not_seated      ack             ack             ack             not_seated
delete_message      not_seated      invalid_command invalid_command invalid_command invalid_command not_seated
mute                not_seated      not_host        not_host        not_host        ack             not_seated
bid                 not_seated      not_seated      not_your_turn   ack             not_your_turn   not_seated
play_card           not_seated      not_seated      invalid_phase   invalid_phase   invalid_phase   not_seated
say                 not_seated      invalid_command invalid_command invalid_command invalid_command not_seated
fly                 not_seated      invalid_command invalid_command invalid_command invalid_command not_seated
"""
COMPLETED = """
                    outsider        member          waiting         mover           host            onlooker
set_ready           not_seated      invalid_phase   invalid_phase   invalid_phase   invalid_phase   not_seated
set_ready_override  not_seated      invalid_phase   invalid_phase   invalid_phase   invalid_phase   not_seated
start_game          not_seated      invalid_phase   invalid_phase   invalid_phase   invalid_phase   not_seated
add_bot             not_seated      invalid_phase   invalid_phase   invalid_phase   invalid_phase   not_seated
remove_player       not_seated      invalid_phase   invalid_phase   invalid_phase   invalid_phase   not_seated
change_settings     not_seated      invalid_phase   invalid_phase   invalid_phase   invalid_phase   not_seated
make_host           not_seated      invalid_phase   invalid_phase   invalid_phase   invalid_phase   not_seated
set_client_seed     not_seated      invalid_phase   invalid_phase   invalid_phase   invalid_phase   not_seated
update_profile      invalid_phase   invalid_phase   invalid_phase   invalid_phase   invalid_phase   invalid_phase
request_seat        invalid_phase   invalid_phase   invalid_phase   invalid_phase   invalid_phase   invalid_phase
leave               not_seated      invalid_phase   invalid_phase   invalid_phase   invalid_phase   not_seated
rematch             not_seated      not_seated      ack             ack             ack             not_seated
chat                not_seated      not_seated      ack             ack             ack             not_seated
delete_message      not_seated      invalid_command invalid_command invalid_command invalid_command not_seated
mute                not_seated      not_host        not_host        not_host        ack             not_seated
bid                 not_seated      invalid_phase   invalid_phase   invalid_phase   invalid_phase   not_seated
play_card           not_seated      invalid_phase   invalid_phase   invalid_phase   invalid_phase   not_seated
say                 not_seated      invalid_command invalid_command invalid_command invalid_command not_seated
fly                 not_seated      invalid_command invalid_command invalid_command invalid_command not_seated
"""
COMMANDS = dict(zip(PHASES, (LOBBY, RUNNING, COMPLETED), strict=True))
ARGS: dict[str, dict[str, Any]] = {
    "set_ready": {"ready": True},
    "set_ready_override": {"enabled": True},
    "remove_player": {"player_id": "{target}"},
    "change_settings": {"config": {"rounds": 2}},
    "make_host": {"player_id": "{target}"},
    "set_client_seed": {"client_seed": "mine"},
    "update_profile": {"color": "#010203"},
    "chat": {"text": "hello"},
    "delete_message": {"message_id": 2**40},
    "mute": {"player_id": "{target}", "muted": True},
    "bid": {"value": 0},
    "play_card": {"card": "d0:hearts:K"},
    "say": {"data": 1},
}
# After these the room is as it was, as far as other cells care; what else is accepted gets a room of its own.
HARMLESS = (
    "set_ready",
    "set_ready_override",
    "set_client_seed",
    "update_profile",
    "add_bot",
    "rematch",
    "chat",
    "mute",
)
MISPLAYS = ("bid", "play_card")  # a refused one may be counted, which is an event
WHO: dict[bool, dict[str, tuple[str, str | None]]] = {  # by visibility: who stands in which column, in which role
    True: {"guest": ("outsider", None), "watcher": ("outsider", None), "elsewhere": ("outsider", None)},
    False: {"watcher": ("member", None)},
}
SEATED: dict[str, tuple[str, str | None]] = {
    "waiting": ("waiting", None),
    "mover": ("mover", None),
    "host": ("host", None),
    "host ": ("onlooker", "spectator"),
}
MALFORMED = ("not json", "[]", '"hello"', "{}", '{"type": 1}', '{"type": null}', b"\xff\xff", b"\x93", "")

rooms = pytest.mark.parametrize("public", [True, False], ids=["public", "private"])
phases = pytest.mark.parametrize("phase", PHASES)


def table(text: str) -> dict[str, dict[str, str]]:
    """Rows by their first word, cells by the word at the head of their column."""
    head, *rows = [line.split() for line in text.strip().splitlines()]
    return {row[0]: dict(zip(head[-len(row) + 1 :], row[1:], strict=True)) for row in rows}


def test_the_table_covers_every_command() -> None:
    names = {command.name for command in TABLE_COMMANDS}
    for game in Registry.installed():
        names |= {command.name for command in game.commands}
    for text in COMMANDS.values():
        assert set(table(text)) == names | {"fly"}


async def greeting(line: Line, token: str | None, role: str) -> str:
    """What this hello is answered with, as in the table."""
    await line.send({"type": "hello", "token": token, "role": None if role == "any" else role})
    first = await line.frame()
    if first["type"] == "welcome":
        return "+" if first["role"] == "player" else "-"
    assert first["type"] == "error"
    return str((await line.end())[0])


@rooms
@phases
async def test_hello_of_every_caller(guests: Guests, phase: str, public: bool) -> None:
    caller_room = await open_caller_room(guests, public, phase)
    half = HELLO.strip().splitlines()[:4] if public else HELLO.strip().splitlines()[4:]
    for role, cells in table("\n".join(half)).items():
        assert tuple(cells) == CALLERS
        told = {}
        for number, (name, caller) in enumerate((name, caller_room.callers[name]) for name in CALLERS):
            async with dial(caller_room.room["ws_url"], (None, MSGPACK)[number % 2]) as line:
                told[name] = await greeting(line, caller.token, role)
        assert told == cells, role


async def ask(caller_room: CallerRoom, line: Line, who: str, name: str) -> str:
    """The code of the reject, or `ack`."""
    target = caller_room.people["waiting" if who.strip() == "host" else "host"].id
    args = {key: target if value == "{target}" else value for key, value in ARGS.get(name, {}).items()}
    told = await line.ask(f"{who}: {name}", name, **args)
    return str(told.get("code", told["type"]))


@rooms
@phases
async def test_commands_of_every_caller(guests: Guests, phase: str, public: bool) -> None:
    rows = table(COMMANDS[phase])
    caller_room = await open_caller_room(guests, public, phase)
    own_rooms = []
    for who, (column, role) in (WHO[public] | SEATED).items():
        async with entered(caller_room.room["ws_url"], caller_room.people[who.strip()], role=role) as line:
            await line.settle()
            refused = [name for name in rows if rows[name][column] != "ack"]
            before = await caller_room.head()
            told = {name: await ask(caller_room, line, who, name) for name in refused if name not in MISPLAYS}
            assert await caller_room.head() == before  # a refused command changes nothing
            told |= {name: await ask(caller_room, line, who, name) for name in refused if name in MISPLAYS}
            told |= {name: await ask(caller_room, line, who, name) for name in HARMLESS if rows[name][column] == "ack"}
            assert told == {name: rows[name][column] for name in told}, who
            own_rooms += [(who, role, name) for name in rows if name not in told]
            await assert_other_frames(line)
    for who, role, name in own_rooms:
        other = await open_caller_room(guests, public, phase)
        async with entered(other.room["ws_url"], other.people[who.strip()], role=role) as line:
            assert await ask(other, line, who, name) == "ack", (who, name)
    await assert_nothing_happened_elsewhere(guests, caller_room)


async def assert_other_frames(line: Line) -> None:
    """What is the same for everybody who is inside."""
    await line.settle()
    await line.send({"type": "sync"})
    assert (await line.settle())[0]["type"] == "state"
    for odd in ({"type": "hello"}, {"type": "fly"}, {"type": "welcome"}, {"type": ""}):
        await line.send(odd)
        (reject,) = await line.settle()
        assert (reject["type"], reject["code"], reject["id"]) == ("reject", "invalid_command", None), odd


async def assert_nothing_happened_elsewhere(guests: Guests, caller_room: CallerRoom) -> None:
    """A command that is refused here changes nothing in the caller's own room either."""
    count = "select count(*) from play.game_events where actor_id = %s and game_id <> %s and command_id is not null"
    assert guests.server.rows(count, caller_room.people["elsewhere"].id, caller_room.room["game_id"]) == [(0,)]


@rooms
async def test_malformed_frames_of_every_caller(guests: Guests, public: bool) -> None:
    """A malformed frame closes the connection of every caller."""
    caller_room = await open_caller_room(guests, public, "running")
    url = caller_room.room["ws_url"]
    for who, (_, role) in (WHO[public] | SEATED).items():
        for odd in MALFORMED:
            async with entered(url, caller_room.people[who.strip()], role=role) as line:
                await line.socket.send(odd)
                assert (await line.end())[0] == 4400, (who, odd)
    for name, caller in caller_room.callers.items():
        headers = {} if caller.token is None else {"Authorization": f"Bearer {caller.token}"}
        for odd in MALFORMED[name != "host" :: 3]:
            async with dial(url, additional_headers=headers) as line:
                await line.socket.send(odd)
                assert (await line.end())[0] == 4400, (name, odd)
        for early in (
            {"type": "sync"},
            {"type": "ping"},
            {"type": "fly"},
            {"type": "command", "id": "1", "name": "leave"},
        ):
            async with dial(url, additional_headers=headers) as line:
                await line.send(early)
                assert (await line.end())[0] == 4401, (name, early)


async def test_say_of_every_caller(guests: Guests) -> None:
    """The one command of relay, in its own room."""
    (host, player), room = await guests.table(2, game="relay")
    guest = await guests.new()
    for person, role, answer in (
        (host, None, "ack"),
        (player, None, "ack"),
        (guest, None, "not_seated"),
        (host, "spectator", "not_seated"),
    ):
        async with entered(room["ws_url"], person, role=role) as line:
            told = await line.ask(f"as {role}", "say", data=1)
            assert told.get("code", told["type"]) == answer


@rooms
async def test_pages_of_other_origins_are_refused_whatever_the_token(guests: Guests, public: bool) -> None:
    caller_room = await open_caller_room(guests, public, "lobby")
    for name, caller in caller_room.callers.items():
        headers = {} if caller.token is None else {"Authorization": f"Bearer {caller.token}"}
        for origin, status in (("https://evil.example", 403), ("null", 403), (guests.server.url, 101), (None, 101)):
            asked = await status_of(caller_room.room["ws_url"], origin=origin, additional_headers=headers)
            assert asked == status, (name, origin)
