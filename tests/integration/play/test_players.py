"""Players."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from persistence.database import Database
from persistence.errors import Conflict
from persistence.play import players
from persistence.play.players import PlayerRow, ProfileChanged


async def test_a_player_is_created_and_found(database: Database) -> None:
    guest = await players.create(database, display_name="Ada", avatar_seed="a", color="#112233")
    member = await players.create(database, display_name="Bob", avatar_seed="b", color="#445566", user_id="user-1")
    assert (guest.display_name, guest.user_id, guest.is_bot) == ("Ada", None, False)
    assert await players.get(database, guest.id) == guest
    assert await players.get(database, str(uuid4())) is None
    assert await players.find_by_user(database, "user-1") == member
    assert await players.find_by_user(database, "user-2") is None
    found = await players.get_many(database, [guest.id, member.id, str(uuid4())])
    assert found == {guest.id: guest, member.id: member}


async def test_an_account_has_one_player(database: Database) -> None:
    await players.create(database, display_name="Ada", avatar_seed="a", color="#112233", user_id="user-1")
    with pytest.raises(Conflict) as conflict:
        await players.create(database, display_name="Eve", avatar_seed="a", color="#112233", user_id="user-1")
    assert conflict.value.constraint == "players_user_id_key"


async def test_a_profile_is_changed(database: Database) -> None:
    player = await players.create(database, display_name="Ada", avatar_seed="a", color="#112233")
    changed = await players.update(database, player.id, display_name="Ada L.")
    assert changed is not None
    assert (changed.display_name, changed.avatar_seed, changed.color) == ("Ada L.", "a", "#112233")
    assert changed.updated_at is not None
    assert player.updated_at is not None
    assert changed.updated_at > player.updated_at
    await database.apply(ProfileChanged(player.id, color="#ffffff"))
    again = await players.get(database, player.id)
    assert again is not None
    assert (again.display_name, again.color) == ("Ada L.", "#ffffff")
    assert await players.update(database, str(uuid4()), color="#000000") is None


async def test_bots_are_players(database: Database) -> None:
    bots = [PlayerRow(str(uuid4()), f"Bot {n}", f"bot:{n}", "#5566ff", is_bot=True) for n in range(5)]
    await asyncio.gather(*(players.ensure_bots(database, bots[::step]) for step in (1, -1, 1, -1)))
    found = await players.get_many(database, [bot.id for bot in bots])
    assert [found[bot.id].display_name for bot in bots] == [bot.display_name for bot in bots]
    assert all(found[bot.id].is_bot for bot in bots)
    human = await players.create(database, display_name="Ada", avatar_seed="a", color="#112233")
    await players.ensure_bots(database, [PlayerRow(human.id, "Bot 9", "bot:9", "#5566ff", is_bot=True)])
    assert await players.get(database, human.id) == human
    await players.ensure_bots(database, [])
