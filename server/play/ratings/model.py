"""What a game does to the ratings of its players: the model of Plackett and Luce, as `openskill` has it. Pure.

Winners come before the others whatever their scores, then the higher score; equals share a rank.
"""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence

from openskill.models import PlackettLuce

from persistence.play.ratings import FinishedGame, Key, Moved, Placed, Standing

_MODEL = PlackettLuce()

NEWCOMER = Standing(_MODEL.mu, _MODEL.sigma, 0)
"""Where everybody begins."""


def ranks(players: Sequence[Placed]) -> list[int]:
    """1 is best; equals share a rank, and the ranks after theirs are left out."""
    places = [(player.is_winner, player.score) for player in players]
    return [1 + sum(other > place for other in places) for place in places]


def rate(game: FinishedGame, standings: MutableMapping[Key, Standing]) -> list[Moved]:
    """How a game of at least two players moves them; `standings` is moved on by it."""
    keys = [(player.player_id, game.game, game.pool) for player in game.players]
    before = [standings.get(key, NEWCOMER) for key in keys]
    teams = [[_MODEL.rating(mu=standing.mu, sigma=standing.sigma)] for standing in before]
    rated = _MODEL.rate(teams, ranks=[float(rank) for rank in ranks(game.players)])
    moves = []
    for key, old, (new,) in zip(keys, before, rated, strict=True):
        standings[key] = Standing(float(new.mu), float(new.sigma), old.games + 1)
        moves.append(Moved(key[0], old, standings[key]))
    return moves
