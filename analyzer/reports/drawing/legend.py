"""The signs that a timeline uses, with their names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from analyzer.reports.drawing.shapes import LINE, text_width

_NAMES = {
    ("mark", "deployed"): "deploy accepted",
    ("mark", "ready"): "ready",
    ("mark", "serving"): "serving",
    ("mark", "rolled_back"): "traffic taken back",
    ("mark", "refused"): "refused",
    ("mark", "fix"): "fix committed",
    ("band", "waiting"): "deployed, no log yet",
    ("band", "served"): "served",
    ("band", "draining"): "draining",
    ("band", "no_traffic"): "no request",
    ("band", "refused"): "never ready",
    ("band", "rolled_back"): "rolled back",
    ("bar", "passed"): "test passed",
    ("bar", "failed"): "test failed",
}
_SIGN = {"mark": 16, "band": 26, "bar": 12}
"""pixels before the name"""
_BETWEEN = 14
_WIDTH = 900

Sign = tuple[str, str]
"""(mark, band or bar; its name)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A sign and its name, in pixels from the left and from the top of the drawing."""

    x: int
    y: int
    kind: str
    name: str
    text: str
    shift: int
    """of the text"""


def legend(signs: Collection[Sign], top: int) -> tuple[tuple[Explained, ...], int]:
    """The signs in a fixed order, as many in a line as fit, and where the last line ends."""
    found, x, y = [], 0, top
    for sign, text in _NAMES.items():
        if sign in signs:
            kind, name = sign
            width = _SIGN[kind] + text_width(text)
            if x and x + width > _WIDTH:
                x, y = 0, y + LINE + 2
            found.append(Explained(x=x, y=y, kind=kind, name=name, text=text, shift=_SIGN[kind]))
            x += width + _BETWEEN
    return tuple(found), y + LINE + 2 if found else top
