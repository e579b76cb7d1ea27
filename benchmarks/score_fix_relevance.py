"""Claimed fixes on made incidents: `python -m benchmarks.score_fix_relevance [--seed 1] [--count 40]`.

Each incident gets commits that repair the line to blame and commits that have no part in the error. A repair that is
called `cannot` is the one answer that must never be given; a `can` for a commit without a part is the other mistake.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import analyzer
from analyzer.model import Cluster
from analyzer.pipeline.relevance import judge_relevance
from analyzer.pipeline.repositories import Repositories
from analyzer.redaction import build_redactor
from benchmarks.incidents import Incident, make_incident

Edited = Mapping[str, str]
RIGHT = ("removed", "tried", "left before", "in a condition")
WRONG = ("comment", "doc string", "words of a log call", "log level", "test file", "unused function", "handler's words")
_LEVELS = ("info", "warning", "error", "debug")


def main() -> int:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--count", type=int, default=40)
    options.add_argument("--show", action="store_true", help="say which answers are wrong")
    chosen = options.parse_args()
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for seed in range(chosen.seed, chosen.seed + chosen.count):
        with tempfile.TemporaryDirectory() as folder:
            for name, effect, told in score(seed, Path(folder)):
                table[name][effect] += 1
                if chosen.show and effect == ("cannot" if name in RIGHT else "can"):
                    sys.stdout.write(f"{seed} {name}: {effect} {told}\n")
    for name in (*RIGHT, *WRONG):
        row = table[name]
        sys.stdout.write(f"{name:22} can {row['can']:4} unknown {row['unknown']:4} cannot {row['cannot']:4}\n")
    return 0


def score(seed: int, folder: Path) -> Iterator[tuple[str, str, str]]:
    """(edit, effect, first evidence) of each claimed fix of an incident; none where nothing in Python is to blame."""
    incident = make_incident(seed, folder)
    truth = incident.truth
    if not truth.decidable or not truth.culprits or not truth.culprits[0].file.endswith(".py"):
        return
    report = analyzer.analyze(incident.logs, repo=incident.repository, members=True, jobs=1, cache_dir=folder / "cache")
    rows = [c for c in report.to_dict()["clusters"] if {*c["members"]} & {*truth.error_ids}]
    if not rows:
        return
    cluster = Cluster.from_dict(rows[0])
    for name, files in made_fixes(incident):
        commit = _commit(incident.repository, files)
        repositories = Repositories(
            folders={"": (incident.repository, "")},
            revisions={},
            redactor=build_redactor((), None),
            cache_dir=folder / "cache",
            jobs=1,
        )
        found = judge_relevance(commit, cluster, repositories=repositories)
        yield name, found.effect.value, found.evidence[0].text if found.evidence else ""
        _git(incident.repository, "reset", "-q", "--hard", "HEAD~1")


def made_fixes(incident: Incident) -> Iterator[tuple[str, Edited]]:
    """Claimed fixes as files to write: first repairs of the line to blame, then edits without a part."""
    truth, root = incident.truth, incident.repository
    culprit = truth.raised or truth.culprits[0]
    source = (root / culprit.file).read_text(encoding="utf-8")
    for name, change in _REPAIRS.items():
        text = change(source, culprit.line)
        if text is not None and _parses(text):
            yield name, {culprit.file: text}
    blamed = {p.file for p in (*truth.culprits, culprit)}
    yield "comment", {culprit.file: source + "\n# looked at it again\n"}
    yield "test file", {"tests/test_again.py": "def test_it():\n    assert True\n"}
    yield "unused function", {culprit.file: source + "\n\ndef shown_again(value):\n    return str(value)\n"}
    yield "doc string", {culprit.file: f'"""Says more now."""\n{_without_doc(source)}'}
    lines = source.split("\n")
    handlers = sorted(root.rglob("*.py"))
    for path in handlers:
        file = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if _is_log(node) and node.lineno == node.end_lineno and (file, node.lineno) != (culprit.file, culprit.line):  # type: ignore[attr-defined]
                lines = text.split("\n")
                said = lines[node.lineno - 1]  # type: ignore[attr-defined]
                level = node.func.attr  # type: ignore[attr-defined]
                other = _LEVELS[(_LEVELS.index(level) + 1) % len(_LEVELS)]
                lines[node.lineno - 1] = said.replace(f".{level}(", f".{other}(", 1)  # type: ignore[attr-defined]
                if file not in blamed and _parses("\n".join(lines)):
                    yield "log level", {file: "\n".join(lines)}
                worded = _reworded(said)
                if worded is not None:
                    lines[node.lineno - 1] = worded  # type: ignore[attr-defined]
                    if _parses("\n".join(lines)):
                        yield "words of a log call", {file: "\n".join(lines)}
                break
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ExceptHandler):
                lines = text.split("\n")
                worded = _reworded(lines[node.body[0].lineno - 1])
                if worded is not None and node.body[0].lineno == node.body[0].end_lineno:
                    lines[node.body[0].lineno - 1] = worded
                    if _parses("\n".join(lines)) and isinstance(node.body[0], ast.Raise | ast.Expr):
                        yield "handler's words", {file: "\n".join(lines)}
                break


def _statement(source: str, line: int) -> ast.stmt | None:
    """The innermost simple statement on a line."""
    held = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.stmt) and not hasattr(n, "body")]
    return next((n for n in held if n.lineno <= line <= (n.end_lineno or n.lineno)), None)


def _put(source: str, line: int, before: str, inner: str | None, after: str) -> str | None:
    statement = _statement(source, line)
    if statement is None:
        return None
    lines = source.split("\n")
    first, last = statement.lineno - 1, statement.end_lineno or statement.lineno
    indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
    body = (
        [f"    {text}" for text in lines[first:last]] if inner is None else lines[first:last] if inner == "same" else []
    )
    put = [indent + t for t in before.split("\n") if t] + body + [indent + t for t in after.split("\n") if t]
    return "\n".join([*lines[:first], *put, *lines[last:]])


_REPAIRS: Mapping[str, Callable[[str, int], str | None]] = {
    "removed": lambda source, line: _put(source, line, "pass", "", ""),
    "tried": lambda source, line: _put(source, line, "try:", None, "except Exception:\n    pass"),
    "left before": lambda source, line: _put(source, line, "return None", "same", ""),
    "in a condition": lambda source, line: _put(source, line, "if __debug__ is False:", None, ""),
}


def _is_log(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _LEVELS


def _reworded(line: str) -> str | None:
    """A line with a word put in front of its first text; None where it has none."""
    at = min((n for n in (line.find('"'), line.find("'")) if n >= 0), default=-1)
    return line[: at + 1] + "now " + line[at + 1 :] if at >= 0 and "{" not in line[:at] else None


def _without_doc(source: str) -> str:
    module = ast.parse(source)
    if ast.get_docstring(module) is None:
        return source
    return "\n".join(source.split("\n")[module.body[0].end_lineno :])


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _commit(root: Path, files: Edited) -> str:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    _git(root, "add", "-A")
    _git(root, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-q", "-m", "Fix it", "--allow-empty")
    return _git(root, "rev-parse", "HEAD")


def _git(root: Path, *args: str) -> str:
    return subprocess.run(["git", "-C", str(root), *args], check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    raise SystemExit(main())
