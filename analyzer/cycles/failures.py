"""What a test runner says about a failure, as one text: the error first, then where."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

MAX_TEXT = 4_000
"""characters of a failure that are kept"""
_MAX_HEAD_LINES = 8
_MAX_HEAD = 1_500
_MAX_BODY = 200_000
"""characters of a body that are looked at; captured output can be any size"""
_EDGE = 5_000
"""characters beside a cut that are not shown: longer than what a redaction rule matches"""

_EMPTY_WORDS = {
    "", "failed", "failure", "error", "fail", "test failed", "test failure", "test error", "collection failure",
    "assertion failed", "assertionerror", "exception", "test timeout", "null",
}  # fmt: skip
"""messages that name no error: the body is asked instead"""
_EXCEPTION_TYPE = re.compile(r"[A-Za-z_][\w.$]{0,200}")
_FRAME = re.compile(r"\s+at \S|\s*File \"|\S+:\d+(?::\d+)?(?::| in |$)|\s*\^")
_RUNNER_NOISE = re.compile(r"\s*(?:===|---|\*\*\*) |\s*$|[^›]{0,200} › ")
_TITLE = re.compile(r"\S{1,300}:\d{1,7}:\d{1,7} ")
"""Playwright's message is the place and name of the test"""
_PYTEST_ERROR = re.compile(r"E(?:   +|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureText:
    """A failure, redacted: `head` says what, `text` is head, blank line, body, cut to MAX_TEXT."""

    head: str
    text: str


def describe_failure(
    results: Sequence[tuple[str | None, str | None, str]], *, redact: Callable[[str], str]
) -> FailureText:
    """One text of the (message, type, body) of a failure; the first one is what is compared over cycles.

    The head holds no blank line, so it can be found again as the text up to the first one.
    """
    described = [_describe(*result, redact=redact) for result in results]
    head, _ = described[0]
    parts = [head]
    for title, body in described:
        if title not in parts[0]:
            parts.append(title)
        if body and body not in "\n".join(parts):
            parts.append(body)
    text = parts[0] + "".join(f"\n\n{part}" for part in parts[1:])
    return FailureText(head=head, text=_cut(text, len(head)))


def head_of(text: str) -> str:
    """The part of a failure text that says what failed."""
    return text.partition("\n\n")[0]


def _describe(message: str | None, kind: str | None, body: str, *, redact: Callable[[str], str]) -> tuple[str, str]:
    body = redacted(body, redact).strip()
    head = redacted(message or "", redact).strip()
    if head.casefold().rstrip(".:! ") in _EMPTY_WORDS or (body and _TITLE.match(head)):
        head = _head_of_body(body) or head or (kind or "").strip() or "(no message)"
    lines = [line.rstrip() for line in islice((x for x in head.splitlines() if x.strip()), _MAX_HEAD_LINES)]
    head = "\n".join(lines)[:_MAX_HEAD]
    name = (kind or "").strip()
    short = name.rpartition(".")[2].rpartition("$")[2]
    if _EXCEPTION_TYPE.fullmatch(name) and short.endswith(("Error", "Exception", "Failure")) and short not in head:
        head = f"{redact(name)}: {head}"
    return head, "" if body in head else body


def _head_of_body(body: str) -> str:
    """The lines of a body that name the error: pytest's `E` lines, a traceback's last, else those before the frames."""
    lines = body.splitlines()
    marked = [line[1:].strip() for line in lines if _PYTEST_ERROR.match(line)]
    if any(marked):
        return "\n".join(marked)
    if any(line.startswith("Traceback (most recent call last)") for line in lines):
        last = [line for line in lines if line.strip() and not line[0].isspace()]
        if last and not last[-1].startswith("Traceback "):
            return last[-1]
    told: list[str] = []
    for line in lines:
        if _RUNNER_NOISE.match(line):
            continue
        if told and _FRAME.match(line):
            break
        told.append(line.strip())
        if len(told) == _MAX_HEAD_LINES:
            break
    return "\n".join(told)


def redacted(text: str, redact: Callable[[str], str]) -> str:
    """The redacted text; of a very long one start and end, without the edges where a secret may be cut in two."""
    if len(text) <= _MAX_BODY:
        return redact(text)
    half = _MAX_BODY // 2
    return f"{redact(text[:half])[:-_EDGE]}\n…\n{redact(text[-half:])[_EDGE:]}"


def _cut(text: str, head: int) -> str:
    """At most MAX_TEXT: the head, a third of the room for the start of the body, the rest for its end."""
    if len(text) <= MAX_TEXT:
        return text
    room = MAX_TEXT - head - 3
    start = head + room // 3
    return f"{text[:start]}\n…\n{text[len(text) - (MAX_TEXT - start - 3) :]}"
