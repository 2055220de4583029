"""What a bot does when it is its turn."""

from __future__ import annotations

from typing import Any

from server.games import match
from server.games.chance import bot_stream
from server.games.rules import Context, Deadline, Event, Game, PlayerId, Refusal, State


def bot_move(
    game: Game[Any], state: State[Any], deadline: Deadline, head: int, ctx: Context
) -> tuple[PlayerId, tuple[Event, ...]]:
    """The move of the first bot that `deadline` waits for; a choice that is not legal becomes the forced move.

    The bot sees what its seat's view shows. Its chance is drawn from the game's seed, its seat and the index of the
    last event, so that a replay repeats its decision.
    """
    players = state.table.players
    player = next(players[p] for p in deadline.player_ids if players[p].is_bot)
    level = player.strategy or game.bot_levels[0]
    stream = bot_stream(ctx.session_seed, state.table.game_id, player.seat or 0, head)
    actions = game.actions(state, player.player_id)
    command = game.bot(level).choose(match.view(game, state, player.player_id), actions, stream.draw)
    decision = game.decide(state, player.player_id, command, ctx)
    return player.player_id, game.expire(state, ctx) if isinstance(decision, Refusal) else decision
