"""The line of a JavaScript error that names it: `TypeError: text`, with whatever a logger printed in front of it.

`util.inspect` (`console.error(error)`) decorates it: `TypeError [ERR_X]: text`, `[AggregateError: text] {`,
`{ Error: text` up to Node 11, `[cause]: Error: text` inside another's braces.
https://nodejs.org/api/errors.html, https://nodejs.org/api/util.html#utilinspectobject-options
"""

from __future__ import annotations

import re
from typing import NamedTuple

from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK

_MAX_PREFIX = 600
_ENDINGS = ("Error", "Exception", "Warning", "Rejection", "Failure", "Violation")
_NAMED = re.compile(
    r"(?<![\w$./\\@-])(?P<type>(?:Invariant Violation|(?:[\w$]{1,80}\.){0,5}[A-Z_$][\w$]{0,150}+"
    r"(?:(?<=Error)|(?<=Exception)|(?<=Warning)|(?<=Rejection)|(?<=Failure)|(?<=Violation)"
    r"|(?= \[[\w$]{0,80}+(?:(?<=Error)|(?<=Exception))\](?::|\s{0,9}$)))))"
    r"(?: \[(?P<more>[^\[\]]{1,80})\])?(?=(?P<end>:\s|[:,]?\s{0,9}$|\]))"
)
# a name of any other kind: only the frames right below it can prove it
_FREE = re.compile(
    r"\s{0,200}(?:Uncaught )?(?P<type>[A-Z$_][\w$.]{0,120}+|error)(?: \[(?P<more>[^\[\]]{1,80})\])?: (?=\S)"
)
_UNCAUGHT = re.compile(r"error: Uncaught (?:\(in promise\) )?(?=\S)")
_CAUSED = re.compile(r"\s{0,200}[Cc]aused by: (?=\S)")
_TEST = re.compile(r"\s{0,10}● \S")
_KEY = re.compile(r"""\s{0,400}(?P<key>\[[\w$]{1,80}\]|[\w$]{1,80}|'[^']{1,80}'|"[^"]{1,80}"): {0,4}$""")
_CODE = re.compile(r"[A-Z\d_]+$")
_WRAPPERS = frozenset(_ENDINGS)
_LEVELS = frozenset(
    [
        "TRACE",
        "DEBUG",
        "INFO",
        "NOTICE",
        "LOG",
        "WARN",
        "WARNING",
        "ERROR",
        "ERR",
        "CRITICAL",
        "FATAL",
        "ALERT",
        "EMERGENCY",
        "SUCCESS",
    ]
)
_FIRST_WORD = re.compile(r"\[?(?P<word>[A-Za-z]{3,10})\b")


class Title(NamedTuple):
    """What such a line says."""

    type: str | None
    message: str
    prefix: str
    """what stood before the error on its line"""
    fit: int
    """how well the line opens a stack: `LIKELY` where the name says that it is an error, else `WEAK`"""
    key: str | None = None
    """the property that the error is the value of, without brackets"""
    opens: int = 0
    """brackets that stay open behind it"""
    inline: bool = False
    """in square brackets: it has no frames"""
    uncaught: bool = False
    """Deno's `error: Uncaught`: it may have no frames"""
    caused: bool = False
    """`Caused by:` stood before it"""
    headed: bool = False
    """Jest's name of the test: the message begins below"""


def title_line(line: str) -> Title | None:
    """The line as a title, else None."""
    if "● " in line[:20] and _TEST.match(line):
        return Title(None, "", line, LIKELY, headed=True)
    uncaught = line.startswith("error: Uncaught") and _UNCAUGHT.match(line)
    named = _named(line) if ":" in line or line.rstrip().endswith((*_ENDINGS, "]", ",")) else None
    if named is not None:
        return _title(line, named, uncaught=bool(uncaught))
    if uncaught:
        said = line[uncaught.end() :]
        return Title(type=None, message=said, prefix=uncaught[0], fit=SURE, uncaught=True)
    free = _FREE.match(line) if ":" in line[:340] else None
    if free is None:
        return None
    kind = free["type"]
    if kind.upper() in _LEVELS and kind not in ("error", "Trace"):
        return None
    kind = "Error" if kind == "error" else _type(kind, free["more"])
    return Title(kind, line[free.end() :], line[: free.start("type")].lstrip(), WEAK)


def caused_line(line: str) -> Title | None:
    """The cause that Deno and some libraries print below the frames: `Caused by: TypeError: text`."""
    found = _CAUSED.match(line)
    if found is None:
        return None
    said = line[found.end() :]
    title = title_line(said)
    if title is None or title.prefix:
        return Title(type=None, message=said, prefix="", fit=WEAK, caused=True)
    return Title(type=title.type, message=title.message, prefix="", fit=SURE, caused=True)


def is_log_line(line: str) -> bool:
    """True for a line with a logger's own prefix: it starts something new."""
    if line[:1].isdigit() or line.startswith(("[2", "[1")):
        return _TIME.match(line) is not None
    found = _FIRST_WORD.match(line)
    return found is not None and found["word"] in _LEVELS


_TIME = re.compile(r"\[?\d{1,4}[-/:]\d\d[-/:]\d\d|\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})? - ")


def _named(line: str) -> re.Match[str] | None:
    """The name of an error in the line: the outermost one that is more than a word for any error."""
    found = None
    for ending in _ENDINGS:
        if ending in line:
            found = _NAMED.search(line, 0, _MAX_PREFIX)
            break
    if found is None or found["end"] == "]":
        return found
    wraps = found["type"] in _WRAPPERS and line[: found.start()].rstrip()[-1:].isalnum()
    if wraps or found["type"] == "UnhandledPromiseRejectionWarning":
        inner = _NAMED.match(line, found.end("end"), _MAX_PREFIX)
        return inner or found  # `Uncaught Exception: TypeError: text`
    return found


def _title(line: str, found: re.Match[str], *, uncaught: bool) -> Title:
    before, said = line[: found.start()], line[found.end("end") :]
    inline = before.endswith("[") and said.rstrip().endswith(("]", "],", "] {", "}"))
    if inline:
        before = before[:-1]
        if found["end"] != "]":
            said = said[: said.rindex("]")] if "]" in said else said
        else:
            said = ""
    elif found["end"] == "]":
        said = ""
    opened = 0
    while before.endswith(("{ ", "[ ")):
        before, opened = before[:-2], opened + 1
    if inline and line.rstrip().endswith("{"):
        opened += 1
    key = _KEY.match(before)
    return Title(
        type=_type(found["type"], found["more"]),
        message=said.removesuffix(",") if not said.strip(", ") else said,
        prefix=before,
        fit=LIKELY,
        key=key["key"].strip("[]'\"") if key else None,
        opens=opened,
        inline=inline,
        uncaught=uncaught,
    )


def _type(first: str, more: str | None) -> str:
    """`TypeError [ERR_X]` names the class and a code, `Cart [Error]` the class and what it inherits; `Error [Cart]`
    and `DOMException [AbortError]` say with the second name what the first leaves open."""
    if more and first in ("Error", "DOMException") and more != "Error" and not _CODE.match(more):
        return more
    return first
