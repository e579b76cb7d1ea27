"""Tracebacks of IPython and Jupyter, in the modes `Context`, `Verbose` and `Plain`.

Written by https://github.com/ipython/ipython/blob/main/IPython/core/ultratb.py: the type stands above the frames and
once more with the message below them. Frames are `File path:line, in name(arguments)`, `Cell In[1], line 3`, and in
versions before 8 `path in name(arguments)` with the line shown by an arrow.
"""

from __future__ import annotations

import re

from analyzer.events.stacktraces.core import Draft
from analyzer.events.stacktraces.python_chains import Chain
from analyzer.events.stacktraces.python_ipython_lines import ARROW, DASHES, FRAME, HEADER, SKIPPED, SOURCE
from analyzer.events.stacktraces.python_lines import ends_message, final_line, separator
from analyzer.model import Frame

MARKS = ("Traceback (most recent call last)\n", "\n  File /", "Cell In[", "Input In [", "--> ", "\n-> ")
_MAX_BLANKS = 3
_MAX_MESSAGE_LINES = 400
_MAX_SOURCE_LINES = 12
"""printed above the arrow: two by default, more where a statement is long"""
_PLAIN_HEADER = "Traceback (most recent call last):"


def read_ipython(lines: list[str]) -> list[Chain]:
    """All chains of a text that IPython printed."""
    found = []
    at = 0
    while at < len(lines):
        marked = "(most recent call last)" in lines[at]
        again = marked and at + 1 < len(lines) and lines[at] == lines[at + 1]
        if (marked and not again and _begins(lines, at)) or (not marked and _begins_within(lines, at)):
            chain = _Reading(lines, at).chain()
            found.append(chain)
            at = chain.end
        else:
            at += 1
    return found


def _begins(lines: list[str], at: int) -> bool:
    text = lines[at].rstrip()
    if text == _PLAIN_HEADER:
        below = _past_blanks(lines, at + 1)
        return below < len(lines) and lines[below].startswith("  ") and FRAME.match(lines[below]) is not None
    return HEADER.match(text) is not None


def _begins_within(lines: list[str], at: int) -> bool:
    """Whether frames begin here whose header was cut off: a frame, numbered source lines, and one with the arrow."""
    if " in " not in lines[at] or FRAME.match(lines[at]) is None:
        return False
    for line in lines[at + 1 : at + 1 + _MAX_SOURCE_LINES]:
        if ARROW.match(line):
            return True
        if not SOURCE.match(line):
            return False
    return False


class _Reading:
    """Reads one chain."""

    def __init__(self, lines: list[str], at: int) -> None:
        self.lines = lines
        self.at = at
        self.truncated = False

    def chain(self) -> Chain:
        start = self.at - 1 if self.at and DASHES.match(self.lines[self.at - 1]) else self.at
        drafts: list[Draft] = []
        while True:
            header = HEADER.match(self.lines[self.at])
            draft = Draft(type=header["type"] if header else None)
            drafts.append(draft)
            if FRAME.match(self.lines[self.at]):
                self.truncated = True
            else:
                self.at += 1
            self._frames(draft)
            self._title(draft)
            begin = _past_blanks(self.lines, self.at)
            link = separator(self.lines, begin) if begin < len(self.lines) else None
            if link is None:
                break
            self.at = link[1]
            begin = _past_blanks(self.lines, self.at)
            if begin >= len(self.lines) or not _begins(self.lines, begin):
                self.truncated = True
                break
            draft.relation, self.at = link[0], begin
        return Chain(start, self.at, drafts=drafts, truncated=self.truncated)

    def _frames(self, draft: Draft) -> None:
        wants_code = False
        while self.at < len(self.lines):
            text = self.lines[self.at]
            if found := FRAME.match(text):
                draft.frames.append(_frame(found))
                wants_code = True
            elif found := ARROW.match(text):
                if draft.frames:
                    frame = draft.frames[-1]
                    code = found["code"] or ""
                    draft.frames[-1] = Frame(
                        file=frame.file,
                        line=frame.line if frame.line is not None else int(found["line"]),
                        function=frame.function,
                        code=code.strip()[:500] or None,
                    )
                    wants_code = False
            elif not text.strip():
                if not self._go_on():
                    return
            elif SOURCE.match(text) or SKIPPED.match(text):
                if wants_code and draft.frames and not text.lstrip()[:1].isdigit():
                    frame = draft.frames[-1]
                    draft.frames[-1] = Frame(
                        file=frame.file, line=frame.line, function=frame.function, code=text.strip()[:500]
                    )
                    wants_code = False
            else:
                return
            self.at += 1

    def _go_on(self) -> bool:
        following = _past_blanks(self.lines, self.at)
        return following < len(self.lines) and (
            FRAME.match(self.lines[following]) is not None
            or SKIPPED.match(self.lines[following]) is not None
            or final_line(self.lines[following]) is not None
        )

    def _title(self, draft: Draft) -> None:
        title = final_line(self.lines[self.at]) if self.at < len(self.lines) else None
        if title is None or not title[0].endswith(draft.type or ""):
            self.truncated = True
            return
        if draft.frames and len(draft.frames) > 1 and _is_place(draft.frames[-1], title[0]):
            draft.frames.pop()
        draft.type = title[0]
        said = [title[1]]
        self.at += 1
        while self.at < len(self.lines) and len(said) < _MAX_MESSAGE_LINES:
            text = self.lines[self.at]
            if not text.strip() or ends_message(text) or separator(self.lines, self.at):
                break
            if HEADER.match(text) or FRAME.match(text):
                break
            said.append(text)
            self.at += 1
        draft.message = "\n".join(said).rstrip()


def _is_place(frame: Frame, kind: str) -> bool:
    """The place of a syntax error is no frame."""
    return frame.function is None and kind.endswith(("SyntaxError", "IndentationError", "TabError"))


def _frame(found: re.Match[str]) -> Frame:
    named = found.groupdict()
    line = named["line"] or named["cell_line"]
    function = named["function"] or named["cell_function"] or named["old_function"]
    if function:
        function = function.partition("(")[0].strip() or None
    return Frame(
        file=named["file"] or named["cell"] or named["old_file"], line=int(line) if line else None, function=function
    )


def _past_blanks(lines: list[str], at: int) -> int:
    end = min(at + _MAX_BLANKS, len(lines))
    while at < end and not lines[at].strip():
        at += 1
    return at
