"""Tracebacks as the interpreter prints them: chains, oldest first, with the groups in them.

An exception is a header, frames, a closing `Type: message`, the rest of the message, and the members of a group. Any
of these may be missing. What is quoted inside a message is part of it.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from analyzer.events.stacktraces.core import SURE, Draft
from analyzer.events.stacktraces.python_frames import FrameLines, read_frames
from analyzer.events.stacktraces.python_groups import MAX_DEPTH, MEMBERS, Block, begins_group, open_group
from analyzer.events.stacktraces.python_lines import (
    FRAME,
    REMOTE,
    final_line,
    header_at,
    is_group_start,
    is_log_line,
    is_stack_header,
    separator,
)
from analyzer.events.stacktraces.python_messages import Messages
from analyzer.events.stacktraces.python_prefixes import without_prefix
from analyzer.model import Relation

_MAX_BLANKS = 3
_NEAR = 4
_CALL_STACKS = ("Call stack:", "Stack:")


@dataclass(slots=True)
class Chain:
    """A chain of exceptions in the lines `[start, end)` of the whole text; no drafts where the stack is no error."""

    start: int
    end: int
    prefix: str = ""
    drafts: list[Draft] = field(default_factory=list)
    truncated: bool = False


def read_chains(lines: list[str]) -> list[Chain]:
    """All chains of a text, in order."""
    return _Reading(Block(lines=lines, numbers=range(len(lines)))).run()


class _Reading:
    """Walks from mark to mark: the lines that may belong to a stack. All others are passed over unread."""

    def __init__(self, block: Block, depth: int = 0, *, prefixed: bool = False) -> None:
        self.lines = block.lines
        self.numbers = block.numbers
        self.members = block.members
        self.depth = depth
        """above 0 the lines are a member of a group, or quoted: the first one may be a title without a header"""
        self.prefixed = prefixed
        self.marks: list[int] = []
        self.headers: dict[int, int] = {}
        """where in its line each header begins"""
        self._mark()
        self.messages = Messages(block, self.marks, self.headers, inside=depth > 0, prefixed=prefixed)
        self.quotes: list[int] | None = None
        self.found: list[Chain] = []

    def _mark(self) -> None:
        for at, text in enumerate(self.lines):
            if 'File "' in text:
                self.marks.append(at)
            elif "(most recent call" in text:
                self.marks.append(at)
                header = header_at(text)
                if header >= 0:
                    self.headers[at] = header
            elif "above exception" in text or "sub-exception" in text:
                self.marks.append(at)

    def run(self) -> list[Chain]:
        at = 0
        if self.depth and self.lines:
            at = self._chain(next((n for n, text in enumerate(self.lines) if text.strip()), 0), 0)
        for mark in self.marks:
            if mark >= at:
                at = self._chain(mark, at)
        return self.found

    # -- chains

    def _chain(self, at: int, floor: int) -> int:
        """Read what begins at a line; the next line to look at. Lines before `floor` belong to something else."""
        text = self.lines[at]
        header = self.headers.get(at, -1)
        chain = Chain(at, at)
        following: int | None = at
        if header >= 0:
            if header > 0 and not is_group_start(text):
                end = self._without_prefix(at, header)
                if end:
                    return end
                chain.prefix = text[:header].removesuffix("+ ")
            if at + 1 in self.headers:
                return at + 1  # printed again and again, and nothing below
        elif is_stack_header(text):
            return self._stack(at)
        elif at > floor and FRAME.match(text) and self.lines[at - 1].rstrip() in _CALL_STACKS:
            return self._stack(at - 1)
        elif (link := separator(self.lines, at)) is not None:
            self._title_before(chain, at, floor)
            chain.truncated = not chain.drafts
            following = self._following(chain, link)
        while following is not None:
            following = self._exception(chain, following, floor)
        if not chain.drafts:
            return at + 1
        end = max(chain.end, at + 1)
        chain.start, chain.end = self.numbers[chain.start], self.numbers[end - 1] + 1
        self.found.append(chain)
        return end

    def _following(self, chain: Chain, link: tuple[Relation, int]) -> int | None:
        """Where the next exception of a chain begins, after the sentence that announces it."""
        relation, chain.end = link
        begin = self._past_blanks(chain.end)
        if begin < len(self.lines):
            text = self.lines[begin]
            final = final_line(text) is not None and not is_log_line(text)
            if final or begin in self.headers or FRAME.match(text) or is_group_start(text):
                if chain.drafts:
                    chain.drafts[-1].relation = relation
                return begin
        chain.truncated = True
        return None

    def _link(self, chain: Chain, end: int) -> int | None:
        """Where the next exception of a chain begins, after one that ends at a line; None where the chain ends."""
        at = self._past_blanks(end)
        link = separator(self.lines, at) if at < len(self.lines) else None
        return None if link is None else self._following(chain, link)

    def _title_before(self, chain: Chain, at: int, floor: int) -> None:
        """An exception that was never raised has no traceback: its title stands before the sentence."""
        for above in range(at - 1, max(floor, at - _NEAR) - 1, -1):
            text = self.lines[above]
            if text.strip():
                title = final_line(text)
                if title is not None and not is_log_line(text):
                    chain.start = above
                    chain.drafts.append(Draft(type=title[0], message=title[1].rstrip()))
                return

    def _past_blanks(self, at: int) -> int:
        end = min(at + _MAX_BLANKS, len(self.lines))
        while at < end and not self.lines[at].strip():
            at += 1
        return at

    def _without_prefix(self, at: int, header: int) -> int:
        """Read a traceback of which every line has the same prefix; 0 where it has none."""
        found = without_prefix(self.lines, at, header) if not self.prefixed else None
        if found is None:
            return 0
        block, end, is_blank = found
        block.numbers = [self.numbers[n] for n in block.numbers]
        inner = _Reading(block, self.depth, prefixed=not is_blank).run()
        if inner:
            inner[0].prefix = self.lines[at][:header]
        self.found += inner
        return end

    def _stack(self, at: int) -> int:
        """`Stack (most recent call last)`: frames that are no error."""
        end = read_frames(self.lines, at + 1).end
        if end > at + 1:
            self.found.append(Chain(self.numbers[at], self.numbers[end - 1] + 1))
        return end

    # -- one exception

    def _exception(self, chain: Chain, at: int, floor: int) -> int | None:
        """Append the exception that begins at a line to its chain; where the next one begins, None at the end."""
        text = self.lines[at]
        is_header = at in self.headers
        if (not is_header or self.headers[at]) and begins_group(self.lines, at):
            return self._group(chain, at)
        remote = self._remote(chain, at - 2 if is_header else at, floor)
        if remote:
            return self._link(chain, remote)
        draft = Draft()
        if is_header or FRAME.match(text):
            end = self._traceback(chain, draft, at, floor, is_header)
        elif (chain.drafts or self.depth) and (title := final_line(text)) is not None:
            draft.type = title[0]
            draft.message, end = self.messages.read(at, title[1], spaced=False, above=-1)
        else:
            return None
        if end < len(self.lines) and self.lines[end] == MEMBERS:
            self._members(chain, draft, end)
            end += 1
        chain.drafts.append(draft)
        chain.end = end
        return self._link(chain, end)

    def _traceback(self, chain: Chain, draft: Draft, at: int, floor: int, is_header: bool) -> int:
        """Frames with their closing line; the line after them."""
        below = read_frames(self.lines, at + is_header)
        draft.frames = below.frames
        end = self._final(draft, below, at - 1)
        if not end:
            title = self._title_above(at, floor) if below.frames and not chain.drafts else None
            if title is None:
                chain.truncated = True
            else:
                draft.type, draft.message = title
                chain.start, chain.prefix = at - 1, ""
            return below.end
        if not is_header and not below.numbered and not (len(draft.frames) == 1 and draft.frames[0].function is None):
            chain.truncated = True  # only the place of a syntax error stands without a header
        return end

    def _final(self, draft: Draft, below: FrameLines, above: int) -> int:
        """Read the closing line and the rest of the message; the line after them, 0 where there is none."""
        at = below.end
        if at >= len(self.lines) or self.lines[at][:1].isspace():
            return 0
        title = final_line(self.lines[at])
        if title is None:
            return 0
        if len(draft.frames) > 1 and draft.frames[-1].function is None:
            draft.frames.pop()  # the place of a syntax error, which no call has reached
        draft.type = title[0]
        draft.message, end = self.messages.read(at, title[1], spaced=below.spaced, above=above)
        return end

    def _title_above(self, at: int, floor: int) -> tuple[str, str] | None:
        """Some tools print the title before the frames, and nothing after them."""
        title = final_line(self.lines[at - 1]) if at > floor else None
        return None if title is None or title[2] < SURE else title[:2]

    # -- groups, other processes

    def _group(self, chain: Chain, at: int) -> int | None:
        """The drawing of a group, as one exception of the chain."""
        if self.depth >= MAX_DEPTH:
            return None
        block, end, cut = open_group(self.lines, at)
        inner = _Reading(block, self.depth + 1, prefixed=self.prefixed).run()
        if not inner:
            return None
        chain.drafts += inner[0].drafts
        chain.truncated |= cut or inner[0].truncated
        chain.end = end
        return self._link(chain, end)

    def _members(self, chain: Chain, draft: Draft, at: int) -> None:
        for section in self.members.get(at, ()) if self.depth < MAX_DEPTH else ():
            inner = _Reading(section, self.depth + 1, prefixed=self.prefixed).run()
            if inner:
                draft.members.append(inner[0].drafts)
                chain.truncated |= inner[0].truncated

    def _remote(self, chain: Chain, at: int, floor: int) -> int:
        """The traceback of another process, quoted in full: its frames and its title are what counts."""
        lines = self.lines
        found = REMOTE.match(lines[at]) if at >= floor else None
        if found is None or at + 2 >= len(lines) or lines[at + 1].strip() != '"""':
            return 0
        if self.quotes is None:
            self.quotes = [n for n, text in enumerate(lines) if text.strip() == '"""']
        place = bisect_left(self.quotes, at + 2)
        if place == len(self.quotes):
            return 0
        end = self.quotes[place]
        draft = Draft(type=found["type"])
        quoted = Block(lines=lines[at + 2 : end], numbers=range(end - at - 2))
        inner = _Reading(quoted, MAX_DEPTH).run()
        if inner:
            title = inner[0].drafts[-1]
            draft.frames = title.frames
            draft.message = f"{title.type}: {title.message}" if title.type and title.message else title.type or ""
        chain.start = min(chain.start, at)
        chain.drafts.append(draft)
        chain.end = end + 1
        return end + 1
