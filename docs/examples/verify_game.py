"""Was a game of El Dorado dealt fairly? Python alone, no Parlor; the recipe stands in docs/fairness.md.

python verify_game.py http://127.0.0.1:8000 GAME_ID                    or, with what was downloaded from there before
python verify_game.py file:/tmp/events.json file:/tmp/fairness.json    (.../events?limit=5000 and .../fairness)
Exit code 0: fair. 1: not fair. 2: it can't be verified, because it is not finished, not found or not readable.
"""

import hashlib
import hmac
import json
import sys
from urllib.request import urlopen

CARDS = [f"{suit}:{rank}" for suit in ("clubs", "diamonds", "hearts", "spades") for rank in [*range(2, 11), *"JQKA"]]


def must(holds, problem, code=1):
    if not holds:
        sys.exit(print(("NOT FAIR:", "CAN'T BE VERIFIED:")[code - 1], problem) or code)


def shuffled(session_seed, message, deck):
    text = json.dumps(message, separators=(",", ":"), ensure_ascii=False)
    key = hmac.digest(bytes.fromhex(session_seed), text.encode(), "sha256")
    stream = b"".join(hmac.digest(key, i.to_bytes(8, "big"), "sha256") for i in range(99))  # far more than is needed
    words = (int.from_bytes(stream[i : i + 4], "big") for i in range(0, len(stream), 4))
    for last in range(len(deck) - 1, 0, -1):
        word = next(word for word in words if word < 2**32 - 2**32 % (last + 1))
        deck[last], deck[word % (last + 1)] = deck[word % (last + 1)], deck[last]
    return deck


def verify(events, told, game_id, seed):
    promise = hashlib.sha256(f"parlor-shuffle-v1:{game_id}:{seed}".encode()).hexdigest()
    must(promise == events[0]["data"]["seed_commitment"] == told["commitment"], "the seed is not the one committed to")
    seats, given, shares, decks, found = {}, {}, None, [], {}
    for name, data in ((event["name"], event["data"]) for event in events):
        if name == "player_joined":
            seats[data["player_id"]], given[data["player_id"]] = data["seat"], ""
        elif name in ("player_left", "player_kicked", "bot_removed", "player_became_spectator") and shares is None:
            seats[data["player_id"]] = None
        elif name == "client_seed_set":
            given[data["player_id"]] = data["client_seed"]
        elif name == "game_started":
            must(data["seats"] == sorted([s, p] for p, s in seats.items() if s is not None), "they sit on other seats")
            shares = [[seat, given[player]] for seat, player in data["seats"]]
        found |= data if name in ("round_started", "cards_dealt", "trump_revealed") else {}
        if name == "trump_revealed":
            r, n, each = len(decks), len(found["hands"]), 10 - len(decks)  # the round; how many are dealt in; cards
            ring = (sorted(found["hands"], key=seats.get) * 2)[(r + 1) % n :][:n]  # the player after the dealer first
            unshuffled = [f"d{d}:{card}" for d in range(1 if n < 6 else 2) for card in CARDS]
            decks.append(deck := shuffled(seed, [game_id, r, shares], unshuffled))
            due = {"round_index": r, "cards_per_player": each, "starting_player_id": ring[0], "card": deck[n * each]}
            due |= {"dealer_player_id": ring[-1], "hands": {p: deck[i : n * each : n] for i, p in enumerate(ring)}}
            due |= {"undealt_hash": hashlib.sha256(",".join(deck[n * each + 1 :]).encode()).hexdigest()}
            must(due == {key: found[key] for key in due}, f"round {r + 1} was not dealt from the seeds")
    shown = [[share["seat"], share["client_seed"]] for share in told["client_seeds"]]
    must((told["session_seed"], shown, told["decks"]) == (seed, shares, decks), "the server shows other seeds or decks")
    fork = " (but a fork: its seed was known before)" if events[0]["data"].get("forked_from") else ""
    print(f"FAIR{fork}: {len(decks)} rounds dealt from the seed behind {promise} and the players' seeds {shares}")


try:
    source, game = sys.argv[1:]
    here = (f"{source}/api/games/{game}/events?limit=5000", f"{source}/api/games/{game}/fairness")
    log, told = (json.load(urlopen(url)) for url in ((source, game) if source.startswith("file:") else here))  # noqa: S310  # the address is the user's own
    first, ends = log["items"][0]["data"], [e["data"] for e in log["items"] if e["name"] == "game_completed"]
except (OSError, ValueError, LookupError, TypeError) as error:
    must(False, f"{error}\n\n{__doc__}", 2)
must(ends, "the game is not finished, its seed is still secret", 2)
try:
    must(source.startswith("file:") or first["game_id"] == game, "this is the log of another game")
    origin = (first.get("forked_from") or {}).get("shuffle_game_id", first["game_id"])  # a fork is dealt as its origin
    verify(log["items"], told, origin, ends[0]["session_seed"])
except (LookupError, TypeError, ValueError, ArithmeticError, RuntimeError) as error:
    must(False, f"the log makes no sense ({error!r})")
