"""The boxes that rich draws (also structlog's console, and `RichHandler`): frames in a border, the title below it.

Drawn by https://github.com/Textualize/rich/blob/master/rich/traceback.py. Paths and titles are wrapped at the width of
the console, source lines are cut at it. The type has no module. Values of variables stand in boxes of their own and
are not read.
"""

from __future__ import annotations

import re

from analyzer.events.stacktraces.core import Draft
from analyzer.events.stacktraces.python_chains import Chain
from analyzer.events.stacktraces.python_lines import SUB_COUNT, ends_message, final_line, separator
from analyzer.events.stacktraces.python_rich_lines import BOTTOM, BOX, INSIDE, PLACE, SUB, TOP
from analyzer.model import Frame, Relation

MARKS = ("(most recent call last) ─", "(most recent call last) --", "❱")
"""a text without any of these has no boxes"""
_MAX_DEPTH = 40
_MAX_BLANKS = 3
_MAX_MESSAGE_LINES = 400
_PLACE = re.compile(r"(?P<file>\S.{0,4000}?):(?P<line>\d{1,9}) in (?P<function>\S.{0,300})$")
_NO_FILE = re.compile(r"in (?P<function>\S.{0,300}):(?P<line>\d{1,9})$")
_SOURCE = re.compile(r"(?P<mark>❱|>)? {0,8}\d{1,7}(?: (?P<code>.*)|$)")
_GUIDE = re.compile(r"[│\s]{0,400}")
_NOTE = "[NOTE] "


def read_rich(lines: list[str]) -> list[Chain]:
    """All chains of boxes in a text."""
    found: list[Chain] = []
    at = 0
    while at < len(lines):
        text = lines[at]
        if at + 1 < len(lines) and text == lines[at + 1]:
            at += 1
        elif ("(most recent call last)" in text and TOP.match(text)) or ("│" in text and PLACE.match(text)):
            while (
                at and not TOP.match(lines[at]) and INSIDE.match(lines[at - 1]) and at > (found[-1].end if found else 0)
            ):
                at -= 1
            chain = _Reading(lines, at).chain()
            found.append(chain)
            at = chain.end
        else:
            at += 1
    return found


class _Reading:
    """Reads one chain; the boxes of a group's members are read by readings of their own."""

    def __init__(self, lines: list[str], at: int, depth: int = 0) -> None:
        self.lines = lines
        self.at = at
        self.start = at
        self.depth = depth
        self.indent = 0
        self.width = 0
        self.truncated = False

    def chain(self) -> Chain:
        drafts: list[Draft] = []
        while True:
            draft = Draft()
            drafts.append(draft)
            self._exception(draft)
            relation = self._link()
            if relation is None:
                break
            draft.relation = relation
            if self._past_blanks() >= len(self.lines):
                draft.relation = None
                self.truncated = True
                break
        return Chain(self.start, self.at, drafts=drafts, truncated=self.truncated)

    def _exception(self, draft: Draft) -> None:
        if self._is(TOP):
            _frames(self._box(), draft)
        elif self.at < len(self.lines) and INSIDE.match(self.lines[self.at]):
            self.truncated = True
            self.at -= 1  # its top was lost
            _frames(self._box(), draft)
        if self._is(BOX):
            place = self._box()
            if not draft.frames:
                _place_of_syntax_error(place, draft)
        self._title(draft)
        begin = self._past_blanks()
        while begin < len(self.lines) and SUB.match(self.lines[begin]):
            self.at = begin
            inside = self._box()
            if self.depth < _MAX_DEPTH:
                inner = _Reading(inside, 0, self.depth + 1)
                inner.at = inner._past_blanks()
                inner.width = max(map(len, inside), default=0)
                draft.members.append(inner.chain().drafts)
                self.truncated |= inner.truncated
            begin = self._past_blanks()

    def _is(self, pattern: re.Pattern[str]) -> bool:
        return self.at < len(self.lines) and pattern.match(self.lines[self.at]) is not None

    def _box(self) -> list[str]:
        """What stands in the box that begins here, without its border."""
        top = self.lines[self.at]
        self.indent = len(top) - len(top.lstrip())
        self.width = max(self.width, len(top.strip()))
        inside: list[str] = []
        self.at += 1
        while self.at < len(self.lines):
            found = INSIDE.match(self.lines[self.at])
            if found is None:
                if BOTTOM.match(self.lines[self.at]):
                    self.at += 1
                else:
                    self.truncated = True
                return inside
            inside.append(found["text"])
            self.at += 1
        self.truncated = True
        return inside

    def _text(self, at: int) -> str:
        """A line outside of boxes, without the indentation of the whole."""
        text = self.lines[at].rstrip()
        return text[self.indent :] if text[: self.indent].isspace() else text

    def _title(self, draft: Draft) -> None:
        """`Type: message` below the box. A line that the console wrapped goes on in the next one."""
        if self.at >= len(self.lines):
            self.truncated = True
            return
        title = final_line(self._text(self.at))
        if title is None:
            self.truncated = True
            return
        draft.type = title[0]
        said = [self._text(self.at)]
        self.at += 1
        notes: list[str] = []
        while self.at < len(self.lines) and len(said) < _MAX_MESSAGE_LINES:
            text = self._text(self.at)
            if not self.lines[self.at][: self.indent].isspace() and self.indent:
                break
            if not text or (not self.depth and ends_message(text)) or TOP.match(text) or separator(self.lines, self.at):
                break
            if text.startswith(_NOTE):
                notes.append(text[len(_NOTE) :])
            elif notes:
                notes.append(text)
            else:
                said.append(text)
            self.at += 1
        whole = "\n".join([_unwrapped(said, self.width), *notes])
        draft.message = SUB_COUNT.sub("", whole, count=1)[len(title[0]) :].removeprefix(":").strip(" ")

    def _link(self) -> Relation | None:
        begin = self._past_blanks()
        link = separator(self.lines, begin) if begin < len(self.lines) else None
        if link is None:
            return None
        self.at = link[1]
        begin = self._past_blanks()
        self.at = begin if begin < len(self.lines) else self.at
        return link[0]

    def _past_blanks(self) -> int:
        at = self.at
        while at < min(self.at + _MAX_BLANKS, len(self.lines)) and not self.lines[at].strip():
            at += 1
        return at


def _unwrapped(lines: list[str], width: int) -> str:
    """Lines of a title as they were before the console broke those that are longer than it is wide."""
    width = max([width, *map(len, lines)])
    text = lines[0]
    last = lines[0]
    for line in lines[1:]:
        word = line.partition(" ")[0]
        if len(last) >= width and " " not in last:
            text += line
        elif len(last) + 1 + len(word) > width:
            text += f" {line}"
        else:
            text += f"\n{line}"
        last = line
    return text


def _frames(inside: list[str], draft: Draft) -> None:
    """The frames of a box: a place of one or more lines, then source lines, then perhaps a box with values."""
    place: list[str] = []
    boxed = False
    for text in inside:
        if boxed:
            boxed = BOTTOM.match(text) is None
        elif BOX.match(text):
            boxed = True
        elif not text.strip():
            _end_place(place, draft)
        elif (source := _SOURCE.match(text.lstrip())) is not None and text[0] in " ❱>":
            _end_place(place, draft)
            if source["mark"] and draft.frames:
                guide = _GUIDE.match(source["code"] or "")
                code = (source["code"] or "")[guide.end() if guide else 0 :]
                frame = draft.frames[-1]
                draft.frames[-1] = Frame(file=frame.file, line=frame.line, function=frame.function, code=code[:500])
        elif not text[0].isspace() and not text.startswith("│"):
            if place and _place(place) is not None and (_NO_FILE.match(text.rstrip()) or text.startswith("/")):
                _end_place(place, draft)
            place.append(text)
    _end_place(place, draft)


def _end_place(place: list[str], draft: Draft) -> None:
    frame = _place(place) if place else None
    if frame is not None:
        draft.frames.append(frame)
    place.clear()


def _place(lines: list[str]) -> Frame | None:
    """The frame whose place stands in some lines; a line that is full was broken inside a word."""
    text = ""
    for line in lines:
        bare = line.rstrip()
        gap = " " if text and (text[-1] != "\0" or bare.startswith("in ")) else ""
        text = text.rstrip("\0") + gap + bare + ("\0" if len(bare) == len(line) else "")
    text = text.rstrip("\0")
    found = _PLACE.match(text) or _NO_FILE.match(text)
    if found is None:
        return None
    return Frame(file=found.groupdict().get("file"), line=int(found["line"]), function=found["function"])


def _place_of_syntax_error(inside: list[str], draft: Draft) -> None:
    found = re.match(r" ?(\S.{0,4000}):(\d{1,9})\s*$", inside[0]) if inside else None
    if found:
        draft.frames.append(Frame(file=found[1], line=int(found[2]), function=None))
