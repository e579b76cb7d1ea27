"""The lines of IPython's tracebacks, and which may follow which when they are delivered one by one."""

from __future__ import annotations

import re

from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK
from analyzer.events.stacktraces.line_grammar import LineGrammar, LineKind
from analyzer.events.stacktraces.python_lines import CAUSE, CONTEXT, SHORT_TITLE

DASHES = re.compile(r"-{70,80}\s*$")
HEADER = re.compile(r"(?P<type>[^\W\d][\w.]{0,300}) {1,80}Traceback \(most recent call last\)\s*$")
FRAME = re.compile(
    r"\s{0,4}(?:"
    r"File (?P<file>[^\s\"](?:[^:\n]|:(?!\d)){0,1000}):(?P<line>\d{1,9})(?:,? in (?P<function>\S.{0,2000}))?"
    r"|(?P<cell>(?:Cell|Input) In ?(?:\[\d{1,6}\]|<cell line: \d{1,6}>))(?:, line (?P<cell_line>\d{1,9}))?"
    r"(?:,? in (?P<cell_function>\S.{0,2000}))?"
    r"|(?P<old_file>(?:[~/.]|[A-Za-z]:\\|<ipython-input-)[^\n()]{0,1000}) in (?P<old_function>\S.{0,2000})"
    r")\s*$"
)
ARROW = re.compile(r"\s{0,4}-{1,6}> {0,6}(?P<line>\d{1,9})(?:[ \t](?P<code>.{0,2000}))?$")
SOURCE = re.compile(r"\s{3,14}\S|\s{0,8}\d{1,9}(?:\s|$)")
SKIPPED = re.compile(r"\s{0,8}(?:\[\.\.\. skipping|\.\.\. last \d|\(\.\.\.\))")
_PLAIN_HEADER = re.compile(r"Traceback \(most recent call last\):\s*$")
_LINK = re.compile(rf"(?:{CAUSE}|{CONTEXT})")
_ANY = re.compile(r"(?!.{0,60}\d\d:\d\d:\d\d|\[?[A-Z]{4,8}[\]: ]).")

_IN_FRAMES = ("header", "plain header", "frame", "arrow", "source", "skipped")
GRAMMAR = LineGrammar(
    (
        LineKind(name="header", pattern=HEADER, opens=SURE, after={"link": SURE}),
        LineKind(name="plain header", pattern=_PLAIN_HEADER, after={"link": SURE}),
        LineKind(name="frame", pattern=FRAME, after=dict.fromkeys(_IN_FRAMES, SURE)),
        LineKind(name="arrow", pattern=ARROW, after=dict.fromkeys(_IN_FRAMES, SURE)),
        LineKind(name="skipped", pattern=SKIPPED, after=dict.fromkeys(_IN_FRAMES, SURE)),
        LineKind(name="source", pattern=SOURCE, after=dict.fromkeys(_IN_FRAMES, LIKELY)),
        LineKind(name="link", pattern=_LINK, after={"title": SURE, "message": SURE}),
        LineKind(name="title", pattern=SHORT_TITLE, after=dict.fromkeys(_IN_FRAMES, LIKELY)),
        LineKind(name="message", pattern=_ANY, after={"title": WEAK, "message": WEAK}),
    )
)
