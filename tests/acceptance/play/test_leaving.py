"""A running game goes on without those who leave, takes them back, and can be played again."""

from __future__ import annotations

import asyncio

from tests.support.client import Player, play_by_turns
from tests.support.guests import Guests, heard, mover, play_out, state_of
from tests.support.postgres import Server
from tests.support.server import HostedProcess, serving
from tests.support.socket_client import entered


async def test_turns_of_a_player_who_left_are_forced_and_they_are_not_dealt_in_again(guests: Guests) -> None:
    players, room = await guests.playing(3, rounds=3)
    leaver = (await mover(players))[0]
    rest = [player for player in players if player is not leaver]
    ack = await leaver.ask("leave")
    left, bid = [await heard(rest[0], index) for index in (ack["first"], ack["first"] + 1)]
    assert (left["name"], left["data"]) == ("player_left", {"player_id": leaver.id})
    assert (bid["name"], bid["data"]) == ("player_bid", {"player_id": leaver.id, "bid": 0, "forced": True})
    assert ack["last"] >= bid["index"]
    assert (await leaver.ask("bid", value=1))["code"] in ("not_seated", "not_your_turn", "invalid_phase")
    await play_out(rest)
    events = rest[0].events
    started = [event["index"] for event in events if event["name"] == "round_started"]
    assert len(started) == 3
    for event in events:
        if event["name"] in ("card_played", "player_bid") and event["data"]["player_id"] == leaver.id:
            assert event["data"]["forced"] is True
            assert event["index"] < started[1]
        if event["name"] == "cards_dealt":
            dealt = {player.id for player in (players if event["index"] < started[1] else rest)}
            assert set(event["data"]["hand_counts"]) == dealt
        if event["name"] == "round_scored" and event["index"] > started[1]:
            assert event["data"]["deltas"][leaver.id] == 0
    final = events[-1]["data"]["final_scores"]
    assert set(final) == {player.id for player in players}
    # The score after the first round stays.
    first = next(event for event in events if event["name"] == "round_scored")
    assert final[leaver.id] == first["data"]["cumulative_scores"][leaver.id]
    assert room["game_id"]


async def test_a_returning_player_is_dealt_in_from_the_next_round(guests: Guests) -> None:
    players, room = await guests.playing(3, rounds=2)
    leaver = players[2]
    assert (await leaver.ask("leave"))["type"] == "ack"
    await leaver.disconnect()
    welcome = await leaver.connect(room["ws_url"])
    assert (welcome["seat"], welcome["role"]) == (2, "player")
    back = await players[0].event("player_reconnected")
    assert back["data"] == {"player_id": leaver.id}
    await play_out(players)
    deals = [event for event in players[0].events if event["name"] == "cards_dealt"]
    assert leaver.id in deals[1]["data"]["hand_counts"]


async def test_the_last_player_to_stay_ends_the_game_with_the_round(guests: Guests) -> None:
    players, room = await guests.playing(2, rounds=5)
    await players[0].ask("leave")
    await play_out(players[1:])
    names = [event["name"] for event in players[1].events]
    assert names.count("round_started") == 1
    assert names[-2:] == ["round_scored", "game_completed"]
    game = await players[1].http.get(f"/api/games/{room['game_id']}")
    assert (game["status"], len(game["summary"]["rounds"])) == ("completed", 1)


async def test_a_running_game_gets_a_new_host(guests: Guests) -> None:
    players, _ = await guests.playing(3)
    await players[0].ask("leave")
    assert (await state_of(players[1]))["view"]["host_player_id"] == players[1].id


async def test_a_completed_game_rejects_commands(guests: Guests) -> None:
    players, room = await guests.playing(2, rounds=1)
    await play_out(players)
    await players[0].event("game_completed")
    for name, args in (
        ("bid", {"value": 0}),
        ("play_card", {"card": "d0:hearts:K"}),
        ("set_ready", {"ready": True}),
        ("start_game", {}),
        ("add_bot", {}),
        ("request_seat", {}),
        ("leave", {}),
        ("update_profile", {"color": "#000000"}),
    ):
        answer = await players[0].ask(name, **args)
        assert (answer["type"], answer["code"]) == ("reject", "invalid_phase"), name
    late = await guests.new()
    async with entered(room["ws_url"], late) as line:
        assert line.frames[0]["role"] == "spectator"
        assert [frame["type"] for frame in await line.settle()] == ["event"] * (line.frames[0]["head"] + 1)
    answer = await late.http.client.post(f"/api/rooms/{room['game_id']}/join", json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "already_started")


async def rematch_of(player: Player, command_id: str) -> str:
    """Ask, and be told the new game's id."""
    mark = len(player.frames)
    answer = await player.ask("rematch", command_id)
    assert answer["type"] == "ack", answer
    told = await player.wait_for(lambda frame: frame["type"] == "rematch", since=mark)
    game_id: str = told["game_id"]
    return game_id


async def test_all_players_get_the_same_rematch(postgres: Server) -> None:
    with serving(postgres, PARLOR_COMMANDS_PER_S="5000", PARLOR_BURST="10000") as server:
        guests = Guests(server)
        await rematch(guests, server)
        await guests.close()


async def rematch(guests: Guests, server: HostedProcess) -> None:
    players, room = await guests.playing(3, rounds=1, turn_seconds=30)
    watcher = await guests.new()
    await watcher.connect(room["ws_url"])
    assert (await players[0].ask("rematch", "too early"))["code"] == "invalid_phase"
    await play_out(players)
    await watcher.event("game_completed")
    assert (await watcher.ask("rematch"))["code"] == "not_seated"
    mark = len(watcher.frames)
    ids = await asyncio.gather(*(rematch_of(player, "again") for player in players))
    assert len(set(ids)) == 1
    assert ids[0] != room["game_id"]
    assert (await watcher.wait_for(lambda f: f["type"] == "rematch", since=mark))["game_id"] == ids[0]
    acks = [next(f for f in p.of_type("ack") if f["id"] == "again") for p in players]
    assert await rematch_of(players[0], "once more") == ids[0]
    assert await players[0].ask("rematch", "again") == acks[0]

    game = await players[0].http.get(f"/api/games/{ids[0]}")
    assert [(p["seat"], p["player_id"]) for p in game["players"]] == [(n, p.id) for n, p in enumerate(players)]
    assert (game["status"], game["config"]["rounds"], game["config"]["turn_seconds"]) == ("created", 1, 30)
    assert game["rematch_of"] == room["game_id"]
    rows = server.rows("select count(*) from play.games")
    assert rows == [(2,)]

    # Also after a restart: nobody opens another one.
    await asyncio.to_thread(server.stop)  # the clients go on living, so that they can say goodbye
    server.start()
    for player in players:
        await player.closed()
    await players[1].connect(room["ws_url"])
    assert await rematch_of(players[1], "after the restart") == ids[0]
    assert await players[1].ask("rematch", "again") == acks[1]
    assert server.rows("select count(*) from play.games") == [(2,)]

    # And it is played like any other.
    url = f"{server.ws_url}/ws/rooms/{ids[0]}"
    await players[1].disconnect()
    for player in players:
        await player.connect(url, last_index=-1, epoch=None)
        await player.ask("set_ready", f"ready {ids[0]}", ready=True)
    host_id = (await state_of(players[0]))["view"]["host_player_id"]
    host = next(player for player in players if player.id == host_id)
    assert (await host.ask("start_game", "go"))["type"] == "ack"
    await play_out(players)


async def test_two_games_run_side_by_side(guests: Guests) -> None:
    tables = [await guests.playing(2, rounds=2) for _ in range(3)]

    def over(frame: dict[str, object]) -> bool:
        return frame["type"] == "event" and frame["name"] == "game_completed"

    async with asyncio.TaskGroup() as group:
        for players, _ in tables:
            for player in players:
                group.create_task(play_by_turns(player, until=over))
    for players, room in tables:
        for player in players:
            assert [event["index"] for event in player.events] == list(range(len(player.events)))
            assert player.events[0]["data"]["game_id"] == room["game_id"]
