"""The commands on the pages: ```console blocks are run as they stand, ```sh blocks are only read.

In a `console` block a line that begins with `$ ` is a command, the lines below it are what it prints on standard
output. There `…` stands for anything, and a line of its own with `…` for any lines. A command that is shown without
output prints what it likes. Each command must exit with 0: where another code is wanted the page shows it,
`$ analyzer …; echo "exit $?"`.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parents[2]
Shell = Callable[[str], subprocess.CompletedProcess[str]]
"""runs a line of bash where the one before it ended"""

_BLOCK = re.compile(r"^( *)```(console|sh)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A command on a page, and the lines below it."""

    command: str
    output: tuple[str, ...] = ()

    def prints(self, output: str) -> bool:
        """Whether the output is what the page shows."""
        if not self.output:
            return True
        parts = []
        for line in self.output:
            some = r"[^\n]*".join(re.escape(part.rstrip()) for part in line.split("…"))
            parts.append(r"(?:[^\n]*\n)*?" if line.strip() == "…" else f"{some}[ ]*\n")
        return re.fullmatch("".join(parts), output.rstrip("\n") + "\n") is not None


def pages() -> list[Path]:
    """Every page with commands for users, those about working on the project apart."""
    return sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


def run_on(page: Path) -> list[Shown]:
    """The commands of the page that are run, in order."""
    return [shown for kind, text in _blocks(page) if kind == "console" for shown in _session(text)]


def analyzer_calls(page: Path) -> Iterator[list[str]]:
    """The arguments of each `analyzer` command in an `sh` block; what is piped into it or out of it is left away."""
    for kind, text in _blocks(page):
        if kind == "sh":
            for line in text.replace("\\\n", " ").splitlines():
                yield from _calls(line)


def calls_in(line: str) -> list[list[str]]:
    """The same of one line."""
    return list(_calls(line))


def _blocks(page: Path) -> list[tuple[str, str]]:
    """Kind and text of each block, those inside a list too."""
    return [(kind, dedent(text)) for _, kind, text in _BLOCK.findall(page.read_text(encoding="utf-8"))]


def _session(text: str) -> Iterator[Shown]:
    command, output = "", []
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield Shown(command=command, output=tuple(output))
            command, output = line[2:], []
        elif line[:2] in ("> ", ">") and not output:
            command += "\n" + line[2:]
        else:
            output.append(line)
    if command:
        yield Shown(command=command, output=tuple(output))


def _calls(line: str) -> Iterator[list[str]]:
    words = shlex.split(line.replace('"$(', " ; ").replace(')"', " ; "), comments=True)
    for at, word in enumerate(words):
        if word == "analyzer" and (at == 0 or words[at - 1] in ("|", "&&", ";", "do", "then", "!")):
            rest = words[at + 1 :]
            ends = [i for i, one in enumerate(rest) if one in ("|", "&&", "||", ";", ">", "<", "2>", "2>&1", ">>")]
            yield rest[: min(ends, default=len(rest))]
