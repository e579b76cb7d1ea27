"""What pytest reports of failed tests, in its long and short styles: one trace for each failure.

Written by https://github.com/pytest-dev/pytest/blob/main/src/_pytest/_code/code.py. The title stands in lines that
begin with `E`; in the long style the place of a frame stands below its source, in the short one above it.
"""

from __future__ import annotations

import re

from analyzer.events.stacktraces.core import SURE, Draft
from analyzer.events.stacktraces.python_chains import Chain
from analyzer.events.stacktraces.python_lines import SEPARATORS, final_line
from analyzer.events.stacktraces.python_pytest_lines import ENTRY_RULE, ERROR, PLACE, SECTION, TEST
from analyzer.model import Frame

MARKS = ("\nE   ", "short test summary info")
"""a text without any of these holds no failure; one that begins with an `E` line holds no frame"""
_SUMMARY = re.compile(r"(?:FAILED|ERROR) (?P<file>[^\s:]{1,400})(?:::(?P<test>.{1,400}?))? - (?P<said>\S.{0,4000})$")
_DEFINED = re.compile(r"[> ] {3,40}(?:async )?def (\w{1,200})")
_MARKED = re.compile(r">  {0,200}(\S.{0,2000})$")
_MAX_CODE_CHARS = 500


def read_pytest(lines: list[str]) -> list[Chain]:
    """One chain for each failure; from the summary alone where nothing else is printed of them."""
    reports = _Reports()
    for at, line in enumerate(lines):
        reports.add(at, line)
    reports.end_test()
    return reports.found or _summary(lines)


class _Reports:
    """Takes the lines of a text in order and gathers the failures in it."""

    def __init__(self) -> None:
        self.found: list[Chain] = []
        self.chain: Chain | None = None
        self.source: int | None = None
        """the first of the source lines right above"""
        self._begin_exception()

    def _begin_exception(self) -> None:
        self.draft = Draft()
        self.said: list[str] = []
        self.named: str | None = None
        self.closed = False
        """the line that names the type has come: in the long style it ends the exception"""
        self._begin_entry()

    def _begin_entry(self) -> None:
        self.function: str | None = None
        self.code: str | None = None
        self.wants_code = False

    def add(self, at: int, line: str) -> None:
        """Read the next line."""
        first = line[:1]
        if first not in ("", " ", ">", "E") and ":" not in line:
            self.source = None
        elif self.source is None and first in (" ", ">"):
            self.source = at
        if first == "E" and (error := ERROR.match(line)):
            if self.closed:
                self.end_test()
            self._open(at)
            self.said.append(error[1] or "")
        elif first == "_" and TEST.match(line):
            self.end_test()
            self.chain = Chain(at, at)
        elif first == "_" and ENTRY_RULE.match(line):
            self._begin_entry()
        elif first in "=-!" and SECTION.match(line):
            self.end_test()
        elif first == ">" and (marked := _MARKED.match(line)):
            self._define(line)
            self.code = marked[1][:_MAX_CODE_CHARS]
        elif first == " ":
            self._define(line)
            if self.wants_code and line.startswith("    "):
                frame = self.draft.frames[-1]
                self.draft.frames[-1] = _frame(frame.file, frame.line, frame.function, line.strip())
            self.wants_code = False
        elif ":" in line and (place := PLACE.match(line)):
            self._place(at, place)
        elif line in SEPARATORS:
            self._link(at, line)

    def _define(self, line: str) -> None:
        if self.function is None and (defined := _DEFINED.match(line)):
            self.function = defined[1]

    def _open(self, at: int) -> Chain:
        if self.chain is None:
            self.chain = Chain(at if self.source is None else self.source, at)
        self.chain.end = at + 1
        return self.chain

    def _place(self, at: int, place: re.Match[str]) -> None:
        function, rest = place["function"], place["type"]
        if self.said and (function is not None or self.closed):
            self.end_test()
        if rest is not None and not self.said:
            return  # a place in some other text
        self._open(at)
        short = function is not None
        frame = _frame(place["file"], int(place["line"]), function if short else self.function, self.code)
        self.draft.frames.append(frame)
        self._begin_entry()
        self.wants_code = short
        if rest is not None:
            self.named, self.closed = rest.partition(":")[0], True

    def _link(self, at: int, line: str) -> None:
        if self.chain is not None and self.said:
            self._end_exception()
            if self.chain.drafts:
                self.chain.drafts[-1].relation = SEPARATORS[line]
                self.chain.end = at + 1

    def _end_exception(self) -> None:
        """Take the exception whose lines have come into the chain."""
        if self.chain is not None and self.said:
            title = _title(self.said)
            self.draft.type = title[0] if title[0] is not None else self.named
            self.draft.message = title[1]
            self.chain.drafts.append(self.draft)
        self._begin_exception()

    def end_test(self) -> None:
        """Close the chain. What shows neither a frame nor a sure type is some other text."""
        self._end_exception()
        chain, self.chain = self.chain, None
        self.source = None
        if chain is None or not chain.drafts:
            return
        last = chain.drafts[-1]
        if last.relation is not None:
            last.relation = None
            chain.truncated = True
        if any(draft.frames for draft in chain.drafts):
            self.found.append(chain)


def _frame(file: str | None, line: int | None, function: str | None, code: str | None) -> Frame:
    return Frame(file=file, line=line, function=function, code=code[:_MAX_CODE_CHARS] if code else None)


def _title(said: list[str]) -> tuple[str | None, str]:
    """(type, message) of the lines marked with `E`. An assertion that pytest explains has no type in old versions."""
    indent = min((len(text) - len(text.lstrip()) for text in said if text.strip()), default=0)
    lines = [text[indent:].rstrip() for text in said]
    for n, line in enumerate(lines):
        title = final_line(line)
        if title is not None and (n == 0 or (lines[0].lstrip().startswith('File "') and title[2] == SURE)):
            return title[0], "\n".join([title[1], *lines[n + 1 :]]).rstrip()
        if n and not lines[0].lstrip().startswith('File "'):
            break
    whole = "\n".join(lines).rstrip()
    return ("AssertionError" if whole.startswith("assert ") else None), whole


def _summary(lines: list[str]) -> list[Chain]:
    """The failures that the summary names: no frames, and a message that is cut at the width of the console."""
    found = []
    for at, line in enumerate(lines):
        summary = _SUMMARY.match(line) if line.startswith(("FAILED ", "ERROR ")) else None
        title = final_line(summary["said"]) if summary else None
        if summary and title is not None:
            function = summary["test"].rpartition("::")[2] if summary["test"] else None
            frame = Frame(file=summary["file"], line=None, function=function)
            draft = Draft(type=title[0], message=title[1].removesuffix("..."), frames=[frame])
            found.append(Chain(at, at + 1, drafts=[draft], truncated=title[1].endswith("...")))
    return found
