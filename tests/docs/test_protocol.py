"""docs/protocol.md names everything that the wire has, and nothing else; its frames look like real ones."""

from __future__ import annotations

import inspect
import json
import re
from importlib import import_module
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from msgspec import NODEFAULT
from msgspec.structs import fields

from server import limits
from server.api.app import build
from server.games import chat, eldorado, relay, rules
from server.games.catalogue import describe
from server.games.eldorado.events import EVENTS as ELDORADO_EVENTS
from server.games.registry import Registry
from server.games.table_commands import TABLE_COMMANDS
from server.games.table_events import TABLE_EVENTS
from server.rooms.audience import frames
from server.wire import from_client
from server.wire.close_codes import CloseCode
from server.wire.encoders import ENCODERS
from server.wire.error_codes import RETRYABLE, ErrorCode, http_status
from tests.docs.pages import ROOT, blocks, codes, first_codes, page, rows, section
from tests.support.client import Frame, Player, play_by_turns
from tests.support.server import ServerProcess

PAGE = page("protocol")
TEXT = " ".join(PAGE.split())
SOURCES = {path: path.read_text() for path in (ROOT / "server").rglob("*.py")}


def sources(*folders: str) -> str:
    """The text of all modules below folders of these names."""
    return "\n".join(text for path, text in SOURCES.items() if {*path.parent.parts} & {*folders})


def api() -> FastAPI:
    """The routes of the wings that the page is about; nothing is served here."""
    files = [path for wing in ("play", "ops") for path in sorted((ROOT / "server" / wing / "routes").glob("*.py"))]
    modules = [import_module(".".join(path.relative_to(ROOT).with_suffix("").parts)) for path in files]
    routers = [module.router for module in modules if hasattr(module, "router")]
    return build(None, "0", services=(), routers=routers)  # type: ignore[arg-type]  # no route is called


def test_every_subprotocol_is_described() -> None:
    assert first_codes(section(PAGE, "Connecting")) == list(ENCODERS)


def test_every_client_frame_is_described() -> None:
    known = set(re.findall(r'kind == "(\w+)"', inspect.getsource(from_client)))
    assert set(first_codes(section(PAGE, "From the client"))) == known


def test_every_server_frame_is_described() -> None:
    known = set(re.findall(r'"type": "(\w+)"', sources("rooms", "lobby", "sockets", "sessions", "wire", "gateway")))
    assert set(first_codes(section(PAGE, "From the server"))) == known
    assert "moved" not in known, "it is sent now: describe it"


def test_every_command_is_described() -> None:
    kinds = (*TABLE_COMMANDS, *eldorado.GAME.commands, *relay.GAME.commands)
    described = {codes(row[0])[0]: codes(row[1]) for row in rows(section(PAGE, "Commands"))}
    assert described == {kind.name: list(kind.__struct_fields__) for kind in kinds}


def test_every_event_is_described() -> None:
    kinds = (*TABLE_EVENTS, *ELDORADO_EVENTS, *relay.GAME.events)
    described = {codes(row[0])[0]: codes(row[1]) for row in rows(section(PAGE, "Events"))}
    assert described.pop("hidden") == []
    assert described == {kind.name: list(kind.__struct_fields__) for kind in kinds}


def test_every_reject_code_is_described() -> None:
    described = {codes(row[0])[0]: (int(row[1]), row[2]) for row in rows(section(PAGE, "Reject codes"))}
    of_games = {code for game in Registry.installed() for code in game.refusals}
    assert described.keys() == {*ErrorCode, *of_games}
    assert not of_games & {*ErrorCode}
    for code, (status, text) in described.items():
        assert status == http_status(code), code
        assert text.startswith("retryable") == (code in RETRYABLE), code


def test_every_close_code_is_described() -> None:
    assert [int(code) for code in first_codes(section(PAGE, "Close codes"))] == list(CloseCode)
    assert {int(number) for number in re.findall(r"\b(?:44\d\d|10[01]\d)\b", PAGE)} - {1006} == set(CloseCode)


def test_every_error_code_is_described() -> None:
    sent = set(re.findall(r'\.fail\(\s*CloseCode\.\w+, "(\w+)"', sources("sessions", "sockets", "gateway")))
    told = PAGE.partition("The codes of `error` frames are")[2].partition("\n\n")[0]
    assert set(codes(told)) == sent


def routes() -> dict[str, Any]:
    paths = api().openapi()["paths"]
    return {f"{method.upper()} {path}": what for path, methods in paths.items() for method, what in methods.items()}


def described_routes() -> dict[str, list[str]]:
    """The rows of the table by method and path; a row may show several methods."""
    found = {}
    for row in rows(section(PAGE, "HTTP").partition("### ")[0]):
        (route,) = codes(row[0])
        methods, _, path = route.rpartition(" ")
        found |= {f"{method} {path}": row for method in methods.split(", ")}
    return found


def test_every_route_is_described() -> None:
    assert described_routes().keys() == routes().keys()


def test_every_route_parameter_is_described() -> None:
    components = api().openapi()["components"]["schemas"]
    for route, what in routes().items():
        known = {parameter["name"] for parameter in what.get("parameters", ()) if parameter["in"] == "query"}
        for name in re.findall(r"#/components/schemas/(\w+)", json.dumps(what.get("requestBody", {}))):
            known |= components[name]["properties"].keys()
        assert set(codes(described_routes()[route][2])) == known, route


def test_every_http_code_is_described() -> None:
    text = sources("routes", "api") + SOURCES[ROOT / "server" / "lobby" / "matchmaking.py"]
    used = set(re.findall(r'(?:Refused|error)\(\s*\d+, "(\w+)"', text))
    used |= set(re.findall(r'known_id\(\w+, "(\w+)"', text))
    used |= set(re.findall(r'\d+: "(\w+)"', text))
    used |= {"invalid_config"}
    described = {codes(row[0])[0] for row in rows(section(PAGE, "Errors"))}
    assert described == used - set(ErrorCode)
    everything = "\n".join(SOURCES.values())
    assert all(f'"{code}"' in everything for code in described)


def test_every_room_setting_is_described() -> None:
    kind = eldorado.Config
    described = {codes(row[0])[0]: row for row in rows(section(PAGE, "Settings of a room"))}
    assert list(described) == [field.name for field in fields(kind)]
    for field in fields(kind):
        assert field.default is not NODEFAULT
        shown = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
        assert described[field.name][1] == shown
        if field.name in kind.bounds:
            low, high = kind.bounds[field.name]
            zero = ", or 0" if field.name in kind.zero_allowed and low > 0 else ""
            assert described[field.name][2] == (f"{low}" if low == high else f"{low} to {high}{zero}")
    assert rules.Config.bounds["min_players"][0] == rules.Config.bounds["max_players"][0] == 1


def test_every_installed_game_is_described() -> None:
    described = {code for row in rows(section(PAGE, "Installed games")) for code in codes(row[0])}
    assert described == {*describe(eldorado.GAME), "config"}
    setting = next(row[1] for row in rows(section(PAGE, "Installed games")) if "`settings`" in row[0])
    known = {key for told in describe(eldorado.GAME)["settings"] for key in told}
    assert set(codes(setting)) - {"int", "bool", "str"} == known


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"{limits.FRAME_BYTES_MAX:,} bytes" in TEXT
    assert f"{limits.BODY_BYTES_MAX:,} bytes" in TEXT
    assert f"within {limits.HELLO_S:.0f} seconds" in TEXT
    assert f"After {limits.HEARTBEAT_S * limits.HEARTBEAT_SILENCES:.0f} seconds" in TEXT
    assert f"`welcome.limits.heartbeat_s` seconds ({limits.HEARTBEAT_S})" in TEXT
    assert f"{limits.COMMANDS_PER_S} a second with bursts of {limits.COMMANDS_BURST}" in TEXT
    assert f"At most {limits.REPLAY_EVENTS_MAX} events" in TEXT or f"at most {limits.REPLAY_EVENTS_MAX} events" in TEXT
    assert f"1 to {limits.COMMAND_ID_CHARACTERS_MAX} characters" in TEXT
    assert f"within {limits.LATE_MOVE_MS // 1000} seconds after a move that was forced" in TEXT
    assert f"nested {limits.NESTING_LEVELS_MAX} levels" in TEXT
    assert f"say {limits.CHAT_PER_S} a second and {limits.CHAT_BURST} at once" in TEXT
    assert f"has 1 to {chat.TEXT_CHARACTERS_MAX} characters" in TEXT
    assert f"the last {limits.CHAT_HISTORY_MESSAGES} messages" in TEXT
    assert f"valid for {limits.TOKEN_S // 3600} hours" in TEXT
    assert f"wait up to {limits.WAITING_COMMAND_MS // 1000} seconds" in TEXT


EXAMPLES = [json.loads(block) for block in blocks(PAGE, "json")]


def alike(shown: Any, real: Any, where: str) -> None:
    """The same keys, and values of the same kind. Maps that are keyed by players or hold `data` are left alone."""
    assert shown.keys() == real.keys(), where
    for key, value in shown.items():
        if isinstance(value, dict) and key in ("limits", "view", "you", "config", "error"):
            alike(value, real[key], f"{where}.{key}")
        elif value is not None and real[key] is not None:
            assert type(value) is type(real[key]), f"{where}.{key}"


def examples(kind: str) -> list[Frame]:
    return [example for example in EXAMPLES if example.get("type") == kind]


def test_every_frame_has_an_example() -> None:
    kinds = set(first_codes(section(PAGE, "From the server"))) | {"hello", "command"}
    assert {example["type"] for example in EXAMPLES if "type" in example} == kinds


def test_examples_of_rare_frames_are_valid() -> None:
    told = (frames.status("database", 1), frames.muted("", muted=True), frames.notice("", 1))
    for kind, real in ((frame["type"], frame) for frame in told):
        (shown,) = examples(kind)
        alike(shown, real, kind)


@pytest.fixture
async def real(live_server: ServerProcess) -> dict[str, Frame]:
    """One real frame of every kind but `status`, and a refusal over HTTP."""
    found: dict[str, Frame] = {}
    async with httpx.AsyncClient(base_url=live_server.url) as http:
        identity = (await http.post("/api/players", json={"display_name": "Ada"})).json()
        headers = {"Authorization": f"Bearer {identity['token']}"}
        answer = await http.post("/api/rooms", json={"config": {"rounds": 11}}, headers=headers)
        found["error body"] = answer.json()
    player = Player(live_server.url, identity)

    talk = await player.http.post("/api/rooms", {"game": "relay"})
    (item,) = (await player.http.get("/api/rooms"))["items"]
    found["room"] = {"type": "room", "item": item, "index": 1}
    found["lobby"] = {"type": "lobby", "items": [item], "index": 1}
    await player.connect(talk["ws_url"])
    await player.send({"type": "ping", "nonce": 7})
    await player.send({"type": "sync"})
    found["pong"] = await player.wait_for(lambda frame: frame["type"] == "pong")
    found["state"] = await player.wait_for(lambda frame: frame["type"] == "state")
    await player.disconnect()

    player.applied = -1
    settings = {"rounds": 1, "round_pause_ms": 0}
    room = await player.http.post("/api/rooms", {"bots": 1, "config": settings})
    found["welcome"] = await player.connect(room["ws_url"])
    found["reject"] = await player.ask("start_game")
    await player.ask("set_ready", ready=True)
    found["ack"] = await player.ask("start_game")
    await player.send({"type": "sync"})
    found["turn"] = await player.wait_for(lambda frame: frame["type"] == "turn")
    found["eldorado"] = (await player.wait_for(lambda f: f["type"] == "state" and f["view"]["game"] == "eldorado"))[
        "view"
    ]
    await play_by_turns(player, until=lambda frame: frame.get("name") == "game_completed")
    found["event"] = await player.event("player_bid")
    await player.ask("rematch")
    (found["rematch"],) = player.of_type("rematch")
    await player.ask("chat", text="good luck")
    (found["chat"],) = player.of_type("chat")
    await player.disconnect()
    await player.connect(room["ws_url"])
    found["chat_history"] = await player.wait_for(lambda frame: frame["type"] == "chat_history")
    await player.ask("delete_message", message_id=found["chat"]["id"])
    (found["chat_deleted"],) = player.of_type("chat_deleted")
    await player.send_raw("[]")
    found["error"] = await player.wait_for(lambda frame: frame["type"] == "error")
    await player.close()
    return found


async def test_the_examples_look_like_real_frames(real: dict[str, Frame]) -> None:
    of_chat = ("chat", "chat_history", "chat_deleted")
    for kind in ("welcome", "state", "turn", "ack", "reject", "rematch", *of_chat, "lobby", "room", "pong", "error"):
        for shown in examples(kind):
            alike(shown, real[kind], kind)
    for shown in examples("event"):
        if shown["name"] != "hidden":
            alike(shown, real["event"], "event")
            assert shown["data"].keys() == real["event"]["data"].keys()
    for shown in (examples("room")[0]["item"], *examples("lobby")[0]["items"]):
        alike(shown, real["room"]["item"], "room")
    assert examples("turn")[0]["actions"][0].keys() == real["turn"]["actions"][0].keys()
    (shown,) = [example for example in EXAMPLES if "error" in example]
    assert shown == real["error body"]

    tables = section(PAGE, "The view")
    common, _, own = tables.partition("El Dorado adds:")
    assert set(first_codes(common)) | {"said"} == real["state"]["view"].keys()
    assert set(first_codes(common)) | set(first_codes(own)) == real["eldorado"].keys()
    in_round = next(row[1] for row in rows(own) if codes(row[0]) == ["round"])
    assert set(codes(in_round)) == real["eldorado"]["round"].keys()
    assert set(real["state"]["view"]["players"][0]) <= set(codes(common))
