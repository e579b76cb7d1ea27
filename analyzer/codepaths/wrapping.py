"""The text of another error inside a message: what stands in the hole that a template keeps for it."""

from __future__ import annotations

import re

from analyzer.codepaths.alignment import Alignment, Fit
from analyzer.codepaths.folding import HOLE
from analyzer.codepaths.statements import Statement

_HOLES = "\x1f"
_MARK_WORDS = 2
_WORD = re.compile(r"[A-Za-z_]\w*")
_ERROR_NAME = re.compile(
    r"(?:^|_)(?:e|ex|exc|err|error|errors|exception|reason|cause|detail|details|message|msg|failure|problem|why)\d?$",
    re.I,
)
"""names that programs give to an error, or to its text"""


def reaches_end(alignment: Alignment) -> bool:
    """Whether template and holes make the whole message, but for a short mark that a logger put in front."""
    if alignment.fit in (Fit.WHOLE, Fit.SUFFIX):
        return True
    return alignment.fit is Fit.INNER and not alignment.after and alignment.before <= _MARK_WORDS


def inner_texts(statement: Statement, alignment: Alignment, caught: str) -> list[tuple[str, bool]]:
    """What the holes of a template are filled with, the last first; with whether the hole is called like an error.

    `caught`: the variable of the `except` clause around the statement, empty outside of one.
    """
    if alignment.fit is Fit.PARTIAL or not alignment.values:
        return []
    holes = statement.holes.split(_HOLES) if statement.holes else []
    values = list(alignment.values)
    if len(holes) != len(values):  # holes without text between them were read as one
        ends = bool(holes) and statement.text.rstrip(" .!)'\"]}").endswith(HOLE)
        holes, values = (holes[-1:], values[-1:]) if ends else ([], [])
    pairs = reversed(list(zip(holes, values, strict=True)))
    return [(value.strip(), holds_error(hole, caught)) for hole, value in pairs if value.strip()]


def holds_error(hole: str, caught: str) -> bool:
    """Whether the source of a hole is an error or its text: the caught variable, or a name for one."""
    names = _WORD.findall(hole)
    if caught and caught in names:
        return not any(name == "type" for name in names)
    last = names[-1] if names else ""
    return bool(_ERROR_NAME.search(last)) and not hole.endswith(("__name__", "code"))
