"""docs/limits.md lists every bound with the value that it has."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from server.settings import Settings
from tests.docs.pages import ROOT, codes, page, rows, section

PAGE = page("limits")
MODULES = [
    import_module(".".join(path.relative_to(ROOT).with_suffix("").parts)) for path in ROOT.glob("server/**/limits.py")
]
BOUNDS = {name: value for module in MODULES for name, value in vars(module).items() if name.isupper()}
ELSEWHERE = section(PAGE, "Bounds elsewhere")
DESCRIBED = {codes(row[0])[0]: row[1:] for row in rows(PAGE.replace(ELSEWHERE, ""))}


def number(text: str) -> float:
    return float(text.replace(",", ""))


def test_no_bound_stands_in_two_modules() -> None:
    assert len(MODULES) > 2
    assert sum(name.isupper() for module in MODULES for name in vars(module)) == len(BOUNDS)


def test_every_bound_is_described() -> None:
    assert DESCRIBED.keys() == BOUNDS.keys()


@pytest.mark.parametrize("name", BOUNDS)
def test_every_bound_has_its_value_and_a_reason(name: str) -> None:
    value, _, why = DESCRIBED[name]
    assert number(value) == BOUNDS[name]
    assert len(why) > 5


def test_bounds_that_can_be_set_name_their_setting() -> None:
    assert {name for name, row in DESCRIBED.items() if row[1] == "S"} == {
        name
        for name in BOUNDS
        for field, setting in Settings.model_fields.items()
        if setting.default == BOUNDS[name] and field in (name.lower(), name.lower().removeprefix("commands_"))
    }


def test_bounds_that_are_not_enforced_are_listed() -> None:
    code = "\n".join(
        path.read_text()
        for folder in ("server", "persistence")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "limits.py"
    )
    unused = {name for name in BOUNDS if not re.search(rf"\b{name}\b", code)}
    assert {name for name, row in DESCRIBED.items() if "Not enforced yet" in row[2]} == unused


def test_bounds_of_other_modules_have_their_values() -> None:
    for row in rows(ELSEWHERE):
        module, _, name = codes(row[0])[0].rpartition(".")
        assert number(row[1]) == getattr(import_module(module), name), name
