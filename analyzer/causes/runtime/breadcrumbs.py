"""The last statements that ran before an error, and the first after it: they bracket the place."""

from __future__ import annotations

import re

from analyzer.model import Context, Line, Severity

_MAX_SAME_NS = 1_000_000_000
"""error lines this close before an error are printings of the same failure, not steps on the way to it"""
_WORDS = re.compile(r"\w{2,40}")
_ALIKE = 0.6


def breadcrumb(context: Context) -> Line | None:
    """The last line that the error's own service printed before it, in its request, else in its instance.

    None where that is unknown: the request has no line before it and the event no instance, or the lines of several
    instances cannot be told apart.
    """
    own = [line for line in context.before if _own(line, context)]
    of_request = [line for line in own if line.same_request]
    return next(iter(reversed(of_request or own)), None)


def lines_before(context: Context) -> list[Line]:
    """What the error's own service printed before it, the nearest first: of its request, then of its instance."""
    own = [line for line in reversed(context.before) if _own(line, context)]
    return sorted(own, key=lambda line: not line.same_request)


def bracket(context: Context) -> tuple[Line | None, Line | None]:
    """The lines between which the service failed: the breadcrumb, and the first line it printed afterwards."""
    after = [line for line in context.after if _own(line, context, later=True)]
    of_request = [line for line in after if line.same_request]
    return breadcrumb(context), next(iter(of_request or after), None)


def _own(line: Line, context: Context, *, later: bool = False) -> bool:
    if not line.from_application or line.service != context.service or line.instance != context.instance:
        return False
    if not context.instance and not line.same_request:
        return False  # without an instance, a line of no request may be anybody's
    if later or line.severity is None or line.severity < Severity.ERROR:
        return True
    near = line.time_ns is None or context.time_ns is None or context.time_ns - line.time_ns <= _MAX_SAME_NS
    return not near


def alike(a: str, b: str) -> bool:
    """Whether two lines are one statement's, by the words without digits that they share."""
    ours, theirs = (frozenset(w for w in _WORDS.findall(text[:400]) if not any(map(str.isdigit, w))) for text in (a, b))
    if not ours or not theirs:
        return a == b
    return len(ours & theirs) >= _ALIKE * len(ours | theirs)
