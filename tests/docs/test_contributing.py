"""CONTRIBUTING.md is followed word for word: the wing that it builds is made in a copy of the repository and used."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from migrations import runner
from tests.docs.pages import ROOT
from tests.support.postgres import Server

PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
STEPS = PAGE.partition("## Adding things")[2]
WING = "guestbook"
COPIED = ("server", "persistence", "migrations", "loadtest", "tests", "docs", ".importlinter", "pyproject.toml")


class Copy:
    """A copy of the repository, in which somebody follows the page."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        ignored = shutil.ignore_patterns("__pycache__", "node_modules", "growth")
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=ignored)
            else:
                shutil.copy(source, folder / name)
        self.changed: dict[str, int] = {}
        """Lines that were added or replaced, by file that was there before."""

    def follow(self, steps: str, newest_revision: str) -> None:
        for file, language, text in re.findall(r"(?:^`([\w./]+)`:\n\n)?^```(\w+)\n(.*?)^```$", steps, re.M | re.S):
            if language == "diff":
                self._change(file, text)
            elif file:
                assert not (self.folder / file).exists(), file
                (self.folder / file).write_text(text.replace("NEWEST", newest_revision))
            elif not text.startswith("make "):
                subprocess.run(["bash", "-euc", text], cwd=self.folder, check=True)

    def _change(self, file: str, text: str) -> None:
        before = [line[1:] for line in text.splitlines() if line[0] in " -"]
        after = [line[1:] for line in text.splitlines() if line[0] in " +"]
        code = (self.folder / file).read_text()
        old = "\n".join(before)
        assert code.count(old) == 1, f"{file}: {old!r} stands there {code.count(old)} times"
        (self.folder / file).write_text(code.replace(old, "\n".join(after)))
        self.changed[file] = self.changed.get(file, 0) + sum(line[0] == "+" for line in text.splitlines())

    def run(self, *arguments: str, dsn: str) -> str:
        environment = {**os.environ, "DATABASE_URL": dsn, "PYTHONPATH": str(self.folder)}
        environment = {name: value for name, value in environment.items() if not name.startswith("PYTEST_")}
        command = [sys.executable, "-m", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=110, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    made = Copy(tmp_path_factory.mktemp("copy"))
    versions = Path(runner.__file__).with_name("versions")
    made.follow(STEPS, max(path.name.partition("_")[0] for path in versions.glob("[0-9]*.py")))
    return made


def test_few_lines_change_in_files_that_were_there(copy: Copy) -> None:
    assert copy.changed == {"server/app.py": 2, ".importlinter": 1, "server/web/main.js": 1}


def test_the_wing_keeps_the_rules_of_the_house(copy: Copy) -> None:
    check = [sys.executable, "-m", "ruff"]
    subprocess.run([*check, "check", "--quiet", "."], cwd=copy.folder, check=True)
    subprocess.run([*check, "format", "--check", "--quiet", "."], cwd=copy.folder, check=True)
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(cache_dir=None))"
    linted = subprocess.run([sys.executable, "-c", code], cwd=copy.folder, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout[-3000:]


def test_the_tests_of_the_wing_pass(copy: Copy, postgres: Server) -> None:
    tests = [f"tests/integration/{WING}", f"tests/acceptance/{WING}", "tests/architecture/test_web_imports.py"]
    covers = "tests/acceptance/play/test_route_matrix.py::test_the_table_covers_every_route"
    copy.run("pytest", "-q", "-p", "no:cacheprovider", *tests, covers, dsn=postgres.dsn)
    copy.run("tests.support.layers", dsn=postgres.dsn)
    assert f">{WING}/<" in (copy.folder / "docs" / "layers.svg").read_text("utf-8")
