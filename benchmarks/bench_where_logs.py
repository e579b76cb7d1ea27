"""A repository's own logs against its index: `python -m benchmarks.bench_where_logs CLONE [--failures N]`.

CLONE is a clone, bare or not, of a public repository that carries dumps, log files or worklogs whose entries name
module, function and line, such as https://github.com/netra-systems/zen. `logged_truth` says what is a row. Each
message is asked of the index of the commit that added it, twice: alone (`statements`), and as an event with the level
and the logger that were recorded beside it (`locate`); never with the label. Right is the labelled file, and for rows
with a function the last part of its name. The index stays in --cache and the rows in --rows, so that a second run
only asks. Progress goes to stderr.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from analyzer.codepaths import open_repository
from analyzer.codepaths.git import open_git
from analyzer.codepaths.repository import RepositoryIndex
from analyzer.model import CodePath, ErrorEvent, Severity, Unlocated
from benchmarks.logged_truth import Row, read_truth

_TEST_CODE = re.compile(r"(?:^|/)(?:tests?|test_[^/]*|[^/]*_tests?\.py|conftest\.py)(?:/|$)")
_WORSE = frozenset({"WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY"})
_SUBSETS: dict[str, Callable[[Row], bool]] = {
    "all": lambda _: True,
    "not test code": lambda row: not _TEST_CODE.search(row.file),
    "text": lambda row: row.kind == "text",
    "gcp": lambda row: row.kind == "gcp",
    "WARNING+": lambda row: row.severity in _WORSE,
    "said there": lambda row: row.said,
}
_HEAD = (
    f"{'':15}{'N':>5}{'file@1':>8}{'@3':>7}{'  N':>6}{'func@1':>8}{'@3':>7}{'unique':>8}{'right':>7}{'unmapped':>10}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the index said of a row."""

    row: Row
    paths: tuple[CodePath, ...]
    seconds: float

    @property
    def claimed(self) -> bool:
        """True where the first answer says that it is the one."""
        return bool(self.paths) and self.paths[0].unique

    def file_within(self, count: int) -> bool:
        """True where one of the first answers names the labelled file."""
        return any(path.file == self.row.file for path in self.paths[:count])

    def function_within(self, count: int) -> bool:
        """True where one of the first answers names the labelled file and function."""
        return any(_right(self.row, path) for path in self.paths[:count])

    @property
    def right(self) -> bool:
        """The first answer, as far as the label goes."""
        return self.function_within(1) if self.row.function else self.file_within(1)


def main() -> int:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("clone", type=Path)
    options.add_argument(
        "--rows", type=Path, metavar="FILE", help="read the rows from there; where it is not, write them"
    )
    options.add_argument("--cache", type=Path, metavar="DIR", help="default: the user's cache")
    options.add_argument(
        "--failures", type=int, default=0, metavar="N", help="show the first N messages answered wrong"
    )
    options.add_argument("--json", type=Path, metavar="FILE", help="write rows with their answers, one a line")
    chosen = options.parse_args()
    rows = _read_rows(chosen.clone, chosen.rows)
    alone, known, opened = _ask_all(rows, chosen.clone, chosen.cache)
    for title, answers in (("the message alone", alone), ("with level and logger", known)):
        sys.stdout.write(f"\n{title}\n{_HEAD}\n")
        for name, belongs in _SUBSETS.items():
            sys.stdout.write(_line(name, [a for a in answers if belongs(a.row)]))
        places = {(a.row.file, a.row.function, a.row.line): a for a in reversed(answers)}
        sys.stdout.write(_line("one a place", list(places.values())))
    taken = sorted(a.seconds * 1000 for a in alone)
    sys.stdout.write(
        f"\nquery: median {statistics.median(taken):.1f} ms, p95 {taken[int(0.95 * (len(taken) - 1))]:.1f} ms; "
        f"a commit opened and first asked: median {statistics.median(opened):.2f} s\n"
    )
    for answer in [a for a in alone if not a.right][: chosen.failures]:
        sys.stdout.write(_failure(answer))
    if chosen.json:
        _write_lines(chosen.json, [_as_dict(*both) for both in zip(alone, known, strict=True)])
    return 0


def _read_rows(clone: Path, kept: Path | None) -> list[Row]:
    if kept is not None and kept.exists():
        return [Row(**json.loads(line)) for line in kept.read_text(encoding="utf-8").splitlines()]
    git = open_git(clone)
    if git is None:
        sys.exit(f"{clone} is no git repository")
    rows, counts = read_truth(git, _progress)
    sys.stdout.write("".join(f"{count:7} {name}\n" for name, count in counts.items()))
    if kept is not None:
        _write_lines(kept, [asdict(row) for row in rows])
    return rows


def _write_lines(file: Path, values: Sequence[dict[str, object]]) -> None:
    lines = [json.dumps(value, ensure_ascii=False, sort_keys=True) for value in values]
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _ask_all(rows: Sequence[Row], clone: Path, cache: Path | None) -> tuple[list[Answer], list[Answer], list[float]]:
    alone: list[Answer] = []
    known: list[Answer] = []
    opened: list[float] = []
    for commit, same in groupby(rows, key=lambda row: row.commit):
        asked = list(same)
        start = time.perf_counter()
        index = open_repository(clone, commit, cache_dir=cache, redact=str)
        index.statements(asked[0].message)
        opened.append(time.perf_counter() - start)
        _progress(f"{len(alone)} of {len(rows)} messages asked; {commit[:9]} opened in {opened[-1]:.2f} s")
        for row in asked:
            alone.append(_ask(row, partial(_stated, index)))
            known.append(_ask(row, partial(_located, index)))
        index.close()
    return alone, known, opened


def _ask(row: Row, ask: Callable[[Row], Sequence[CodePath]]) -> Answer:
    start = time.perf_counter()
    paths = tuple(ask(row))
    return Answer(row=row, paths=paths, seconds=time.perf_counter() - start)


def _stated(index: RepositoryIndex, row: Row) -> Sequence[CodePath]:
    return index.statements(row.message, limit=3, logger=None)


def _located(index: RepositoryIndex, row: Row) -> Sequence[CodePath]:
    severity = Severity[row.severity] if row.severity in Severity.__members__ else Severity.DEFAULT
    event = ErrorEvent(entry_ids=("1",), time_ns=0, severity=severity, message=row.message, logger=row.logger)
    found = index.locate(event, limit=3)
    return () if isinstance(found, Unlocated) else found


def _right(row: Row, path: CodePath) -> bool:
    if path.file != row.file:
        return False
    return (path.function or "<module>").rpartition(".")[2] == (row.function or "<module>").rpartition(".")[2]


def _line(name: str, answers: Sequence[Answer]) -> str:
    functions = [a for a in answers if a.row.function]
    claims = [a for a in answers if a.claimed]
    cells = (
        f"{len(answers):5}",
        f"{_share([a.file_within(1) for a in answers]):>8}",
        f"{_share([a.file_within(3) for a in answers]):>7}",
        f"{len(functions):6}",
        f"{_share([a.function_within(1) for a in functions]):>8}",
        f"{_share([a.function_within(3) for a in functions]):>7}",
        f"{_share([a.claimed for a in answers]):>8}",
        f"{_share([a.right for a in claims]):>7}",
        f"{_share([not a.paths for a in answers]):>10}",
    )
    return f"{name:15}{''.join(cells)}\n"


def _share(hits: Sequence[bool]) -> str:
    return f"{sum(hits) / len(hits):.3f}" if hits else "-"


def _failure(answer: Answer) -> str:
    row = answer.row
    lines = [
        f"\n{row.commit[:9]} {row.source} [{row.kind} {row.severity}]",
        f"  message  {row.message[:300]!r}",
        f"  label    {row.file}:{row.line} {row.function}",
        *(
            f"  {p.confidence:.3f}{'!' if p.unique else ' '} {p.file}:{p.line} {p.function} | {p.evidence[0]}"
            for p in answer.paths
        ),
    ]
    return "\n".join(lines) + "\n"


def _as_dict(alone: Answer, known: Answer) -> dict[str, object]:
    def paths(answer: Answer) -> list[dict[str, object]]:
        return [
            {"file": p.file, "line": p.line, "function": p.function, "confidence": p.confidence, "unique": p.unique}
            for p in answer.paths
        ]

    return asdict(alone.row) | {"right": alone.right, "alone": paths(alone), "known": paths(known)}


def _progress(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
