"""Hundreds of games in which everything happens, and every byte that everybody is sent: nothing hidden is in it.

Two checks. The direct one: no frame names a card that its viewer neither held nor saw, nor a secret. And that of the
look-alikes: two servers whose logs differ in nothing but what a viewer may not know send that viewer the same bytes.
"""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

import pytest

from server.games import match, table_events
from server.games.eldorado import events, views
from server.games.eldorado.cards import DECKS
from server.games.table import Status
from server.rooms.machine.identity import Identity
from server.wire.encoders import JSON, MSGPACK
from tests.support.hidden_information import RecordingSeat, Truth, altered, twin
from tests.support.soak import amount
from tests.support.virtual_table import VirtualTable

SEED = 12
GAMES = amount(usual=160, soak=1_000)
PIECES = 20
LOOK_ALIKES = 1  # moments of each game at which somebody is shown another log


class Evening:
    """One game, seen by its players and by somebody who watches; repeatable."""

    def __init__(self, number: int) -> None:
        self.dice = dice = random.Random(f"{SEED} {number}")
        bots = dice.choice((0, 0, 0, 1, 2))
        game_id, seed = str(UUID(bytes=dice.randbytes(16), version=4)), dice.randbytes(32).hex()
        self.table = VirtualTable(
            players=dice.randint(2, 10 - bots),
            bots=bots,
            identity=Identity(game_id, "ABCDEF", True, seed),
            rounds=dice.choice((*[1] * 15, 2, 2, 3, 10)),
            hook=dice.random() < 0.3,
            round_pause_ms=dice.choice((0, 0, 3000)),
            turn_seconds=dice.choice((10, 60)),
        )
        self.players = [self._recorder(seat.player_id, f"Player {n}") for n, seat in enumerate(self.table.seats)]
        self.watcher = self._recorder(str(UUID(bytes=dice.randbytes(16), version=4)), "Watcher")
        self.everybody = [*self.players, self.watcher]
        self.named: set[bytes] = set()  # cards that somebody's commands named: a reject may repeat them
        self.problems: list[str] = []

    def _recorder(self, player_id: str, name: str) -> RecordingSeat:
        return RecordingSeat(self.table, player_id, name, self.dice.choice((JSON, MSGPACK)))

    @property
    def over(self) -> bool:
        return self.table.room.core.table.is_over

    async def play(self) -> None:
        """From the lobby to the end and a look back."""
        dice, table = self.dice, self.table
        for recorder in self.everybody:
            await recorder.enter()
        for recorder in self.players:
            if dice.random() < 0.3:
                recorder.command("set_client_seed", client_seed=dice.randbytes(8).hex())
            recorder.command("set_ready", ready=True)
        self.players[0].command("start_game")
        moments = {dice.randrange(30) for _ in range(LOOK_ALIKES)}
        for moment in range(10_000):
            if self.over:
                break
            if moment in moments:
                await self._look_alike(dice.choice(self.everybody))
            await self._happen()
        assert self.over
        await self._return(dice.choice(self.everybody))
        truth = Truth(table.rows, table.identity.session_seed)
        for recorder in self.everybody:
            self.problems += truth.problems(recorder.player_id, recorder.shown, frozenset(self.named))

    async def _look_alike(self, recorder: RecordingSeat) -> None:
        """Show the viewer this game and another one on two other servers: nothing may tell them apart."""
        rows, viewer = self.table.rows, recorder.player_id
        core = self.table.room.core
        phase = match.view(core.game, core.told_state, None)["phase"]
        if phase not in ("bidding", "playing") or not self.table.room.admits(viewer, None):
            return
        script = self.dice.randrange(10**9)
        other = altered(rows, viewer, self.dice)
        first = await look(twin(self.table, rows, self.table.identity.session_seed), recorder, script)
        second = await look(twin(self.table, other, self.dice.randbytes(32).hex()), recorder, script)
        if first != second:
            told = next((a, b) for a, b in zip(first, second, strict=False) if a != b)
            self.problems.append(f"{viewer} can tell two logs apart: {told}")

    async def _happen(self) -> None:
        """The next thing: mostly a move."""
        dice, chance = self.dice, self.dice.random()
        recorder = dice.choice(self.everybody)
        if chance < 0.75 or recorder.closed:
            self._move()
        elif chance < 0.80 and recorder.here:
            self._misplay(recorder)
        elif chance < 0.86:
            recorder.exit()
        elif chance < 0.92:
            await self._return(recorder)
        elif chance < 0.96 and recorder.here:
            self.table.room.sync(recorder)
        elif chance < 0.98:
            self.table.advance(dice.choice((2.5, 5)))
        elif chance < 0.99 and recorder.here:
            recorder.command("leave")
        else:
            await self._restart()

    def _move(self) -> None:
        """The player to move takes any action; for those who are away, and for bots, time passes."""
        core = self.table.room.core
        for recorder in self.players:
            turn = core.turn(recorder.player_id)
            if turn is not None and recorder.here and recorder.viewer is not None:
                action = self.dice.choice(turn[1])
                args = {"value": action.value} if action.name == "bid" else {"card": action.card}  # type: ignore[attr-defined]
                recorder.command(action.name, **args)
                return
        self.table.advance(self.dice.choice((0.001, 3, 61)))

    def _misplay(self, recorder: RecordingSeat) -> None:
        card = self.dice.choice(DECKS[2])
        if self.dice.random() < 0.5:
            self.named.add(card.encode())
            recorder.command("play_card", card=card)
        else:
            recorder.command("bid", value=self.dice.choice((-1, 3, 99)))

    async def _return(self, recorder: RecordingSeat) -> None:
        """Connect again, disconnected before or not; with everything that was known, with nothing, or with nonsense."""
        if self.table.room.admits(recorder.player_id, None):
            last_index = self.dice.choice((None, None, -1, self.dice.randrange(len(self.table.rows)), 10**6))
            await recorder.enter(last_index, self.dice.choice((None, None, None, "spectator")))

    async def _restart(self) -> None:
        for recorder in self.everybody:
            recorder.here = False
        self.table.restart(self.dice.random() * 60)
        for recorder in self.everybody:
            if self.dice.random() < 0.9:
                await self._return(recorder)


async def look(table: VirtualTable, like: RecordingSeat, script: int) -> list[bytes]:
    """All that one viewer is sent while things happen that reveal nothing."""
    dice = random.Random(script)
    table.restart(5)
    mine = RecordingSeat(table, like.player_id, "Viewer", like.encoder)
    await mine.enter(dice.choice((-1, dice.randrange(len(table.rows)), 10**6)))
    for member in table.room.core.table.seated():
        if member.player_id != mine.player_id and not member.is_bot and not member.kicked:
            other = RecordingSeat(table, member.player_id, "Other")
            await other.enter()
            for _ in range(dice.randrange(3)):
                dice.choice((other, mine)).command("bid", value=dice.choice((-1, 99)))
            if dice.random() < 0.2:
                other.command("update_profile", color="#00ff00")
    table.room.sync(mine)
    mine.command("play_card", card=dice.choice(DECKS[2]))
    mine.exit()
    await mine.enter(dice.choice((-1, None, 10**6)))
    return [payload for payload, _, _ in mine.shown]


@pytest.mark.parametrize("piece", range(PIECES))
async def test_no_player_is_sent_hidden_information(piece: int) -> None:
    shown = 0
    for number in range(piece, GAMES, PIECES):
        evening = Evening(number)
        await evening.play()
        assert evening.problems == [], f"seed {SEED}, game {number}"
        shown += sum(len(recorder.shown) for recorder in evening.everybody)
    print(f"{GAMES // PIECES} games, {shown} frames")


def shows_a_neighbours_card(event: Any, viewer: str | None) -> Any:
    data = REDACT(event, viewer)
    if data is not None and viewer in data["hands"]:
        data["hands"][viewer][-1] = next(hand for player, hand in event.hands.items() if player != viewer)[0]
    return data


def shows_the_hash_of_the_rest(event: Any, viewer: str | None) -> Any:
    data = REDACT(event, viewer)
    return data if data is None else {**data, "undealt_hash": event.undealt_hash}


def shows_spectators_a_hand(state: Any, viewer: str | None) -> Any:
    data = VIEW(state, viewer)
    if viewer is None and data["round"] is not None:
        data["hand"] = list(next(iter(state.play.round.hands.values())))
    return data


def shows_those_who_left_the_next_ones_hand(state: Any, viewer: str | None) -> Any:
    data = VIEW(state, viewer)
    if data["hand"] is not None and state.table.players[viewer].status is Status.LEFT:
        data["hand"] = next((list(hand) for player, hand in state.play.round.hands.items() if player != viewer), [])
    return data


def counts_trumps(state: Any, viewer: str | None) -> Any:
    data = VIEW(state, viewer)
    if data["round"] is not None:
        trump = data["round"]["trump_suit"]
        data["trumps"] = {p: sum(trump in card for card in hand) for p, hand in state.play.round.hands.items()}
    return data


def orders_players_by_their_best_card(state: Any, viewer: str | None) -> Any:
    data = VIEW(state, viewer)
    if data["round"] is not None:
        hands = state.play.round.hands
        data["hand_counts"] = {p: len(hands[p]) for p in sorted(hands, key=lambda p: max(hands[p], default=""))}
    return data


def hides_nothing_of_the_table(event: Any, viewer: str | None) -> Any:
    return {name: getattr(event, name) for name in event.__struct_fields__}


VIEW, REDACT = views.view, events.redact
LEAKS: list[tuple[Any, str, Any]] = [
    (events, "redact", shows_a_neighbours_card),
    (events, "redact", shows_the_hash_of_the_rest),
    (views, "view", shows_spectators_a_hand),
    (views, "view", shows_those_who_left_the_next_ones_hand),
    (views, "view", counts_trumps),
    (views, "view", orders_players_by_their_best_card),
    (table_events, "redact_table_event", hides_nothing_of_the_table),
]


@pytest.mark.parametrize(("module", "name", "leak"), LEAKS, ids=[leak.__name__ for _, _, leak in LEAKS])
async def test_a_leak_would_be_found(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, leak: Any) -> None:
    """The checks are checked: each of these mistakes is found within a few games."""
    monkeypatch.setattr(module, name, leak)
    for number in range(25):
        evening = Evening(number)
        await evening.play()
        if evening.problems:
            return
    pytest.fail("nobody noticed")
