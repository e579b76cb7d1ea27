"""A program really run: what it printed, and which exceptions were raised where."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_WATCHING = Path(__file__).with_name("watching.py")
_SECONDS = 20
IMAGE = "/app"
"""where the program lies in the image: what stands in stack traces"""


@dataclass(frozen=True)
class Raised:
    """An exception that was raised, and the innermost of the program's own lines on the way."""

    type: str
    text: str
    shown: str
    """as `repr` shows it"""
    file: str
    line: int
    function: str


@dataclass(frozen=True)
class Run:
    """Lines as printed, standard output and error in the order they came."""

    lines: tuple[str, ...]
    raised: tuple[Raised, ...]


def run_program(
    files: Mapping[str, str], *, package: str, root: str, traffic: Sequence[object], cache: Path | None = None
) -> Run:
    """Run the package with one JSON line for each element of the traffic."""
    asked = json.dumps([sorted(files.items()), package, root, traffic, sys.version, _WATCHING.read_text()])
    kept = cache / f"{hashlib.blake2b(asked.encode(), digest_size=12).hexdigest()}.json" if cache else None
    if kept is not None and kept.exists():
        return _read(json.loads(kept.read_text(encoding="utf-8")))
    done = _run(files, package, root, traffic)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(done), encoding="utf-8")
    return _read(done)


def _run(files: Mapping[str, str], package: str, root: str, traffic: Sequence[object]) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="made-") as folder:
        tree = Path(folder).resolve() / "tree"
        for name, text in files.items():
            path = tree / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        out = Path(folder) / "notes.json"
        done = subprocess.run(
            [sys.executable, "-B", "-u", "-s", str(_WATCHING), str(out), package],
            cwd=tree / root,
            input="".join(json.dumps(t) + "\n" for t in traffic).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ.get("PATH", ""), "TZ": "UTC", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"},
            timeout=_SECONDS,
        )
        printed = _in_image(done.stdout.decode(), tree).replace(str(_WATCHING), "<frozen runpy>")
        if not out.exists():
            raise RuntimeError(f"the program did not end well:\n{printed[-2000:]}")
        notes = json.loads(out.read_text(encoding="utf-8"))
    if notes["code"] not in (0, 1):
        raise RuntimeError(f"the program ended with {notes['code']}:\n{printed[-2000:]}")
    for note in notes["notes"]:
        note["file"] = root + note["file"]
        note |= {key: _in_image(note[key], tree) for key in ("text", "shown")}
    return {"lines": printed.splitlines(), "raised": notes["notes"]}


def _in_image(text: str, tree: Path) -> str:
    return text.replace(str(tree), IMAGE).replace(sys.executable, "/usr/local/bin/python")


def _read(done: Mapping[str, object]) -> Run:
    lines, raised = done["lines"], done["raised"]
    assert isinstance(lines, list)
    assert isinstance(raised, list)
    return Run(tuple(lines), tuple(Raised(**r) for r in raised))
