"""How a message stands in a text: with the class before it, as a `repr`, in quotes, behind the words of a wrapper."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

MAX_STARTS = 80
"""So many places of a text are tried: a message deeper than that is data."""

MAX_SCANNED = 1_000
"""characters in which closing brackets are looked for"""

_DRIVER_TAIL = re.compile(r"\s(?:\[SQL: |\[parameters: |\(Background on this error at: )")
"""SQLAlchemy repeats the statement and its values after the message"""
_DRIVER_CLASS = re.compile(r"\((?P<name>(?:\w{1,60}\.){1,8}[A-Za-z]\w{0,80})\)\s+")
_NAME = r"(?P<name>(?:[A-Za-z_]\w{0,60}\.){0,8}[A-Za-z_]\w{0,80})"
_BEFORE = re.compile(rf"(?:<class '{_NAME}'>|{_NAME.replace('name', 'bare')})(?::\s+|\s-\s)")
_QUOTED = r"(?:'(?:[^'\\]|\\.){0,4000}'|\"(?:[^\"\\]|\\.){0,4000}\")"
_REPR = re.compile(rf"{_NAME}\((?:(?P<number>\d{{1,6}}), )?(?P<quoted>b?{_QUOTED})(?:,\)|\)|, )")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SEPARATOR = re.compile(r":\s+|(?<=Error)\s(?=\w)|(?<=error)\s(?=\w)|\s[-–—|]\s|->\s|[(\[{\"'`=]|>\s|,\s|;\s|\n|\.\s")
_SAYS_CLASS = re.compile(r"(?:Error|Exception|Warning|Failure|Timeout|Exit|Interrupt|Refused|Denied|NotFound)$")
_CLOSERS = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'", "`": "`"}
_TRAILING = re.compile(r"[\s)\]}\"'`.,;]+$")
_NUMBERED = ("OSError", "IOError", "error", "gaierror", "herror", "timeout")
_SYSTEM_ERROR = re.compile(
    r"(?:Connection\w{0,20}|BrokenPipe|FileNotFound|FileExists|Permission|BlockingIO|Interrupted|IsADirectory"
    r"|NotADirectory|ProcessLookup|ChildProcess|Timeout)Error$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """A way to read a text as the message of an error."""

    message: str
    """white space folded to single spaces, without what a driver adds"""
    exception: str | None
    start: int


def spelling(text: str, exception: str | None = None, start: int = 0) -> Spelling:
    """A whole text as a message. A class that a driver wrote before it takes the place of the given one."""
    tail = _DRIVER_TAIL.search(text)
    if tail and tail.start():
        text = text[: tail.start()]
    lead = len(text) - len(text.lstrip())
    named = _DRIVER_CLASS.match(text, lead)
    if named:
        lead, exception = named.end(), named["name"]
    return Spelling(message=" ".join(text[lead:].split()), exception=exception, start=start + lead)


def spellings_within(text: str, classes: Collection[str]) -> Iterator[Spelling]:
    """Every way to read the end of a text as a message, the longest first; `classes` are names of exceptions."""
    for opener, start in _starts(text):
        rest = text[start:]
        before = _BEFORE.match(rest)
        name = before and (before["name"] or before["bare"])
        if before and name and _is_class(name, classes) and rest[before.end() :].strip():
            yield from _endings(opener, rest[before.end() :], name, start + before.end())
        written = _REPR.match(rest)
        if written and _is_class(written["name"], classes):
            yield _from_repr(written, start)
        yield from _endings(opener, rest, None, start)


def _starts(text: str) -> Iterator[tuple[str, int]]:
    """(what stands before, offset) of each place where a message can begin."""
    yield "", 0
    for n, found in enumerate(_SEPARATOR.finditer(text)):
        if n == MAX_STARTS:
            return
        if found.end() < len(text):
            yield found[0], found.end()


def _endings(opener: str, rest: str, exception: str | None, start: int) -> Iterator[Spelling]:
    """The rest of a text: whole, up to what closes an opening bracket or quote, without closing signs."""
    seen = set()
    cuts = [rest]
    closer = _CLOSERS.get(opener)
    if closer and closer in rest:
        cuts.append(rest[: rest.rindex(closer)])
        cuts.append(rest[: rest.index(closer)])
    cuts.append(_TRAILING.sub("", rest))
    cuts.extend(_closed(rest))
    for cut in cuts:
        if cut.strip() and cut not in seen:
            seen.add(cut)
            yield spelling(cut, exception, start)


def _closed(rest: str) -> Iterator[str]:
    """The text up to where all its brackets are closed and other words follow, the longest first; at most two."""
    depth, ends = 0, []
    for n, sign in enumerate(rest[:MAX_SCANNED]):
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth == 0 and rest[n + 1 : n + 2].isspace():
                ends.append(n + 1)
            elif depth < 0:
                break
    yield from (rest[:end] for end in reversed(ends[-2:]))


def _from_repr(written: re.Match[str], start: int) -> Spelling:
    """`TypeError('…')`: the text inside; of a system error `[Errno 111] …`; of a KeyError its key as it is written."""
    name, quoted = written["name"], written["quoted"]
    last = name.rpartition(".")[2]
    text = quoted if last == "KeyError" else _ESCAPE.sub(_unescaped, quoted.lstrip("b")[1:-1])
    if written["number"] and (last in _NUMBERED or _SYSTEM_ERROR.search(last)):
        text = f"[Errno {written['number']}] {text}"
    return Spelling(message=" ".join(text.split()), exception=name, start=start + written.start("quoted") + 1)


def _unescaped(found: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t", "r": "\r"}.get(found[1], found[1])


def _is_class(name: str, classes: Collection[str]) -> bool:
    last = name.rpartition(".")[2]
    return last in classes or bool(last[:1].isupper() and _SAYS_CLASS.search(last))
