from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.codepaths import RepositoryIndex, open_repository
from analyzer.codepaths.provenance import provenance
from analyzer.model import ErrorEvent, Frame, Severity, StackTrace, TraceException, Unlocated

LOAD = """\
def load(path):
    data = read(path)
    return data["total"]


def store(path):
    write(path, dump(path))
"""
STORE_AT = 7


@pytest.fixture
def opened(cache: Path):
    indexes: list[RepositoryIndex] = []

    def open_at(root: Path, revision: str | None = None) -> RepositoryIndex:
        indexes.append(open_repository(root, revision, cache_dir=cache, redact=str, jobs=1))
        return indexes[-1]

    yield open_at
    for index in indexes:
        index.close()


def frame(file: str, line: int, function: str | None, code: str | None = None, *, in_app: bool = True) -> Frame:
    return Frame(file=file, line=line, function=function, code=code, in_app=in_app)


def located(index: RepositoryIndex, *frames: Frame):
    trace = StackTrace(
        language="python",
        exceptions=(TraceException(type="KeyError", message="total", frames=frames),),
        root=0,
        last=0,
    )
    return index.locate(
        ErrorEvent(entry_ids=("e",), time_ns=0, severity=Severity.ERROR, message="x", stack_traces=(trace,))
    )


def test_a_file_that_was_moved_is_followed_and_its_line_carried_over(repository, opened) -> None:
    repository.commit({"shop/orders.py": LOAD})
    repository.git("mv", "shop/orders.py", "shop/carts.py")
    first = repository.commit({"shop/carts.py": LOAD})
    repository.git("mv", "shop/carts.py", "shop/basket.py")
    repository.commit({"shop/basket.py": "import os\n\n" + LOAD})
    index = opened(repository.root)
    (found,) = index.frames([frame("/app/shop/orders.py", STORE_AT, "store")])
    assert (found.file, found.line, found.function) == ("shop/basket.py", STORE_AT + 2, "store")
    assert f"moved from shop/orders.py (commit {first[:7]})" in found.evidence
    assert f"line {STORE_AT} there is line {STORE_AT + 2} here" in found.evidence


def test_a_file_that_is_moved_only_later_is_followed_too(repository, opened) -> None:
    first = repository.commit({"shop/orders.py": LOAD})
    repository.git("mv", "shop/orders.py", "shop/carts.py")
    later = repository.commit({"shop/carts.py": "import os\n\n" + LOAD})
    index = opened(repository.root, first)
    (found,) = index.frames([frame("/app/shop/carts.py", STORE_AT + 2, "store")])
    assert (found.file, found.line, found.function) == ("shop/orders.py", STORE_AT, "store")
    assert f"moved to shop/carts.py later (commit {later[:7]})" in found.evidence


@pytest.mark.parametrize("read_older", [True, False])
def test_a_line_is_carried_between_versions_of_one_file(repository, opened, read_older: bool) -> None:
    older = repository.commit({"shop/orders.py": LOAD})
    newer = repository.commit({"shop/orders.py": "import os\n" * 9 + LOAD})
    index = opened(repository.root, older if read_older else newer)
    printed, here = (STORE_AT + 9, STORE_AT) if read_older else (STORE_AT, STORE_AT + 9)
    (found,) = index.frames([frame("/app/shop/orders.py", printed, "store")])
    assert (found.line, found.function, found.unique) == (here, "store", True)
    assert f"the frame stands in this file {'as of' if read_older else 'before'} commit {newer[:7]}" in found.evidence


def test_a_line_that_is_gone_is_said_to_be(repository, opened) -> None:
    repository.commit({"shop/orders.py": LOAD})
    repository.commit({"shop/orders.py": "import os\n" * 9 + LOAD.replace("write(path, dump(path))", "pass")})
    index = opened(repository.root)
    (found,) = index.frames([frame("/app/shop/orders.py", STORE_AT, "store")])
    assert (found.function, found.unique) == ("store", False)
    assert f"line {STORE_AT} was deleted or rewritten since" in found.evidence


def test_frames_without_a_file_say_what_became_of_it(repository, opened) -> None:
    before = repository.commit({"shop/orders.py": LOAD, "main.py": "x = 1\n"})
    (repository.root / "shop" / "orders.py").unlink()
    gone = repository.commit({})
    added = repository.commit({"shop/quite_new.py": "a = 1\nb = 2\nc = 3\n"})
    now, then = opened(repository.root), opened(repository.root, before)
    for index, file, words in (
        (now, "shop/orders.py", f"shop/orders.py was deleted in {gone[:7]}"),
        (then, "shop/quite_new.py", f"shop/quite_new.py is not there before commit {added[:7]}"),
        (now, "other/thing.py", "no file of the repository ends like /app/other/thing.py"),
    ):
        found = located(index, frame(f"/app/{file}", 3, "load"))
        assert isinstance(found, Unlocated)
        assert words in found.reason


@pytest.mark.parametrize(
    "file",
    [
        "/usr/lib/python3.11/site-packages/shop/orders.py",
        "/app/.venv/lib/python3.12/site-packages/shop-1.0-py3.12.egg/shop/orders.py",
        "/opt/shop.egg/shop/orders.py",
        "/opt/.pex/installed_wheels/0a1b/shop-1.0-py3-none-any.whl/shop/orders.py",
        "/b/execroot/_main/bazel-out/k8-fastbuild/bin/src/shop/orders.py",
        "/b/run.runfiles/_main/src/shop/orders.py",
        "/var/task/shop/orders.py",
        "/tmp/shop.zip/shop/orders.py",
    ],
)
def test_the_ways_a_package_is_installed_lead_to_its_source(repository, opened, file: str) -> None:
    repository.commit({"src/shop/orders.py": LOAD})
    index = opened(repository.root)
    (found,) = index.frames([frame(file, STORE_AT, "store", in_app="site-packages" not in file)])
    assert (found.file, found.line, found.function, found.unique) == ("src/shop/orders.py", STORE_AT, "store", True)


def test_an_installed_package_of_another_name_or_function_stays_foreign(repository, opened) -> None:
    repository.commit({"src/shop/orders.py": LOAD})
    index = opened(repository.root)
    there = "/app/.venv/lib/python3.12/site-packages"
    assert index.frames([frame(f"{there}/other/shop/orders.py", STORE_AT, "store", in_app=False)]) == []
    assert index.frames([frame(f"{there}/shop/orders.py", STORE_AT, "checkout", in_app=False)]) == []


def test_other_frames_of_the_trace_decide_between_files_that_end_alike(repository, opened) -> None:
    repository.commit({"backend/shop/orders.py": LOAD, "admin/shop/orders.py": LOAD, "backend/shop/carts.py": LOAD})
    index = opened(repository.root)
    twin, other = frame("/app/shop/orders.py", STORE_AT, "store"), frame("/app/shop/carts.py", 2, "load")
    (alone,) = index.frames([twin])
    assert not alone.unique
    assert "2 files end alike: also backend/shop/orders.py" in alone.evidence
    found = index.frames([other, twin])
    assert [(p.file, p.unique) for p in found] == [("backend/shop/orders.py", True), ("backend/shop/carts.py", True)]


def test_a_file_of_which_the_name_alone_agrees_needs_a_neighbour_or_its_source_line(repository, opened) -> None:
    repository.commit({"backend/main.py": LOAD, "backend/shop/carts.py": LOAD})
    index = opened(repository.root)
    bare = frame("/app/main.py", STORE_AT, "store")
    assert index.frames([bare]) == []
    assert index.frames([frame("/app/shop/carts.py", 2, "load"), bare])[0].file == "backend/main.py"
    printed = frame("/app/main.py", STORE_AT, "store", "write(path, dump(path))")
    assert [p.file for p in index.frames([printed])] == ["backend/main.py"]


def test_generated_and_vendored_files_come_after_what_was_written_by_hand(repository, opened) -> None:
    head = "# Code generated by shop-compiler. DO NOT EDIT.\n"
    repository.commit({"shop/orders.py": LOAD, "shop/wire.py": head + LOAD, "third_party/paint/mix.py": LOAD})
    index = opened(repository.root)
    found = index.frames(
        [
            frame("/app/shop/orders.py", 2, "load"),
            frame("/app/shop/wire.py", 3, "load"),
            frame("/app/third_party/paint/mix.py", STORE_AT, "store"),
        ]
    )
    assert [p.file for p in found] == ["shop/orders.py", "third_party/paint/mix.py", "shop/wire.py"]
    assert any("third_party/" in text for text in found[1].evidence)
    assert any("generated" in text for text in found[2].evidence)


def test_java_frames_find_their_folder_by_the_class(repository, opened) -> None:
    cart = "package com.shop;\nclass Cart {\n  int total() { return 1 / 0; }\n}\n"
    repository.commit({"app/src/main/java/com/shop/Cart.java": cart, "x/src/org/other/HashMap.java": cart})
    index = opened(repository.root)
    assert index.frames([frame("HashMap.java", 3, "java.util.HashMap.total")]) == []
    (found,) = index.frames([frame("Cart.java", 3, "com.shop.Cart.total")])
    assert found.file == "app/src/main/java/com/shop/Cart.java"


def test_links_in_the_tree_are_not_followed(repository, opened, tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("def load(path):\n    SECRET = 1\n")
    repository.write({"shop/orders.py": LOAD})
    (repository.root / "shop" / "keys.py").symlink_to(secret)
    (repository.root / "linked").symlink_to(tmp_path)
    plain = opened(repository.root)  # before the first commit it is read as a folder
    repository.commit({})
    for index in (plain, opened(repository.root)):
        for file in ("shop/keys.py", "linked/secret.py"):
            assert index.frames([frame(f"/app/{file}", 2, "load")]) == []


@pytest.mark.parametrize(
    ("path", "head", "said", "by_hand"),
    [
        ("shop/orders.py", "# How orders are generated and stored\n", None, True),
        ("shop/orders_pb2.py", "", "generated", False),
        ("shop/wire.ts", "// This file is auto-generated.\n// Do not edit it.\n", "generated", False),
        ("shop/migrations/0002_late.py", "# Generated by Django 4.2\n", "migration", True),
        ("vendor/paint/mix.go", "", "vendored", False),
        ("shop/vendor.py", "", None, True),
    ],
)
def test_a_file_says_whose_hand_it_is_from(path: str, head: str, said: str | None, by_hand: bool) -> None:
    found = provenance(path, head.split("\n"))
    assert (found.by_hand, said is None) == (by_hand, found.sentence is None)
    assert said is None or said in (found.sentence or "")
