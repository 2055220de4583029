"""Hidden stays hidden, for any game: a view must not depend on what its viewer may not know.

Beside the game, others are played that this viewer can't tell from it: somebody made another secret choice, or what a
private event hides stands in another order. As long as the viewer is shown the same events, the views must be equal.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from server.games import match
from server.games.codec import Codec, to_data
from server.games.rules import Data, Event, Game, Refusal, State, Viewer
from server.games.table_events import GameCompleted
from server.testing.broken import never_raises
from server.testing.judge import TOTAL
from server.testing.strict import encode_json
from server.testing.walk import STRANGER, Redo, Walk, called
from server.wire.from_client import command_data

VIEW = "a view shows no more than the events did"
REDACT = "what is told of a private event does not depend on what it hides"
SEED = "the session seed is a secret until the end"
KEYS = "a view has the same keys in the lobby and in the game"
NAMED = "what the test names as secret is shown to nobody else"
_TWINS_MAX = 8
_CHOICES_MAX = 3
_VIEWERS_MAX = 4
_SEED_PART = 16

Secrets = Callable[[State[Any], Viewer], Iterable[str]]


class Hidden:
    """`secrets`: texts that this viewer may not be shown in this state, as the author of the game knows them."""

    def __init__(self, game: Game[Any], secrets: Secrets) -> None:
        self._game = game
        self._codec = Codec(game)
        self._secrets = secrets
        self._twins: list[tuple[Viewer, State[Any]]] = []
        self._length = 0

    def look(self, walk: Walk, before: State[Any], events: list[Event], redo: Redo) -> None:
        if self._length + len(events) != len(walk.log):
            self._twins = []  # something happened that nobody has watched
        self._length = len(walk.log)
        viewers = self._viewers(walk)
        for viewer in viewers:
            self._plain_secrets(walk, viewer, events)
        twins = [(viewer, self._again(walk, twin, redo)) for viewer, twin in self._twins]
        twins += [(viewer, again) for viewer in viewers for again in self._choices(walk, before, redo, viewer)]
        self._twins = []
        for viewer, again in twins:
            if again is not None and self._shown(again[1], viewer) == self._shown(events, viewer):
                self._compare(walk, viewer, again[0])
        for viewer in viewers:
            for twin in self._reordered(walk, before, events, viewer):
                self._compare(walk, viewer, twin)

    def _viewers(self, walk: Walk) -> list[Viewer]:
        """Spectators, strangers and players, not always the same ones."""
        all_: list[Viewer] = [None, STRANGER, *walk.players]
        turn = len(walk.log)
        return [all_[(turn + n) % len(all_)] for n in range(min(_VIEWERS_MAX, len(all_)))]

    def _compare(self, walk: Walk, viewer: Viewer, twin: State[Any]) -> None:
        if twin == walk.state:
            return
        mine, other = self._sees(walk.state, viewer), self._sees(twin, viewer)
        if mine != other:
            place, here, there = _difference(json.loads(mine), json.loads(other))
            what = f"{called(viewer)} sees a secret, {place}: {here} (if it were otherwise: {there})"
            raise walk.judge.broken(VIEW, what)
        if len(self._twins) < _TWINS_MAX:
            self._twins.append((viewer, twin))

    def _again(self, walk: Walk, twin: State[Any], redo: Redo) -> tuple[State[Any], list[Event]] | None:
        """What the same step does elsewhere; None: something that is not possible there."""
        try:
            with walk.judge.at_ease():
                decision = redo(twin)
                return None if isinstance(decision, Refusal) else walk.judge.settle(twin, decision)
        except Exception:  # noqa: BLE001  # such a game may not be possible at all
            return None

    def _choices(
        self, walk: Walk, before: State[Any], redo: Redo, viewer: Viewer
    ) -> Iterator[tuple[State[Any], list[Event]] | None]:
        """Where somebody else made another choice just now."""
        mover = walk.mover
        if mover is None or mover == viewer:
            return
        for command in self._game.actions(before, mover)[:_CHOICES_MAX]:
            yield self._again(
                walk, before, partial(self._game.decide, actor=mover, command=command, ctx=walk.judge.ctx)
            )

    def _reordered(
        self, walk: Walk, before: State[Any], events: Sequence[Event], viewer: Viewer
    ) -> Iterator[State[Any]]:
        """Where what the private events hide from the viewer stands in another order."""
        dice = random.Random(len(walk.log))  # noqa: S311  # nothing is secret here
        changed, others = False, []
        for event in events:
            other = self._other(walk, event, viewer, dice) if event.private else None
            changed = changed or other is not None
            others.append(event if other is None else other)
        if changed:
            try:
                state = before
                for event in others:
                    state = match.evolve(self._game, state, event)
            except Exception:  # noqa: BLE001  # as above
                return
            yield state

    def _other(self, walk: Walk, event: Event, viewer: Viewer, dice: random.Random) -> Event | None:
        shown = self._redacted(walk, event, viewer)
        data = _reordered(_plain(to_data(event)), shown or {}, dice)
        try:
            other = self._codec.from_data(event.name, {"_v": event.version, **data})
            told = match.redact(self._game, other, viewer)
        except Exception:  # noqa: BLE001  # as above
            return None
        if _text(told) != _text(shown):
            raise walk.judge.broken(REDACT, f"{called(viewer)} can tell {event} from {other}:\n  {shown}\n  {told}")
        return other

    def _redacted(self, walk: Walk, event: Event, viewer: Viewer) -> Any:
        with never_raises(TOTAL, f"redact({event})", walk.judge.history):
            return _plain(match.redact(self._game, event, viewer))

    def _plain_secrets(self, walk: Walk, viewer: Viewer, events: list[Event]) -> None:
        """The seed, and what the test has named."""
        judge, state = walk.judge, walk.state
        with never_raises(TOTAL, "view or redact", judge.history):
            seen = self._sees(state, viewer) + _text(self._shown(events, viewer))
            lobby = match.view(self._game, State(state.table, None), viewer)
        if lobby.keys() != match.view(self._game, state, viewer).keys():
            different = sorted(lobby.keys() ^ match.view(self._game, state, viewer).keys())
            raise judge.broken(KEYS, f"{', '.join(different)} is not there in both")
        if not isinstance(events[-1], GameCompleted) and not state.table.is_over:
            everything = seen + _text([to_data(event) for event in events])
            seed = judge.ctx.session_seed
            if any(seed[at : at + _SEED_PART] in everything for at in range(len(seed) - _SEED_PART + 1)):
                raise judge.broken(SEED, f"it stands in {everything}")
        for secret in self._secrets(state, viewer):
            if _text(secret) in seen:
                raise judge.broken(NAMED, f"{called(viewer)} is shown {secret!r}: {seen}")

    def _sees(self, state: State[Any], viewer: Viewer) -> str:
        actions = () if viewer is None else self._game.actions(state, viewer)
        memory = {} if viewer is None else self._game.memory(state, viewer)
        view = match.view(self._game, state, viewer)
        return _text({"view": view, "memory": memory, "actions": [command_data(action) for action in actions]})

    def _shown(self, events: Sequence[Event], viewer: Viewer) -> list[Any]:
        return [
            [event.name, match.redact(self._game, event, viewer) if event.private else to_data(event)]
            for event in events
        ]


Path = tuple[Any, ...]


def _reordered(data: Data, shown: Data, dice: random.Random) -> Data:
    """The data with what is hidden in another order, within each field."""
    elsewhere = Counter(_text(leaf) for name, value in shown.items() if name not in data for _, leaf in _leaves(value))
    found: Data = {}
    for name, value in data.items():
        hidden = list(_hidden(value, shown.get(name), elsewhere))
        values = [leaf for _, leaf in hidden]
        dice.shuffle(values)
        copy = _plain({name: value})
        for (path, _), leaf in zip(hidden, values, strict=True):
            _put(copy, (name, *path), leaf)
        found |= copy
    return found


def _hidden(value: Any, shown: Any, elsewhere: Counter[str]) -> Iterator[tuple[Path, Any]]:
    """The leaves that are not shown in the same place or under another name; the order within a list does not count."""
    if isinstance(value, dict):
        for key, item in value.items():
            within = shown.get(key) if isinstance(shown, dict) else None
            yield from (((key, *path), leaf) for path, leaf in _hidden(item, within, elsewhere))
        return
    told = Counter(_text(leaf) for _, leaf in _leaves(shown)) if shown is not None else Counter()
    for path, leaf in _leaves(value):
        text = _text(leaf)
        if told[text] > 0:
            told[text] -= 1
        elif elsewhere[text] == 0:
            yield path, leaf


def _leaves(value: Any) -> Iterator[tuple[Path, Any]]:
    """Every value in it that holds no others, with the way to it."""
    if isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from (((key, *path), leaf) for path, leaf in _leaves(item))
    else:
        yield (), value


def _difference(here: Any, there: Any, path: str = "") -> tuple[str, Any, Any]:
    """The first place at which they differ, with both values; the order of keys counts as well."""
    if isinstance(here, dict) and isinstance(there, dict) and list(here) == list(there):
        pairs = [(f"{path}.{key}" if path else key, here[key], there[key]) for key in here]
    elif isinstance(here, list) and isinstance(there, list) and len(here) == len(there):
        pairs = [(f"{path}[{place}]", *both) for place, both in enumerate(zip(here, there, strict=True))]
    else:
        return path, here, there
    return next((_difference(a, b, place) for place, a, b in pairs if _text(a) != _text(b)), (path, here, there))


def _put(data: Any, path: Path, leaf: Any) -> None:
    for key in path[:-1]:
        data = data[key]
    data[path[-1]] = leaf


def _plain(value: Any) -> Any:
    return json.loads(encode_json(value))


def _text(value: Any) -> str:
    return encode_json(value)
