"""What the benchmark of logged messages takes as truth."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from analyzer.codepaths.git import open_git
from benchmarks.logged_records import read_records
from benchmarks.logged_truth import read_truth

if TYPE_CHECKING:
    from tests.codepaths.conftest import Repository

_SHOP = """
def pay(order):
    logger.error(f"payment of {order} refused")

def _emit(text):
    logger.info(text)
"""


def test_a_row_is_a_message_whose_label_holds_in_the_tree_that_added_it(repository: Repository) -> None:
    wrapped = [
        f"2026-01-02 03:04:05.678 | INFO     | shop.till:_emit:6 | {t}" for t in ("one", "two", "red", "fit", "go")
    ]
    lines = [
        "2026-01-02 03:04:05.678 | ERROR    | shop.till:pay:3 | payment of 17 refused",
        "2026-01-02 03:04:06.678 | ERROR    | shop.till:pay:3 | <red>payment of 18 refused</red>",
        "2026-01-02 03:04:06.678 | ERROR    | shop.till:gone:9 | nobody says this",
        "2026-01-02 03:04:06.678 | ERROR    | elsewhere.api:get:1 | not ours",
        *wrapped,
    ]
    repository.commit({"shop/till.py": _SHOP.replace("pay", "settle")})
    added = repository.commit({"shop/till.py": _SHOP, "logs/run.txt": "\n".join(lines)})
    repository.commit({"shop/till.py": ""})
    git = open_git(repository.root)
    assert git is not None

    rows, counts = read_truth(git, lambda _: None)

    assert [(r.message, r.file, r.function, r.line, r.commit, r.said) for r in rows] == [
        ("payment of 17 refused", "shop/till.py", "pay", 3, added, True)
    ]
    assert counts["labelled by a wrapper"] == len(wrapped)
    assert counts["the file defines no such function"] == counts["the module is no file of the tree"] == 1


def test_entries_and_texts_inside_json_are_records() -> None:
    entry = {
        "severity": "WARNING",
        "jsonPayload": {
            "message": "stock is low",
            "labels": {"module": "shop.stock", "function": "check", "line": "7"},
            "context": {"name": "shop"},
        },
    }
    printed = {"textPayload": "2026-01-02 03:04:05 | INFO | shop.till:pay:3 - paid\n2026-01-02 03:04:06 plain"}

    records = list(read_records(json.dumps([entry, printed]), whole_json=True))
    quoted = list(read_records(f"Seen:\n{json.dumps(entry, indent=1)}\n", whole_json=False))

    assert [(r.message, r.module, r.function, r.line, r.severity, r.logger, r.kind) for r in records] == [
        ("stock is low", "shop.stock", "check", 7, "WARNING", "shop", "gcp"),
        ("paid", "shop.till", "pay", 3, "INFO", None, "text"),
    ]
    assert quoted == records[:1]


def test_captured_logging_names_a_file_and_a_loggers_name_alone_is_no_place() -> None:
    text = "ERROR    shop.till:till.py:41 out of paper\n2026-01-02 03:04:05,678 - shop.till - ERROR - out of paper\n"

    assert [(r.message, r.module, r.file, r.line) for r in read_records(text, whole_json=False)] == [
        ("out of paper", "shop.till", "till.py", 41)
    ]
