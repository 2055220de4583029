"""Tic-tac-toe for two: who has three in a row wins the round, who has won more rounds wins the game."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any, ClassVar

from server.games import rules
from server.games.rules import Bot, Command, Context, Data, Deadline, Event, Game, RandomBot, Refusal, Result, State
from server.games.table import Table
from server.games.table_events import GameCompleted

LINES = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6))


class Config(rules.Config):
    max_players: int = 2
    rounds: int = 3
    bounds: ClassVar = {**rules.Config.bounds, "min_players": (2, 2), "max_players": (2, 2), "rounds": (1, 9)}


class Mark(Command):
    name: ClassVar[str] = "mark"
    cell: int


class Marked(Event):
    name: ClassVar[str] = "marked"
    player_id: str
    cell: int
    forced: bool = False


class RoundEnded(Event):
    name: ClassVar[str] = "round_ended"
    winner: str | None


@dataclass(frozen=True, slots=True)
class Play:
    players: tuple[str, ...]
    past: tuple[str | None, ...] = ()  # who has won each round
    board: str = "." * 9

    @property
    def scores(self) -> dict[str, int]:
        return {player: self.past.count(player) for player in self.players}


def turn(play: Play) -> str:  # the rounds are begun in turn, with X
    return play.players[(len(play.past) + 9 - play.board.count(".")) % 2]


class TicTacToe(Game[Play]):
    name, version, config, commands, events = "tictactoe", 1, Config, (Mark,), (Marked, RoundEnded)
    bot_levels = ("random", "perfect")

    def setup(self, table: Table) -> Play:
        return Play(tuple(player.player_id for player in table.seated()))

    def decide(self, state: State[Play], actor: str, command: Any, ctx: Context) -> tuple[Event, ...] | Refusal:
        if actor != turn(state.play):
            return Refusal("not_your_turn", "it is the other one's turn", misplay=True)
        if command.cell not in free(state.play.board):
            return Refusal("invalid_command", "cell must be one that is free, 0 to 8", misplay=True, field="cell")
        return moved(state, Marked(actor, command.cell), ctx)

    def evolve(self, state: State[Play], event: Any) -> Play:
        if isinstance(event, RoundEnded):
            return Play(state.play.players, (*state.play.past, event.winner))
        return replace(state.play, board=put(state.play.board, event.cell))

    def view(self, state: State[Play], viewer: str | None) -> Data:
        play = state.play or Play(())
        mover = turn(play) if play.players and not state.table.is_over else None
        rows = [play.board[cell : cell + 3] for cell in (0, 3, 6)]
        return {"board": rows, "mover": mover, "scores": play.scores, "past": play.past}

    def actions(self, state: State[Play], player_id: str) -> tuple[Command, ...]:
        mine = player_id == turn(state.play) and not state.table.is_over
        return tuple(Mark(cell) for cell in free(state.play.board)) if mine else ()

    def deadline(self, state: State[Play]) -> Deadline:
        if len(state.table.present()) < 2:
            return Deadline(("left",), (), 0)  # nobody is waited for: expire decides at once
        key, seconds = (len(state.play.past), state.play.board.count(".")), state.table.config.turn_seconds
        return Deadline(key, (turn(state.play),), seconds * 1000 or None)

    def expire(self, state: State[Play], ctx: Context) -> tuple[Event, ...]:
        here = tuple(player.player_id for player in state.table.present())
        if len(here) < 2:
            return (GameCompleted(state.play.scores, here, ctx.session_seed),)
        return moved(state, Marked(turn(state.play), free(state.play.board)[0], forced=True), ctx)

    def bot(self, level: str) -> Bot:
        return Perfect() if level == "perfect" else RandomBot()

    def summary(self, state: State[Play]) -> rules.Summary:
        scores, winners, seated = state.play.scores, state.table.winners, state.table.seated()
        results = tuple(Result.of(player, scores[player.player_id], winners) for player in seated)
        return rules.Summary(results, tuple({"winner": winner} for winner in state.play.past))


def moved(state: State[Play], marked: Marked, ctx: Context) -> tuple[Event, ...]:  # with what follows from the move
    play, board = state.play, put(state.play.board, marked.cell)
    if not won(board) and free(board):
        return (marked,)
    ended = RoundEnded(marked.player_id if won(board) else None)
    scores = Play(play.players, (*play.past, ended.winner)).scores
    if len(play.past) + 1 < state.table.config.rounds:
        return (marked, ended)
    best = tuple(player for player in scores if scores[player] == max(scores.values()))
    return (marked, ended, GameCompleted(scores, best, ctx.session_seed))


def free(board: str) -> list[int]:
    return [cell for cell in range(9) if board[cell] == "."]


def put(board: str, cell: int) -> str:
    return board[:cell] + "XO"[len(free(board)) % 2 == 0] + board[cell + 1 :]


def won(board: str) -> bool:  # by the player who moved last
    return any(board[a] == board[b] == board[c] != "." for a, b, c in LINES)


@cache
def worth(board: str) -> int:  # to the player who moved last: 1 won, 0 a draw, -1 lost
    return 1 if won(board) else -max((worth(put(board, cell)) for cell in free(board)), default=0)


class Perfect(Bot):
    def choose(self, view: Data, actions: tuple[Command, ...], draw: Any) -> Command:
        return max(actions, key=lambda action: worth(put("".join(view["board"]), action.cell)))


GAME = TicTacToe()
