r"""Stacks in one line: newlines written as a backslash and `n`, or as spaces; lines with php-fpm's words around them.

Apache escapes what its workers print, Monolog's formatter replaces line ends unless told otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzer.events.plaintext import unescape

MAX_CHARS = 300_000
"""of a line that are looked at: no entry of a log holds more"""
_ESCAPED_END = re.compile(r"(?<!\\)\\n")
_ESCAPED_STACK = re.compile(r"\\n(?:Stack trace:\\n|\[stacktrace\]\\n|\[previous exception\] |#\d{1,6} )")
_SPACED_END = re.compile(
    r" (?=Stack trace: #0 )|(?<=Stack trace:) (?=#0 )"
    r"| {1,2}(?=#\d{1,6} (?:/|[A-Za-z]:[\\/]|\[internal function\]: |\{main\}))| {1,2}(?=Next [\w\\]{1,200}(?:: | in ))"
    r"|(?<=\{main\}) {1,2}(?=thrown in )"
)
_WORKER = re.compile(
    r"(?:\[[^\]\n]{1,60}\] )?(?:WARNING|NOTICE): \[pool [^\]\n]{1,100}\] child \d{1,10} said into std(?:err|out): \""
    r"(?P<said>[^\n]*?)\"?(?:, pipe is closed)?$"
)


def unfold(line: str) -> list[str] | None:
    """The lines that a line stands for, None where it stands for itself."""
    if " said into std" in line:
        found = _WORKER.match(line)
        return [found["said"]] if found else None
    if len(line) > MAX_CHARS:
        return None
    if "#0 " in line or "\\n[previous exception]" in line:
        if "\\n" in line and _ESCAPED_STACK.search(line):
            parts = _ESCAPED_END.split(line)
            if "[object] (" in line:  # the escapes are JSON's: they are undone with the rest of the JSON
                return parts
            return [unescape(part) for part in parts]
        if " Stack trace: #0 " in line:
            return _SPACED_END.split(line)
    return None


def unfold_all(lines: Sequence[str]) -> tuple[Sequence[str], Sequence[int]]:
    """The lines that lines stand for, and the number of the line that each came from."""
    unfolded: list[str] = []
    origins: list[int] = []
    for at, line in enumerate(lines):
        parts = unfold(line)
        if parts is None:
            unfolded.append(line)
            origins.append(at)
        else:
            unfolded += parts
            origins += [at] * len(parts)
    return unfolded, origins
