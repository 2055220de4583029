"""What `make generate` writes is up to date."""

from __future__ import annotations

import psycopg
import pytest

from tests.support import layers, schema

ANEW = "run `make generate`"
POSTGRES_OF_THE_FILE = 18


def test_the_picture_of_the_layers_shows_the_imports() -> None:
    assert layers.PICTURE.read_text("utf-8") == layers.draw(), ANEW


def test_the_schema_is_that_of_a_fresh_database(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        if connection.info.server_version // 10_000 != POSTGRES_OF_THE_FILE:
            pytest.skip(f"pg_dump writes a little otherwise for servers other than {POSTGRES_OF_THE_FILE}")
    assert schema.FILE.read_text("utf-8") == schema.dump(dsn), ANEW
