"""Property tests for any game:

    class TestMyGame(GameProperties):
        game = GAME

Hypothesis draws plans (who plays, under which settings, what is tried when), and each test looks at every state on the
way. What breaks the contract of `server.games.rules` is told with the rule's name and the shortest history that does.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import FlakyFailure

from server.games.declaration import problems
from server.games.rules import Game, State, Viewer
from server.testing.broken import Broken
from server.testing.inspectors import Bots, Log, Moves, play_out
from server.testing.plans import DROP, RETURN, TIME, Plan, plans
from server.testing.purity import impurities
from server.testing.secrets import Hidden
from server.testing.table import Table
from server.testing.walk import Inspector, Walk

DECLARATION = "a game declares itself properly"
TABLE = "a room plays it, also across restarts"


class GameProperties:
    """`examples`: plans a test. `steps_max`: steps of a plan. `moves_max`: a game that is not over after so many more
    moves counts as endless. Override `settings` for other settings of hypothesis; by default every run is the same."""

    game: ClassVar[Game[Any]]
    examples: ClassVar[int] = 30
    steps_max: ClassVar[int] = 40
    moves_max: ClassVar[int] = 5_000

    def settings(self, examples: int) -> settings:
        """How hypothesis explores."""
        return settings(
            max_examples=examples,
            derandomize=True,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
        )

    def secrets(self, state: State[Any], viewer: Viewer) -> Iterable[str]:
        """Texts that `viewer` may not be shown in this state, such as the cards of others; override it."""
        return ()

    def test_declaration(self) -> None:
        found = (*problems(self.game), *impurities(self.game))
        if found:
            raise Broken(DECLARATION, "; ".join(found))

    def test_moves(self) -> None:
        self.explore(lambda: Moves(self.game), to_the_end=True)

    def test_log(self) -> None:
        self.explore(lambda: Log(self.game))

    def test_secrets(self) -> None:
        self.explore(lambda: Hidden(self.game, self.secrets))

    def test_bots(self) -> None:
        self.explore(Bots)

    def test_table(self) -> None:
        """In a real room, in virtual time."""
        self._check(lambda plan: at_a_table(self.game, plan), max(1, self.examples // 3))

    def explore(self, inspector: Callable[[], Inspector], *, to_the_end: bool = False) -> None:
        """Walk through the game as all kinds of plans say. Raises `Broken`."""
        __tracebackhide__ = True

        def check(plan: Plan) -> None:
            walk = Walk(self.game, plan, [inspector()])
            walk.run()
            if to_the_end:
                play_out(walk, self.moves_max)

        self._check(check, self.examples)

    def _check(self, check: Callable[[Plan], None], examples: int) -> None:
        @self.settings(examples)
        @given(plans(self.game, self.steps_max))
        def run(plan: Plan) -> None:
            check(plan)

        __tracebackhide__ = True
        try:
            run()
        except Broken as broken:  # the way to it through this kit helps nobody
            raise broken.with_traceback(None) from broken.__cause__
        except FlakyFailure as flaky:  # the same plan went well the second time: the game keeps something to itself
            for error in flaky.exceptions:
                if isinstance(error, Broken):
                    raise error.with_traceback(None) from None
            raise


def at_a_table(game: Game[Any], plan: Plan) -> None:
    """Moves, silence, lost connections and restarts of the server; the log must always give what was played."""
    dice = random.Random(plan.seed)  # noqa: S311  # nothing is secret here
    bots = min(plan.bots, plan.players - 1)
    table = Table(game, plan.players - bots, bots, **plan.config)
    history = [f"{plan.players} players, {bots} of them bots, {plan.config or 'default settings'}"]
    table.start()
    for kind, a, _ in plan.steps:
        seat = table.seats[a % len(table.seats)]
        if kind == TIME:
            table.restart(after_s=a)
            for one in table.seats:
                one.connect()
        elif kind == DROP:
            seat.disconnect()
        elif kind == RETURN:
            seat.connect()
        elif seat.turn is not None and seat.turn["actions"]:
            answer = seat.move(dice.choice)
            if answer["type"] == "reject":
                raise Broken(TABLE, f"a listed action was rejected: {answer}", history)
        else:
            table.advance(a % 3)
        history.append(f"{kind} {seat.profile['display_name']}: {len(table.rows)} events, the last {table.names[-1]}")
        try:
            table.assert_log_gives_the_live_state()
        except AssertionError as error:
            raise Broken(TABLE, str(error), history) from error
