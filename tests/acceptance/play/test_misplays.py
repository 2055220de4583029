"""Illegal moves: what is rejected, what is counted, who sees it, and where patience ends."""

from __future__ import annotations

from typing import Any

from tests.support.client import Frame, Player
from tests.support.guests import Guests, heard, mover, play_out, state_of
from tests.support.socket_client import dial

SUITS = ("clubs", "diamonds", "hearts", "spades")


def suit(card: str) -> str:
    return card.split(":")[1]


async def bid_all(players: list[Player], value: int = 0) -> None:
    """Everybody bids; then somebody leads."""
    for _ in players:
        player, _ = await mover(players)
        assert (await player.ask("bid", value=value))["type"] == "ack"


async def rejected(player: Player, name: str, /, **args: Any) -> tuple[str, Frame]:
    """The code of a reject and the `invalid_action` that the player is told of."""
    mark = len(player.frames)
    reject = await player.ask(name, **args)
    assert reject["type"] == "reject"
    assert reject["retryable"] is False
    event = await player.event("invalid_action", since=mark)
    assert event["data"].items() >= {"player_id": player.id, "action": name, "code": reject["code"]}.items()
    return reject["code"], event


async def test_a_misplay_is_counted_and_hidden_from_others(guests: Guests) -> None:
    players, room = await guests.playing(3)
    player, turn = await mover(players)
    watcher = await guests.new()
    await watcher.connect(room["ws_url"])
    for value in (11, -1, 1000):
        code, event = await rejected(player, "bid", value=value)
        assert code == "invalid_bid"
        for other in (*(p for p in players if p is not player), watcher):
            told = await heard(other, event["index"])
            assert (told["name"], told["data"], told["at"]) == ("hidden", {}, event["at"])
    # Over HTTP while the game runs, the same.
    for asker, name in ((player, "invalid_action"), (watcher, "hidden")):
        page = await asker.http.get(f"/api/games/{room['game_id']}/events", **{"from": event["index"], "limit": 1})
        assert [item["name"] for item in page["items"]] == [name]
    # It is still the same player's turn, with the same actions.
    assert (await player.ask("bid", value=2))["type"] == "ack"
    rows = guests.server.rows(
        "select count(*) from play.game_events where game_id = %s and type = 'invalid_action'", room["game_id"]
    )
    assert rows == [(3,)]
    assert turn["actions"][0]["name"] == "bid"


async def test_commands_of_another_phase_are_not_misplays(guests: Guests) -> None:
    (host, guest), room = await guests.table(2)
    for player in (host, guest):
        await player.connect(room["ws_url"])
        assert (await player.ask("bid", value=1))["code"] == "invalid_phase"
        assert (await player.ask("play_card", card="d0:hearts:K"))["code"] == "invalid_phase"
    assert (await host.ask("rematch"))["code"] == "invalid_phase"
    assert not [event for event in host.events if event["name"] in ("hidden", "invalid_action")]

    players, _ = await guests.playing(2)
    player, _ = await mover(players)
    assert (await player.ask("play_card", card="d0:hearts:K"))["code"] == "invalid_phase"
    await bid_all(players)
    player, _ = await mover(players)
    assert (await player.ask("bid", value=0))["code"] == "invalid_phase"
    for name, args in (("set_ready", {"ready": True}), ("set_client_seed", {"client_seed": "x"})):
        assert (await player.ask(name, **args))["code"] == "already_started"
    for name, args in (
        ("start_game", {}),
        ("add_bot", {}),
        ("set_ready_override", {"enabled": True}),
        ("remove_player", {"player_id": players[1].id}),
    ):
        assert (await players[0].ask(name, **args))["code"] == "already_started"
        assert (await players[1].ask(name, **args))["code"] == "not_host"
    assert not [event for event in player.events if event["name"] in ("hidden", "invalid_action")]


async def test_illegal_cards_have_their_reject_codes(guests: Guests) -> None:
    """Plays on, and at every turn tries whatever is illegal for another reason than a foreign card."""
    seen: set[str] = set()
    misplays = 0
    players, _ = await guests.playing(4)
    await bid_all(players)
    for _ in range(40):
        player, turn = await mover(players)
        view = (await state_of(player))["view"]
        if view["phase"] != "playing":
            break
        legal = {action["args"]["card"] for action in turn["actions"]}
        assert {action["name"] for action in turn["actions"]} == {"play_card"}
        assert legal <= set(view["hand"])
        trick, trump = view["round"]["trick"], view["round"]["trump_suit"]
        for card in set(view["hand"]) - legal:
            code, _ = await rejected(player, "play_card", card=card)
            misplays += 1
            if trick["led_suit"] is None:
                assert (code, suit(card), view["round"]["trump_broken"]) == ("cannot_lead_trump", trump, False)
            else:
                assert code == "must_follow_suit"
                assert suit(card) != trick["led_suit"]
                assert {suit(other) for other in legal} == {trick["led_suit"]}
            seen.add(code)
        assert (await player.ask("play_card", card=min(legal)))["type"] == "ack"
        if "must_follow_suit" in seen and misplays > 20:
            break
    assert "must_follow_suit" in seen
    # Honest misplays don't put anybody out, however many they are.
    assert all(player.close_code is None for player in players)


async def test_leading_trump_too_early_is_rejected(guests: Guests) -> None:
    """Among a few deals there is one whose leader holds trump and something else."""
    for _ in range(8):
        players, _ = await guests.playing(2)
        await bid_all(players)
        player, _ = await mover(players)
        view = (await state_of(player))["view"]
        trumps = [card for card in view["hand"] if suit(card) == view["round"]["trump_suit"]]
        if trumps and len(trumps) < len(view["hand"]):
            assert (await rejected(player, "play_card", card=trumps[0]))[0] == "cannot_lead_trump"
            return
    raise AssertionError("eight deals without a trump in the leader's hand")


async def test_three_forged_moves_remove_a_player(guests: Guests) -> None:
    players, room = await guests.playing(3)
    await bid_all(players)
    player, _ = await mover(players)
    hand = set((await state_of(player))["view"]["hand"])
    foreign = [f"d0:{s}:{r}" for s in SUITS for r in ("2", "9", "K") if f"d0:{s}:{r}" not in hand]
    assert (await rejected(player, "play_card", card=foreign[0]))[0] == "invalid_card"
    assert (await rejected(player, "play_card", card="the queen"))[0] == "invalid_card"
    assert player.close_code is None
    mark = len(player.frames)
    sent = await player.command("play_card", card=foreign[1])
    assert await player.closed() == 4403
    last = player.frames[mark:]
    assert next(frame for frame in last if frame["type"] == "reject")["id"] == sent
    kicked = next(frame for frame in last if frame.get("name") == "player_kicked")
    assert kicked["data"]["player_id"] == player.id
    assert isinstance(kicked["data"]["reason"], str)
    # The others see it, and a card is played for the removed player.
    other = next(p for p in players if p is not player)
    assert (await heard(other, kicked["index"]))["data"] == kicked["data"]
    forced = await heard(other, kicked["index"] + 1)
    assert (forced["name"], forced["data"]["player_id"], forced["data"]["forced"]) == ("card_played", player.id, True)
    assert forced["data"]["card"] in hand
    # There is no way back.
    async with dial(room["ws_url"]) as line:
        await line.send({"type": "hello", "token": player.token})
        assert (await line.end())[0] == 4403
    answer = await player.http.client.post(f"/api/rooms/{room['game_id']}/join", json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
    answer = await player.http.client.post(f"/api/rooms/{room['game_id']}/join", json={"role": "spectator"})
    assert answer.status_code == 403


async def test_moving_out_of_turn_three_times_removes_a_player(guests: Guests) -> None:
    players, room = await guests.playing(2)
    player, _ = await mover(players)
    other = next(p for p in players if p is not player)
    assert (await rejected(other, "bid", value=1))[0] == "not_your_turn"
    assert (await rejected(other, "bid", value=1))[0] == "not_your_turn"
    # Strikes are not forgotten over a reconnect.
    await other.disconnect()
    await other.connect(room["ws_url"])
    await other.command("bid", value=1)
    assert await other.closed() == 4403
    await player.event("player_kicked")


async def test_a_misplay_shows_in_the_summary(guests: Guests) -> None:
    players, room = await guests.playing(2, rounds=1)
    player, _ = await mover(players)
    await rejected(player, "bid", value=99)
    await rejected(player, "bid", value=98)
    await bid_all(players)
    await play_out(players)
    summary = (await player.http.get(f"/api/games/{room['game_id']}"))["summary"]
    assert {p["player_id"]: p["misplays"] for p in summary["players"]} == {
        p.id: 2 if p is player else 0 for p in players
    }
    assert summary["highest_misplay"] == 2
    stats = await player.http.get(f"/api/players/{player.id}/stats")
    assert stats["total_misplays"] == 2
    page = await player.http.get(f"/api/games/{room['game_id']}/events", limit=5000)
    assert [item["name"] for item in page["items"]].count("invalid_action") == 2
