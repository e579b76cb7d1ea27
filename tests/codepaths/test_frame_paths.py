from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.codepaths import open_repository
from analyzer.codepaths.frames import FilePaths, split_path
from analyzer.model import Frame, Role

ORDERS = """\
import json


def load(path):
    return parse(path)


class Order:
    def check(self):
        if self.late:
            raise ValueError(
                "too late",
            )
"""


@pytest.fixture(scope="module")
def index(module_repository, tmp_path_factory: pytest.TempPathFactory):
    module_repository.commit(
        {
            "backend/shop/orders.py": ORDERS,
            "admin/shop/orders.py": "x = 1\n" * 30 + "def other():\n    pass\n",
            "backend/shop/json/__init__.py": "def loads(text):\n    return text\n",
            "web/src/cart.ts": "export function add() {\n  throw new Error()\n}\n",
            "main.py": "def run():\n    start()\n",
            "__init__.py": "",
        }
    )
    opened = open_repository(module_repository.root, cache_dir=tmp_path_factory.mktemp("cache"), redact=str, jobs=1)
    yield opened
    opened.close()


def frame(file: str, line: int, function: str | None, code: str | None = None) -> Frame:
    return Frame(file=file, line=line, function=function, code=code)


def test_frames_map_by_suffix_innermost_first(index) -> None:
    found = index.frames(
        [
            frame("/srv/x/main.py", 2, "run"),
            frame("/app/shop/orders.py", 5, "load"),
            frame("/app/shop/orders.py", 11, "check"),
        ]
    )
    assert [(p.file, p.line, p.end_line, p.function, p.role) for p in found] == [
        ("backend/shop/orders.py", 11, 13, "Order.check", Role.RAISE),
        ("backend/shop/orders.py", 5, 5, "load", Role.FRAME),
        ("main.py", 2, 2, "run", Role.FRAME),
    ]


def test_the_function_decides_between_files_that_end_alike(index) -> None:
    (found,) = index.frames([frame("/app/shop/orders.py", 32, "other")])
    assert (found.file, found.unique) == ("admin/shop/orders.py", True)


def test_the_printed_source_line_says_where_a_moved_line_is(index) -> None:
    (found,) = index.frames([frame("/app/backend/shop/orders.py", 90, "load", "return parse(path)")])
    assert (found.line, found.function, found.unique) == (5, "load", True)
    assert "the printed line 90 is line 5 here: other code was running" in found.evidence


def test_a_line_outside_its_function_is_said_and_not_claimed_unique(index) -> None:
    (found,) = index.frames([frame("/app/backend/shop/orders.py", 90, "load", "return other(path)")])
    assert (found.line, found.function, found.unique) == (4, "load", False)
    assert found.confidence < 0.8
    assert any("other code was running" in sentence for sentence in found.evidence)


def test_a_function_that_is_not_there_is_not_claimed(index) -> None:
    (found,) = index.frames([frame("/app/backend/shop/orders.py", 5, "gone")])
    assert (found.function, found.unique) == (None, False)
    assert found.confidence <= 0.3


@pytest.mark.parametrize(
    "file",
    [
        "/usr/lib/python3.11/json/__init__.py",
        "/usr/lib/python3.11/shop/orders.py",
        "/usr/local/lib/python3.11/site-packages/httpx/__init__.py",
        "/app/../../etc/shop/orders.py",
        "../shop/orders.py",
        "<frozen importlib._bootstrap>",
        "/etc/passwd",
        "/proc/self/environ",
        "",
        "<string>",
        "<template>",
        "shop/orders.py\0",
        "/app/backend\n/shop/orders.py",
        "/app/" + "a/" * 500_000 + "backend/shop/orders.py",
        "/opt/other/lib/site-packages/other/shop/orders.py",
        "/opt/go/pkg/mod/example.com/shop@v1.2.0/web/src/cart.ts",
    ],
)
def test_what_is_not_the_repositorys_is_not_mapped(index, file: str) -> None:
    assert index.frames([frame(file, 5, "load")]) == []


def test_an_installed_copy_of_our_package_is_ours_when_the_function_fits(index) -> None:
    (found,) = index.frames([frame("/usr/lib/python3/site-packages/shop/orders.py", 5, "load")])
    assert found.file == "backend/shop/orders.py"


@pytest.mark.parametrize(
    "file",
    [
        "C:\\build\\web\\src\\cart.ts",
        "\\\\?\\C:\\build\\web\\src\\cart.ts",
        "webpack:///./src/cart.ts?a1b2",
        "file:///web/src/cart.ts",
        "/app/server/../web/src/cart.ts",
    ],
)
def test_other_systems_and_languages_map_too(index, file: str) -> None:
    (found,) = index.frames([frame(file, 2, "add")])
    assert (found.file, found.line, found.function) == ("web/src/cart.ts", 2, "add")


@given(st.text(max_size=60))
def test_no_printed_path_leads_out_of_the_tree(text: str) -> None:
    tree = ["a/b.py", "c.py"]
    assert {m.path for m in FilePaths(tree).match(text)} <= set(tree)
    assert ".." not in (split_path(text) or ())


def test_no_file_of_the_machine_is_read(index, tmp_path: Path) -> None:
    outside = tmp_path / "deploy" / "shop" / "orders.py"
    outside.parent.mkdir(parents=True)
    outside.write_text("SECRET = 1\n" * 40)
    for found in index.frames([frame(str(outside), 20, "load")]):
        assert not any("SECRET" in x.text for x in found.excerpt)
