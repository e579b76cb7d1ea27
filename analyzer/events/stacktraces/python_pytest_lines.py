"""The lines of pytest's reports, and which may follow which when they are delivered one by one."""

from __future__ import annotations

import re

from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK
from analyzer.events.stacktraces.line_grammar import LineGrammar, LineKind
from analyzer.events.stacktraces.python_lines import CAUSE, CONTEXT

TEST = re.compile(r"_{2,200} \S.{0,400} _{2,200}\s*$")
SECTION = re.compile(r"([=-]|!)\1{2,200} .{1,400} \1{2,200}\s*$")
ENTRY_RULE = re.compile(r"(?:_ ){10,200}_?\s*$")
ERROR = re.compile(r"E(?:( .{0,20000})|\s*$)")
PLACE = re.compile(
    r"(?P<file>[^\s:(][^:\n]{0,400}|[A-Za-z]:[^:\n]{1,400}):(?P<line>\d{1,9}):"
    r"(?: in (?P<function>\S.{0,400}?)| (?P<type>[^\W\d].{0,400})|\s)?\s*$"
)
_PLACE = re.compile(r"[^\s:(].{0,400}:\d{1,9}:(?: in \S.{0,400}|\s{0,4})$")
_END = re.compile(r"[^\s:(].{0,400}:\d{1,9}: (?!in )[^\W\d].{0,400}$")
_ERROR_LINE = re.compile(r"E {3,200}\S|E\s{0,200}$")
_MARKED = re.compile(r"> {1,200}\S")
_SOURCE = re.compile(r" {4}")
_VALUES = re.compile(r"\w{1,100} {0,100}= ")
_LINK = re.compile(rf"(?:{CAUSE}|{CONTEXT})")

_SHOWN = ("test", "place", "entry rule", "marked", "source", "values", "link")
GRAMMAR = LineGrammar(
    (
        LineKind(name="test", pattern=TEST, opens=SURE, after={}),
        LineKind(name="error", pattern=_ERROR_LINE, opens=LIKELY, after=dict.fromkeys((*_SHOWN, "error"), SURE)),
        LineKind(name="entry rule", pattern=ENTRY_RULE, after=dict.fromkeys(_SHOWN, SURE)),
        LineKind(name="end", pattern=_END, after={"error": SURE, "marked": SURE}),
        LineKind(name="place", pattern=_PLACE, after=dict.fromkeys(_SHOWN, SURE)),
        LineKind(name="marked", pattern=_MARKED, after=dict.fromkeys(_SHOWN, SURE)),
        LineKind(name="link", pattern=_LINK, after={"error": SURE, "end": SURE}),
        LineKind(name="source", pattern=_SOURCE, after=dict.fromkeys(_SHOWN, LIKELY)),
        LineKind(name="values", pattern=_VALUES, after=dict.fromkeys(_SHOWN, WEAK)),
    )
)
