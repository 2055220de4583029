"""Settings that must be right or refused."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, Field, ValidationError

from server.settings import Settings, origin_of, variables


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://play.example.org", "https://play.example.org"),
        ("HTTPS://Play.Example.ORG", "https://play.example.org"),
        ("https://play.example.org:443", "https://play.example.org"),
        ("http://play.example.org:80", "http://play.example.org"),
        ("http://play.example.org:443", "http://play.example.org:443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[2001:DB8::1]:8000", "http://[2001:db8::1]:8000"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("null", None),
        ("*", None),
        ("", None),
        ("https://*.example.org", None),
        ("https://play.example.org/", None),
        ("https://play.example.org/page", None),
        ("https://play.example.org?x", None),
        ("https://user@play.example.org", None),
        ("play.example.org", None),
        ("ws://play.example.org", None),
        ("file:///etc/passwd", None),
        ("https://", None),
        ("https://play.example.org:port", None),
        ("https://play.example.org:99999", None),
        ("https://[::1", None),
    ],
)
def test_an_origin_has_one_spelling(text: str, origin: str | None) -> None:
    assert origin_of(text) == origin


def test_origins_are_kept_in_that_spelling() -> None:
    given = Settings(database_url=None, origins=("HTTPS://Example.org:443", "http://localhost:8000"))
    assert given.origins == ("https://example.org", "http://localhost:8000")


@pytest.mark.parametrize("origin", ["*", "https://*.example.org", "https://example.org/", "null", "example.org"])
def test_an_origin_that_could_never_match_is_refused_at_the_start(origin: str) -> None:
    with pytest.raises(ValidationError, match="without a path or a wildcard"):
        Settings(database_url=None, origins=(origin,))


def test_the_largest_frame_must_fit_into_the_burst() -> None:
    with pytest.raises(ValidationError):
        Settings(database_url=None, bytes_burst=16_383)


class WarSettings(BaseModel):
    poll_every_s: float = Field(default=10.0, gt=0, description="seconds between two polls")


class WithWing(Settings):
    war: WarSettings = WarSettings()


def test_a_wing_has_a_group_of_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLOR_WAR_POLL_EVERY_S", "2.5")
    monkeypatch.setenv("PARLOR_HTTP_CHANGES_PER_S", "7")
    read = WithWing()
    assert read.war.poll_every_s == 2.5
    assert read.http_changes_per_s == 7
    assert variables(WithWing)["PARLOR_WAR_POLL_EVERY_S"].description == "seconds between two polls"
    assert variables(WithWing).keys() - variables().keys() == {"PARLOR_WAR_POLL_EVERY_S"}
    monkeypatch.setenv("PARLOR_WAR_POLL_EVERY_S", "0")
    with pytest.raises(ValidationError, match=r"war\.poll_every_s"):
        WithWing()
