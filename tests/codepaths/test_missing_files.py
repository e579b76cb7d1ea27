"""Files, relations and columns that are not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from analyzer.codepaths import open_repository
from analyzer.model import OriginSearch, Proof, Query, QueryKind

SHOP = {
    "Dockerfile": "FROM python\nWORKDIR /app\nCOPY . .\n",
    "shop/till.py": "def prices():\n    with open('shop/data/prices.json') as f:\n        return f.read()\n",
    "shop/data/prices.json": "{}\n",
    "shop/rules.py": "RULES = '/etc/shop/rules.yaml'\n",
}
DATABASE = {
    "alembic/versions/1_start.py": (
        "def upgrade():\n    op.create_table(\n        'orders',\n        sa.Column('price', sa.Integer),\n    )\n\n\n"
        "def downgrade():\n    op.drop_table('orders')\n"
    ),
    "alembic/versions/2_more.py": "def upgrade():\n    op.add_column('orders', sa.Column('rebate', sa.Integer))\n",
    "alembic/versions/3_less.py": "def upgrade():\n    op.drop_table('orders')\n",
    "shop/models.py": "class Guest(Base):\n    __tablename__ = 'guests'\n",
    "shop/store.py": "def all_orders(db):\n    return db.execute('SELECT * FROM orders JOIN visits ON 1')\n",
    "schema.sql": "CREATE TABLE IF NOT EXISTS public.tills (\n  id int\n);\n",
}
ASK = Callable[..., OriginSearch]


@pytest.fixture
def ask(repository, cache: Path) -> ASK:
    def asked(kind: QueryKind, files: Mapping[str, str], **names: str) -> OriginSearch:
        repository.commit(files)
        index = open_repository(repository.root, cache_dir=cache, redact=str)
        return index.origins(Query(kind=kind, text="", names=names))

    return asked


def test_a_file_that_an_ignore_line_keeps_out_of_the_image(ask: ASK) -> None:
    found = ask(QueryKind.FILE, SHOP | {".dockerignore": "*.md\n**/data\n"}, path="shop/data/prices.json")
    first = found.origins[0]
    assert (first.path.file, first.path.line, first.kind, first.proof) == (".dockerignore", 2, "packaging", Proof.FLOWS)
    assert first.raised_at is not None
    assert (first.raised_at.file, first.raised_at.line) == ("shop/till.py", 2)


def test_a_path_of_the_image_is_found_by_its_end(ask: ASK) -> None:
    found = ask(QueryKind.FILE, SHOP | {".dockerignore": "**/data\n"}, path="/app/shop/data/prices.json")
    assert found.origins[0].path.file == ".dockerignore"


def test_a_file_that_is_shipped_is_not_blamed_on_the_packaging(ask: ASK) -> None:
    found = ask(QueryKind.FILE, SHOP, path="shop/data/prices.json")
    assert [(o.path.file, o.path.line, o.kind) for o in found.origins] == [("shop/till.py", 2, "code")]


def test_a_file_of_nobody_is_shown_where_it_is_named(ask: ASK) -> None:
    found = ask(QueryKind.FILE, SHOP, path="/etc/shop/rules.yaml")
    assert [(o.path.file, o.path.line, o.proof) for o in found.origins] == [("shop/rules.py", 1, Proof.NAMES)]
    assert "no rules.yaml is in the tree" in found.origins[0].path.evidence


def test_a_name_that_several_files_have_is_none_of_them(ask: ASK) -> None:
    files = SHOP | {"a/rules.yaml": "", "b/rules.yaml": "", ".dockerignore": "**/*.yaml\n"}
    found = ask(QueryKind.FILE, files, path="/etc/shop/rules.yaml")
    assert found.origins[0].path.file == "shop/rules.py"
    assert "the tree has a/rules.yaml, b/rules.yaml" in found.origins[0].path.evidence[1]


@pytest.mark.parametrize(
    "path", ["", "/", "../../etc/passwd\0", "/cloudsql/x/.s.PGSQL.5432", "nothing-like-it.bin", "a" * 900]
)
def test_a_path_that_leads_nowhere_finds_nothing(ask: ASK, path: str) -> None:
    found = ask(QueryKind.FILE, SHOP, path=path)
    assert found.origins == ()
    assert found.reason


@pytest.mark.parametrize(
    ("names", "place", "kind", "words"),
    [
        ({"relation": "orders"}, ("alembic/versions/1_start.py", 3), "infrastructure", "this migration creates"),
        ({"relation": "public.tills"}, ("schema.sql", 1), "infrastructure", "this migration creates"),
        ({"relation": "guests"}, ("shop/models.py", 2), "code", "no migration of the tree creates it"),
        ({"relation": "visits"}, ("shop/store.py", 2), "code", "its SQL names the relation visits"),
        ({"column": "orders.rebate"}, ("alembic/versions/2_more.py", 2), "infrastructure", "the column rebate"),
        ({"relation": "orders", "column": "price"}, ("alembic/versions/1_start.py", 4), "infrastructure", "price"),
    ],
)
def test_what_a_database_lacks_is_found_where_the_tree_makes_or_names_it(
    ask: ASK, names: Mapping[str, str], place: tuple[str, int], kind: str, words: str
) -> None:
    first = ask(QueryKind.DATABASE, DATABASE, **names).origins[0]
    assert ((first.path.file, first.path.line), first.kind) == (place, kind)
    assert words in " ".join(first.path.evidence)


def test_a_migration_that_drops_it_is_told(ask: ASK) -> None:
    first = ask(QueryKind.DATABASE, DATABASE, relation="orders").origins[0]
    assert [e for e in first.path.evidence if "drops" in e] == ["alembic/versions/3_less.py:2 drops it again"]
    assert first.raised_at is not None
    assert first.raised_at.file == "shop/store.py"


@pytest.mark.parametrize("relation", ["", "(a+)+$", "x" * 5_000, "nothing_like_it"])
def test_a_relation_that_nothing_names_finds_nothing(ask: ASK, relation: str) -> None:
    assert ask(QueryKind.DATABASE, DATABASE, relation=relation).origins == ()
