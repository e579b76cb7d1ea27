"""The template environment the page and the ticket share: strict, with the words of `wording` as filters."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from analyzer.reports import wording
from analyzer.reports.hostile import one_line, shorten
from analyzer.reports.undecided import UNSURE, evidence_text

_TICKED = re.compile(r"(?<!`)`([^`\n]{1,200})`(?!`)")

_ROLES = {
    "cause": "the statement to change",
    "raise": "raises it",
    "wrap": "wraps it",
    "author": "writes the text",
    "emit": "logs it",
    "frame": "on the stack",
    "sibling": "has the same defect",
}


def environment(*, finalize: Callable[[Any], Any] | None = None) -> Environment:
    """Templates of this package, always escaping; a name the report lacks is an error, never an empty place."""
    env = Environment(
        loader=PackageLoader("analyzer.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters |= {
        "capitalize_first": lambda text: text[:1].upper() + text[1:],
        "count": wording.count,
        "dedented": wording.dedented,
        "evidence_text": evidence_text,
        "interval": wording.interval,
        "listed": lambda words, empty="none": wording.listed([one_line(str(w)) for w in words], empty),
        "logs_fit": wording.logs_fit,
        "rate": wording.rate,
        "moment": wording.moment,
        "number": wording.number,
        "one_line": one_line,
        "percent": wording.percent,
        "place": wording.place,
        "role": lambda role: _ROLES.get(role, role),
        "sentence": sentence,
        "short": wording.short_commit,
        "shorten": shorten,
        "span": wording.span,
        "words": lambda name: str(name).replace("_", " "),
    }
    env.globals["unsure"] = UNSURE
    return env


def sentence(text: str) -> Markup:
    """HTML of a sentence of ours: what stands between single ticks is code, everything is escaped."""
    pieces = _TICKED.split(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if odd % 2 else escape(piece) for odd, piece in enumerate(pieces)
    )
