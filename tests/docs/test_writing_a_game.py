"""docs/writing-a-game.md is followed word for word: in an empty folder, in a fresh environment, on a real server."""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
import textwrap
import tomllib
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from server.cli.new_game import files, new_game
from server.errors import StartupError
from server.games import fairness
from server.games.registry import Registry
from server.games.rules import Game
from server.testing.table import Table
from tests.docs.pages import ROOT, blocks, page, rows, section
from tests.support import example_games
from tests.support.server import ServerProcess

PAGE = page("writing-a-game")
PATH = section(PAGE, "From an empty folder to a game")
URL = "http://127.0.0.1:8000"


class Block(NamedTuple):
    """A fenced block; `file`: what it is to be written to, as said just above it."""

    file: str
    language: str
    text: str


def path() -> Iterator[Block]:
    for found in re.finditer(r"(?:^`([\w.]+)`:\n\n)?^```(\w+)\n(.*?)^```$", PATH, re.MULTILINE | re.DOTALL):
        yield Block(found[1] or "", found[2], found[3])


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a console block, and what must be among its output."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        yield command, [line.strip() for line in shown if line.strip()]


class Newcomer:
    """Somebody with an empty folder, who does what the page says."""

    def __init__(self, folder: Path, dsn: str) -> None:
        self.folder = folder
        self._home = folder
        self._dsn = dsn
        self._bin = folder / ".venv" / "bin"
        self.server: ServerProcess | None = None

    def run(self, command: str) -> str:
        match command.split():
            case ["python3", "-m", "venv", ".venv"]:
                self._environment()
            case [".", ".venv/bin/activate"] | ["pip", "install", "'../parlor[embedded,testing]'"]:
                pass  # done with the environment
            case ["mkdir", name]:
                (self.folder / name).mkdir()
            case ["cd", name]:
                self.folder /= name
            case ["pip", "install", "-e", "."]:
                offline = "--no-build-isolation --no-deps --no-index --disable-pip-version-check"
                return self._call(f"python -m {command} {offline}")
            case ["pytest", *_]:
                return self._call(f"python -m {command}")
            case ["parlor", "serve"]:
                self.server = ServerProcess(self._dsn, self._home, python=str(self._bin / "python")).start()
                return self.server.log.replace(self.server.url, URL)
            case ["parlor", "play", *_]:
                assert self.server is not None
                return self._call(f"{command} --url {self.server.url}", "1\n" * 99)
            case _:
                return self._call(command)
        return ""

    def write(self, name: str, text: str) -> None:
        url = URL if self.server is None else self.server.url
        (self.folder / name).write_text(text.replace(URL, url))

    def _call(self, command: str, answers: str = "") -> str:
        clean = {
            k: v for k, v in os.environ.items() if k != "DATABASE_URL" and not k.startswith(("PARLOR_", "PYTEST_"))
        }
        clean |= {"PATH": f"{self._bin}:{os.environ['PATH']}", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        done = subprocess.run(
            command.split(), cwd=self.folder, env=clean, input=answers, capture_output=True, text=True, timeout=90
        )
        assert done.returncode == 0, f"{command}: {done.stdout[-3000:]} {done.stderr[-3000:]}"
        return done.stdout

    def _environment(self) -> None:
        """A fresh environment that finds what ours has installed, since there may be no network here."""
        venv.create(self.folder / ".venv", with_pip=False)
        (packages,) = (self.folder / ".venv" / "lib").glob("*/site-packages")
        ours = sysconfig.get_paths()["purelib"]
        (packages / "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
        script = f"#!{self._bin / 'python'}\nimport sys\nfrom server.__main__ import main\nsys.exit(main())\n"
        (self._bin / "parlor").write_text(script)
        (self._bin / "parlor").chmod(0o755)
        broken = packages / "broken-1.0.dist-info"
        broken.mkdir()
        (broken / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
        (broken / "entry_points.txt").write_text("[parlor.games]\nbroken = no_such_module:GAME\n")


def test_the_path_leads_to_a_game_that_is_played(tmp_path: Path, dsn: str) -> None:
    newcomer = Newcomer(tmp_path, dsn)
    try:
        for block in path():
            if block.file:
                newcomer.write(block.file, block.text)
                continue
            for command, shown in commands(block.text):
                output = newcomer.run(command)
                for line in shown:
                    assert line in output, f"{command}: {line!r} is not in {output}"
        assert newcomer.server is not None
        # One broken game harms nobody: the others are served, and it is told which one it is.
        assert "broken = no_such_module:GAME of broken 1.0 is left out" in newcomer.server.log
    finally:
        if newcomer.server is not None:
            newcomer.server.close()


def test_the_named_extras_exist() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(extras["testing"]) <= set(extras["dev"])
    assert extras["embedded"]


def test_the_shown_example_is_the_file() -> None:
    shown = {block.file: block.text for block in path() if block.file and block.file != "meet.py"}
    assert shown == {file.name: file.read_text() for file in example_games.EXAMPLE.iterdir() if file.is_file()}
    assert len([line for line in shown["tictactoe.py"].splitlines() if line.strip()]) <= 100


def test_a_new_game_passes_its_tests(tmp_path: Path) -> None:
    example_games.secret_numbers()
    (tmp_path / "test_secret_numbers.py").write_text(files("secret_numbers")["test_secret_numbers.py"])
    tests = example_games.load(tmp_path / "test_secret_numbers.py", "test_secret_numbers")
    found = [test for name, test in vars(tests).items() if name.startswith("test_")]
    assert len(found) == 3
    for test in found:
        test()


def test_the_shown_hidden_information_is_that_of_a_new_game() -> None:
    code = files("secret_numbers")["secret_numbers.py"]
    for block in blocks(section(PAGE, "Hidden information"), "python")[:3]:
        assert block in code


def test_every_part_of_the_contract_is_described() -> None:
    named = {name for row in rows(section(PAGE, "What each part is for")) for name in re.findall(r"\w+", row[0])}
    parts = {name for name in vars(Game) if not name.startswith("_")} - {"open_table", "memory"}
    assert parts - {"config"} <= named


def example(heading: str) -> dict[str, Any]:
    """What the first block under a heading defines, as if it stood in the game's module."""
    known = dict(vars(example_games.tictactoe()))
    exec(textwrap.dedent(blocks(section(PAGE, heading), "python")[0]), known)  # noqa: S102  # our own page
    return known


def test_the_shown_audit_verifies_a_game() -> None:
    audited = example("Shuffles that anybody can check")
    game = audited["Audited"]()
    table = Table(game, players=2, turn_seconds=10)
    table.start()
    table.seats[0].move()
    table.advance(10)  # a forced move is verified as well
    table.play()
    codec = Registry([game]).codec(game.name)
    report = fairness.verify(game, [codec.from_data(row.type, row.payload) for row in table.rows])
    assert (report.ok, report.audited, report.problem) == (True, True, None)


def test_the_shown_upcaster_reads_old_logs() -> None:
    newer = example("When the rules change")["Marked"]

    class Newer(example_games.tictactoe().TicTacToe):  # type: ignore[misc]
        events = (newer, example_games.tictactoe().RoundEnded)

    codec = Registry([Newer()]).codec("tictactoe")
    old = codec.from_data("marked", {"_v": 1, "player_id": "p", "cell": 5, "forced": True})
    assert old == newer("p", 1, 2, forced=True)


@pytest.mark.parametrize("name", ["", "Upper", "9lives", "two words", "class", "json", "server", "eldorado", "x" * 41])
def test_invalid_names_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(StartupError) as refused:
        new_game(name, tmp_path)
    assert refused.value.exit_code == 2
    assert not list(tmp_path.iterdir())


def test_a_new_game_overwrites_nothing(tmp_path: Path) -> None:
    new_game("mine", tmp_path)
    (tmp_path / "mine" / "mine.py").write_text("my work")
    with pytest.raises(StartupError, match="exists already"):
        new_game("mine", tmp_path)
    assert (tmp_path / "mine" / "mine.py").read_text() == "my work"
    with pytest.raises(StartupError, match="can't be written"):
        new_game("mine", tmp_path / "nowhere")
