"""The lines of rich's boxes, and which may follow which when they are delivered one by one."""

from __future__ import annotations

import re

from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK
from analyzer.events.stacktraces.line_grammar import LineGrammar, LineKind
from analyzer.events.stacktraces.python_lines import CAUSE, CONTEXT, SHORT_TITLE

_RULE = r"[─━-]{0,400}"
TOP = re.compile(rf"\s{{0,200}}[╭┌┏+]{_RULE} ?Traceback \(most recent call last\) ?{_RULE}[╮┐┓+]\s*$")
SUB = re.compile(rf"\s{{0,200}}[╭┌┏+]{_RULE} ?Sub-exception #\d{{1,6}} ?{_RULE}[╮┐┓+]\s*$")
BOX = re.compile(rf"\s{{0,200}}[╭┌┏+][─━-]{{2}}{_RULE}(?: [^─━╮┐┓+-]{{1,200}} {_RULE})?[╮┐┓+]\s*$")
INSIDE = re.compile(r"\s{0,200}[│┃|] (?P<text>.{0,4000}) [│┃|]\s*$")
BOTTOM = re.compile(rf"\s{{0,200}}[╰└┗+][─━-]{_RULE}[╯┘┛+]\s*$")
PLACE = re.compile(r"\s{0,200}[│┃] (?:\S.{0,400}:\d{1,9} in \S.{0,200}|in \S.{0,200}:\d{1,9}|❱.{0,4000}) [│┃]\s*$")
_NOTE = re.compile(r"\s{0,200}\[NOTE\] ")
_LINK = re.compile(r"\s{0,200}(?:The above exception was the direct cause|During handling of the above exception)")
_LINK_ENDS = "|".join(
    re.escape(said.split(" ", n)[n]) for said in (CAUSE, CONTEXT) for n in range(2, said.count(" ") + 1)
)
_LINK_END = re.compile(rf"\s{{0,200}}(?:{_LINK_ENDS})\s*$")
_ANY = re.compile(r"(?!.{0,60}\d\d:\d\d:\d\d|\[?[A-Z]{4,8}[\]: ]).")

_BOXED = {"top": SURE, "box": SURE, "sub": SURE, "inside": SURE, "cut": SURE}
_SAID = {"title": SURE, "note": SURE, "message": SURE}
GRAMMAR = LineGrammar(
    (
        LineKind(name="top", pattern=TOP, opens=SURE, after={"link": SURE, "link end": SURE}),
        LineKind(name="sub", pattern=SUB, after={**_SAID, "bottom": SURE}),
        LineKind(name="box", pattern=BOX, after={"bottom": SURE}),
        LineKind(name="bottom", pattern=BOTTOM, after=_BOXED),
        LineKind(name="inside", pattern=INSIDE, after=_BOXED),
        LineKind(name="cut", pattern=PLACE, opens=LIKELY, after={}),
        LineKind(name="link", pattern=_LINK, after={**_SAID, "bottom": SURE}),
        LineKind(name="link end", pattern=_LINK_END, after={"link": SURE}),
        LineKind(name="note", pattern=_NOTE, after=_SAID),
        LineKind(name="title", pattern=SHORT_TITLE, after={"bottom": LIKELY, "link": LIKELY, "link end": LIKELY}),
        LineKind(name="message", pattern=_ANY, after=dict.fromkeys(_SAID, WEAK)),
    )
)
