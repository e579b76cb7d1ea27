"""A history of its own for each test, on both databases."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from analyzer.history import open_history
from analyzer.history.store import History


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A schema of a PostgreSQL that is this test's alone."""
    server = os.environ.get("ANALYZER_TEST_POSTGRES")
    if not server:
        pytest.skip("ANALYZER_TEST_POSTGRES names no postgres: bash .ci/postgres start FOLDER makes one")
    schema = f"test_{uuid4().hex}"
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{schema}"
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where no history is yet, once on each database."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'data' / 'history.sqlite3'}"


@pytest.fixture
def history(url: str) -> History:
    """An empty history."""
    return open_history(url)
