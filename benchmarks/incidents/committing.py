"""A tree of files as a git repository of three commits with fixed authors and dates."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path

_AUTHORS = ("Mara Lind <mara@example.com>", "Jo Okafor <jo@example.com>", "Ilse Brandt <ilse@example.com>")
_FIRST = 1_714_550_000
_DAY = 86_400


def commit_files(folder: Path, files: Mapping[str, str], later: Collection[str], subject: str) -> str:
    """Make the repository in a new folder; the id of the commit that brought the files of `later`."""
    folder.mkdir(parents=True)
    _git(folder, "init", "-q", "-b", "main", "--object-format=sha1", "--template=")
    parts: list[bytes] = []
    notes = {"CHANGES.md": f"# Changes\n\n- {subject}\n"}
    first = {p: t for p, t in files.items() if p not in later}
    second = {p: t for p, t in files.items() if p in later}
    for number, (what, tree) in enumerate((("Begin", first), (subject, second), ("Tell what is new", notes))):
        author = f"{_AUTHORS[number]} {_FIRST + number * 3 * _DAY} +0000"
        parts.append(f"commit refs/heads/main\nmark :{number + 1}\nauthor {author}\ncommitter {author}\n".encode())
        parts.append(_data(what))
        parts += [f"M 100644 inline {path}\n".encode() + _data(text) for path, text in sorted(tree.items())]
    marks = folder / ".git" / "marks"
    _git(folder, "fast-import", "--quiet", f"--export-marks={marks}", given=b"".join(parts) + b"done\n")
    ids = dict(line.split() for line in marks.read_text(encoding="ascii").splitlines())
    _git(folder, "reset", "-q", "--hard", "main")
    return ids[":2"]


def _data(text: str) -> bytes:
    raw = text.encode()
    return b"data %d\n%s\n" % (len(raw), raw)


def _git(folder: Path, *arguments: str, given: bytes = b"") -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    clean |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "TZ": "UTC"}
    subprocess.run(["git", *arguments], cwd=folder, env=clean, input=given, check=True, capture_output=True)
