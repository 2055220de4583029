"""The command line: arguments only."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError

from loadtest.load.arguments import add_arguments as add_load_options
from persistence.errors import BadDatabaseUrl, MigrationNeeded, PersistenceError
from server import limits
from server.cli.authors import add_commands as add_commands_for_authors
from server.errors import StartupError
from server.settings import Settings, variables

_COUNT_MAX = 1_000_000


def main(argv: list[str] | None = None) -> int:
    """Run one command. Returns its exit code: 0 success, 1 failure, 2 wrong arguments."""
    if not __debug__:
        return _fail("python -O removes the checks that protect the log: run without it", 2)
    options = vars(_parser().parse_args(argv))
    run: Callable[..., int | None] = options.pop("run")
    try:
        given = {key: options.pop(key) for key in ("host", "port", "data_dir") if options.get(key) is not None}
        for key in ("host", "port", "data_dir"):
            options.pop(key, None)
        return run(Settings(**given), **options) or 0
    except (ValidationError, SettingsError, StartupError, PersistenceError) as error:
        return _fail(*_message(error))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0  # the reader closed the pipe


def _message(error: Exception) -> tuple[str, int]:
    """One line for the operator, and the exit code: 2 for wrong input, 1 if the environment failed."""
    match error:
        case ValidationError():
            first = error.errors()[0]
            return f"setting {'.'.join(map(str, first['loc']))}: {first['msg']}", 2
        case StartupError():
            return str(error), error.exit_code
        case MigrationNeeded():
            return f"{error}: run `parlor migrate up`", 1
        case SettingsError() | BadDatabaseUrl():
            return str(error), 2
        case _:
            return str(error), 1


def _fail(message: str, code: int) -> int:
    print(f"parlor: {message}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="parlor",
        description="A real-time multiplayer game server that never loses a move.",
        epilog=_settings_help(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    place = argparse.ArgumentParser(add_help=False)
    place.add_argument("--data-dir", type=Path, help="folder of the embedded database (default .parlor)")

    serve = commands.add_parser("serve", parents=[place], help="serve rooms, HTTP and the browser client")
    serve.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (default 8000; 0: any free one)")
    serve.add_argument("--demo", action="store_true", help="let bots play some games first")
    serve.set_defaults(run=_serve)

    migrate = commands.add_parser("migrate", parents=[place], help="the database schema")
    migrate.add_argument("action", nargs="?", choices=("up", "down", "status"), default="up")
    migrate.add_argument("--to", default="base", help="down: the migration to go back to (default: before all)")
    migrate.set_defaults(run=_migrate)

    db = commands.add_parser("db", parents=[place], help="the database itself")
    db.add_argument("action", nargs="?", choices=("url", "psql", "stop"), default="url")
    db.set_defaults(run=_db)

    _add_replay(commands, place)

    verify = commands.add_parser("verify", parents=[place], help="check that a completed game was fair")
    verify.add_argument("game_id")
    verify.set_defaults(run=_verify)

    export = commands.add_parser("export", parents=[place], help="write a completed game to a file")
    export.add_argument("game_id")
    export.add_argument("file", nargs="?", type=Path, help="must not exist (default: standard output)")
    export.set_defaults(run=_export)

    taken = commands.add_parser("import", parents=[place], help="check an exported file and add its game")
    taken.add_argument("file", type=Path)
    taken.set_defaults(run=_import)

    fork = commands.add_parser("fork", parents=[place], help="start a new game from the middle of a completed one")
    fork.add_argument("game_id")
    fork.add_argument(
        "--at", type=int, required=True, metavar="N", help="after event N and the events that followed it at once"
    )
    fork.add_argument(
        "--player", dest="player_id", metavar="PLAYER_ID", help="the player who takes a seat (default: bots only)"
    )
    fork.add_argument("--seat", type=int, metavar="N", help="the seat of that player (default: the seat from the game)")
    fork.set_defaults(run=_fork)

    _add_bots(commands)
    _add_rebuild(commands, place)
    add_commands_for_authors(commands)
    _add_chaos(commands)
    add_load_options(commands.add_parser("loadtest", help="measure how much a server holds")).set_defaults(
        run=_loadtest
    )
    return parser


def _add_replay(commands: Any, place: argparse.ArgumentParser) -> None:
    replay = commands.add_parser("replay", parents=[place], help="show a recorded game, event by event")
    replay.add_argument("game_id")
    replay.add_argument("--from", dest="first", type=int, default=0, metavar="N", help="from event N on")
    replay.add_argument("--to", "--at", dest="last", type=int, metavar="N", help="up to event N")
    replay.add_argument("--as", dest="viewer", metavar="PLAYER_ID", help="as this player saw it")
    how = replay.add_mutually_exclusive_group()
    how.add_argument(
        "--json", dest="as_json", action="store_true", help="one JSON object a line, with the state's hash"
    )
    how.add_argument("--step", action="store_true", help="step through the table with the keyboard")
    replay.add_argument("--speed", type=_speed, metavar="X", help="play with the pauses of the game, X times as fast")
    replay.set_defaults(run=_replay)


def _speed(text: str) -> float:
    low, high = limits.REPLAY_SPEED_MIN, limits.REPLAY_SPEED_MAX
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not low <= speed <= high:
        raise argparse.ArgumentTypeError(f"a number from {low:g} to {high:g}")
    return speed


def _add_bots(commands: Any) -> None:
    bots = commands.add_parser("bots", help="let bots of several levels play against each other, without a server")
    bots.add_argument("--game", metavar="NAME", help="an installed game (default: the featured one)")
    bots.add_argument("--players", default="2,4,6", metavar="N,...", help="sizes of the table (%(default)s)")
    bots.add_argument("--games", type=_count, default=400, metavar="N", help="of each pairing, at least (%(default)s)")
    bots.add_argument("--levels", metavar="LEVEL,...", help="the levels that play (default: all levels of the game)")
    bots.add_argument("--alone", metavar="LEVEL,...", help="the levels that sit alone among others (default: all)")
    bots.add_argument(
        "--iterations", type=_count, metavar="N", help="per decision of a searching bot; makes the result repeatable"
    )
    bots.add_argument(
        "--think-ms", type=_count, metavar="N", help="milliseconds per decision (default: 200 without --iterations)"
    )
    bots.add_argument(
        "--processes", type=_count, default=1, metavar="N", help="games that are played in parallel (%(default)s)"
    )
    bots.add_argument("--seed", type=int, default=1, metavar="N", help="of the random numbers (%(default)s)")
    bots.add_argument("--json", type=Path, dest="target", metavar="FILE", help="also write the table there")
    bots.set_defaults(run=_bots)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _COUNT_MAX:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {_COUNT_MAX:,}")
    return int(text)


def _add_rebuild(commands: Any, place: argparse.ArgumentParser) -> None:
    rebuild = commands.add_parser("rebuild", parents=[place], help="compute the statistics again from the log")
    rebuild.add_argument("--verify", action="store_true", help="change nothing; exit code 1 if there are differences")
    rebuild.add_argument("--json", type=Path, dest="target", metavar="FILE", help="also write all differences there")
    rebuild.add_argument("--processes", type=int, metavar="N", help="processes that fold games (default: one per core)")
    rebuild.set_defaults(run=_rebuild)


def _add_chaos(commands: Any) -> None:
    chaos = commands.add_parser("chaos", help="break a test system on purpose and check that nothing is lost")
    chaos.add_argument("--faults", default="all", metavar="KIND[:COUNT],...", help="the faults (default: all kinds)")
    chaos.add_argument("--cycles", type=int, default=20, metavar="N", help="faults in all (%(default)s)")
    chaos.add_argument("--rooms", type=int, default=8, metavar="N", help="relay rooms, 4 sockets each (%(default)s)")
    chaos.add_argument("--rate", type=float, default=400, help="commands a second over all of them (%(default)s)")
    chaos.add_argument("--seed", type=int, metavar="N", help="repeats the plan of a run (default: a new one)")
    chaos.add_argument("--freeze-s", type=float, default=5, metavar="S", help="of freeze-postgres (%(default)s)")
    durability = chaos.add_argument("--durability", choices=("strict", "relaxed"), default="strict")
    durability.help = "of the relay rooms; relaxed rooms may lose promised events (%(default)s)"
    chaos.add_argument("--json", type=Path, dest="target", metavar="FILE", help="also write the report there")
    chaos.add_argument("--url", help="a running test server on this machine (default: start one)")
    chaos.add_argument("--database-url", metavar="URL", help="a test database on this machine (default: start one)")
    chaos.set_defaults(run=_chaos)


def _settings_help() -> str:
    lines = ["settings from the environment:"]
    for variable, field in variables().items():
        lines.append(f"  {variable:<30} {field.description}")
    return "\n".join(lines)


# The imports below are large, so each command imports only its own.


def _serve(settings: Settings, *, demo: bool) -> None:
    from server.cli.serve import serve

    _run_fast(serve(settings, demo=demo))


def _migrate(settings: Settings, *, action: str, to: str) -> None:
    from server.cli import migrate

    if action == "down":
        migrate.down(settings, to)
    else:
        {"up": migrate.up, "status": migrate.status}[action](settings)


def _db(settings: Settings, *, action: str) -> int | None:
    from server.cli import db

    return {"url": db.url, "psql": db.psql, "stop": db.stop}[action](settings)


def _replay(settings: Settings, *, game_id: str, first: int, last: int | None, viewer: str | None, **how: Any) -> None:
    from server.cli import replay

    found, asked = asyncio.run(replay.read(settings, game_id, first=first, last=last, viewer=viewer))
    replay.show(found, asked, viewer, **how)


def _verify(settings: Settings, *, game_id: str) -> int:
    from server.cli.replay import verify

    return asyncio.run(verify(settings, game_id))


def _export(settings: Settings, *, game_id: str, file: Path | None) -> None:
    from server.cli.archive import export_game

    asyncio.run(export_game(settings, game_id, file))


def _import(settings: Settings, *, file: Path) -> None:
    from server.cli.archive import import_game

    asyncio.run(import_game(settings, file))


def _fork(settings: Settings, **options: Any) -> None:
    from server.cli.fork import fork_game

    asyncio.run(fork_game(settings, **options))


def _bots(settings: Settings, **options: Any) -> int:
    from server.cli.bots import Asked, tournament

    return tournament(Asked(**options))


def _rebuild(settings: Settings, **options: Any) -> int:
    from server.cli.rebuild import rebuild_statistics

    return rebuild_statistics(settings, **options)


def _chaos(settings: Settings, **options: Any) -> int:
    try:
        from loadtest.chaos.run import ChaosOptions, chaos
    except ModuleNotFoundError as error:
        return _missing(error)

    return chaos(ChaosOptions(**options), production=settings.env == "production")


def _loadtest(settings: Settings, **options: Any) -> int:
    try:
        from loadtest.load.run import loadtest
    except ModuleNotFoundError as error:
        return _missing(error)

    files = {name: options.pop(name) for name in ("scenario", "json_file", "html_file")}
    return loadtest(**files, options=options)


def _missing(error: ModuleNotFoundError) -> int:
    return _fail(f"{error.name} is missing: pip install 'parlor[loadtest]'", 2)


def _run_fast(work: Any) -> None:
    """Run on uvloop if it is installed."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(work)
    else:
        uvloop.run(work)


if __name__ == "__main__":
    sys.exit(main())
