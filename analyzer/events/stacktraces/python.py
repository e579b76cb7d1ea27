"""CPython tracebacks, 2.7 to 3.13, also as loguru and better_exceptions decorate them.

Grammar: https://docs.python.org/3/library/traceback.html. Chains are printed oldest first, so the last one is the
title. A group is drawn with a margin of `|`, two blanks deeper for each level; its lines are read the same way once
the margin is off.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from analyzer.events.stacktraces.core import Draft, Reader, Span, build, register
from analyzer.events.stacktraces.python_lines import (
    CAUSE,
    FRAME,
    GROUP_TITLE,
    HEADER,
    MARGIN,
    REMOTE,
    SEPARATORS,
    begin,
    final_line,
    heads,
    is_group_start,
    is_log_line,
    is_stack_header,
    is_strong_final,
    step,
)
from analyzer.model import Frame, Relation

LANGUAGE = "python"
_MAX_MESSAGE_LINES = 400
_MAX_GROUP_DEPTH = 40
_SUB_COUNT = re.compile(r" \(\d{1,9} sub-exceptions?\)$")


@dataclass(slots=True, kw_only=True)
class _Item:
    """A line without its margin, or the lines of a group's members."""

    at: int
    text: str = ""
    members: list[list[_Item]] | None = None
    group: bool = False
    """the line stood inside a group's margin"""


@dataclass(slots=True, kw_only=True)
class _Open:
    """The chain that is being read."""

    start: int
    end: int
    prefix: str = ""
    chain: list[Draft] = field(default_factory=list)
    pending: Relation | None = None
    truncated: bool = False


def read(lines: Sequence[str]) -> list[Span]:
    """All tracebacks of a text, in order."""
    return _Machine(_margins_off(lines)).run()


class _Machine:
    """Reads the items of one level; a group's members are read by machines of their own."""

    def __init__(self, items: list[_Item], depth: int = 0) -> None:
        self.items = items
        self.depth = depth
        self.i = 0
        self.open: _Open | None = None
        self.spans: list[Span] = []
        self.chains: list[list[Draft]] = []
        self.truncated = False

    def run(self) -> list[Span]:
        while self.i < len(self.items):
            item = self.items[self.i]
            text = item.text
            if item.members is not None:
                self._members(item)
                self.i += 1
            elif HEADER.search(text):
                self._traceback(header=True)
            elif text in SEPARATORS or text.strip() in SEPARATORS:
                self._separator(item, text.strip())
            elif REMOTE.match(text) and self._remote():
                pass
            elif is_stack_header(text):
                self._stack_info(item)
            elif FRAME.match(text) or self._is_bare_group(item):
                self._traceback(header=False)
            elif self.depth and self.open is None and final_line(text):
                self._traceback(header=True, bare=True)
            elif text.strip() or (self.open is None):
                self._close()
                self.i += 1
            else:
                self.i += 1
        self._close()
        return self.spans

    def _is_bare_group(self, item: _Item) -> bool:
        """A group that was never raised has no frames: it begins with its closing line."""
        expected = self.open is None or self.open.pending is not None
        return item.group and expected and GROUP_TITLE.match(item.text) is not None

    # -- chains

    def _separator(self, item: _Item, text: str) -> None:
        relation = Relation.CAUSE if text == CAUSE else Relation.CONTEXT
        if self.open is None:
            self.open = _Open(start=item.at, end=item.at + 1, truncated=True)
        if self.open.chain:
            self.open.pending = relation
        self.open.end = item.at + 1
        self.i += 1

    def _join(self, draft: Draft, start: int, prefix: str, truncated: bool) -> _Open:
        """The chain this exception belongs to: the open one after a separator, else a new one."""
        if self.open is not None and self.open.chain and self.open.pending is None:
            self._close()
        if self.open is None:
            self.open = _Open(start=start, end=start + 1, prefix=prefix)
        elif self.open.pending is not None:
            self.open.chain[-1].relation = self.open.pending
            self.open.pending = None
        self.open.chain.append(draft)
        self.open.truncated |= truncated
        return self.open

    def _close(self) -> None:
        found, self.open = self.open, None
        if found is None or not found.chain:
            return
        truncated = found.truncated or found.pending is not None
        if self.depth:
            self.chains.append(found.chain)
            self.truncated |= truncated
            return
        trace = build(LANGUAGE, found.chain, truncated=truncated)
        self.spans.append(Span(start=found.start, end=found.end, trace=trace, prefix=found.prefix))

    def _members(self, item: _Item) -> None:
        if self.open is None or not self.open.chain or self.open.pending is not None:
            self._join(Draft(), item.at, "", True)
        assert self.open is not None
        for section in item.members or ():
            inner = _Machine(section, self.depth + 1)
            inner.run()
            self.open.truncated |= inner.truncated
            self.open.chain[-1].members += inner.chains[:1]
        self.open.end = max(self.open.end, _last_line(item) + 1)

    # -- one exception

    def _traceback(self, *, header: bool, bare: bool = False) -> None:
        item = self.items[self.i]
        draft = Draft()
        prefix = ""
        if header and not bare:
            found = HEADER.search(item.text)
            prefix = item.text[: found.start()] if found else ""
            self.i += 1
        lost_head = not header and FRAME.match(item.text) is not None
        title_only = not header and not lost_head
        spaced = self._frames(draft)
        complete = self._final(draft, spaced)
        syntax = bool(draft.type and draft.type.rpartition(".")[2] in ("SyntaxError", "IndentationError", "TabError"))
        lost = lost_head and not (syntax and len(draft.frames) == 1)
        chain = self._join(draft, item.at, prefix, (lost and not title_only) or not complete)
        chain.end = self.items[self.i - 1].at + 1 if self.i else item.at + 1

    def _frames(self, draft: Draft) -> bool:
        """Frames and what belongs to them; True where blank lines stand between frames, as loguru prints them."""
        spaced = blank = False
        stripped = False
        want_code = False
        first = True
        while self.i < len(self.items):
            item = self.items[self.i]
            text = item.text
            if item.members is not None:
                break
            frame = FRAME.match(text)
            if frame:
                spaced |= blank
                blank = False
                stripped |= first and not text[:1].isspace() and not text.startswith(">")
                draft.frames.append(
                    Frame(file=frame["file"], line=int(frame["line"]), function=frame["function"] or None)
                )
                want_code = not frame["file"].startswith("<frozen ")
                first = False
            elif not text.strip():
                if not self._frames_go_on(spaced or first):
                    break
                blank = True
            elif text[0].isspace() or text[0] in "│└":
                if want_code and draft.frames:
                    draft.frames[-1] = _with_code(draft.frames[-1], text.strip())
                    want_code = False
            elif stripped and want_code and not is_strong_final(text) and text.strip() not in SEPARATORS:
                draft.frames[-1] = _with_code(draft.frames[-1], text.strip())
                want_code = False
            elif not (stripped and (set(text) <= set("^~ ") or text.startswith("[Previous line"))):
                break
            self.i += 1
        return spaced

    def _frames_go_on(self, spaced: bool) -> bool:
        """Whether a blank line lies between frames or before the closing line."""
        following = next(
            (x for x in self.items[self.i + 1 : self.i + 4] if x.members is not None or x.text.strip()), None
        )
        if following is None or following.members is not None:
            return False
        if FRAME.match(following.text):
            return True
        return bool((spaced or is_strong_final(following.text)) and final_line(following.text))

    def _final(self, draft: Draft, spaced: bool) -> bool:
        """The closing `Type: message` line with what follows of the message; False where it is missing."""
        if self.i >= len(self.items) or self.items[self.i].members is not None:
            return False
        found = final_line(self.items[self.i].text)
        if found is None:
            return False
        draft.type, first = found
        self.i += 1
        message = [first]
        quoted = first.rstrip().endswith(":") or not first.strip()
        while self.i < len(self.items) and len(message) < _MAX_MESSAGE_LINES:
            item = self.items[self.i]
            text = item.text
            if item.members is not None or text.strip() in SEPARATORS or is_log_line(text):
                break
            if HEADER.search(text) and not quoted:
                break
            if not text.strip() or (spaced and FRAME.match(text)) or is_group_start(text):
                break
            message.append(text)
            self.i += 1
        text = "\n".join(message).rstrip()
        if len(message) == 1 or draft.type.rpartition(".")[2].endswith("Group"):
            text = _SUB_COUNT.sub("", text)
        draft.message = text
        return True

    def _remote(self) -> bool:
        """The traceback of another process, quoted in full: its frames and its last line are what counts."""
        item = self.items[self.i]
        if self.i + 2 >= len(self.items) or self.items[self.i + 1].text.strip() != '"""':
            return False
        end = next((n for n in range(self.i + 2, len(self.items)) if self.items[n].text.strip() == '"""'), None)
        if end is None:
            return False
        inner = _Machine(self.items[self.i + 2 : end], self.depth + 1)
        inner.run()
        found = REMOTE.match(item.text)
        draft = Draft(type=found["type"] if found else None)
        if inner.chains:
            title = inner.chains[0][-1]
            draft.frames = title.frames
            draft.message = f"{title.type}: {title.message}" if title.type and title.message else title.type or ""
        self.i = end + 1
        self._join(draft, item.at, "", inner.truncated).end = self.items[end].at + 1
        return True

    def _stack_info(self, item: _Item) -> None:
        """`Stack (most recent call last)`: frames that are no error."""
        self._close()
        self.i += 1
        before = self.i
        self._frames(Draft())
        if not self.depth and self.i > before:
            self.spans.append(Span(start=item.at, end=self.items[self.i - 1].at + 1, trace=None))


def _with_code(frame: Frame, code: str) -> Frame:
    return Frame(file=frame.file, line=frame.line, function=frame.function, code=code[:500])


def _last_line(item: _Item) -> int:
    at = item.at
    while item.members and item.members[-1]:
        item = item.members[-1][-1]
        at = max(at, item.at)
    return at


def _margins_off(lines: Sequence[str]) -> list[_Item]:
    """Lines as items; runs of lines with a group's margin become nested items, read by depth of the margin."""
    items: list[_Item] = []
    i = 0
    while i < len(lines):
        if not is_group_start(lines[i]):
            items.append(_Item(at=i, text=lines[i]))
            i += 1
            continue
        end = i
        while end < len(lines) and MARGIN.match(lines[end]):
            end += 1
        items += _group(lines, i, end)
        i = end
    return items


def _group(lines: Sequence[str], start: int, end: int) -> list[_Item]:
    """The items of a group's drawing. A stack holds one open list of sections per level of the margin."""
    top: list[_Item] = []
    levels: list[list[_Item]] = [top]
    base: int | None = None
    for at in range(start, end):
        found = MARGIN.match(lines[at])
        assert found is not None
        mark = found["mark"] or ""
        if base is None:
            base = len(found["indent"])
        depth = min(max(0, (len(found["indent"]) - base) // 2), _MAX_GROUP_DEPTH)
        if mark.startswith("+-"):
            if mark.startswith("+-+"):
                depth = min(depth + 1, _MAX_GROUP_DEPTH)
            del levels[max(1, depth) :]
            if any(ch.isdigit() or ch == "." for ch in mark):
                _open_section(levels, at)
            continue
        del levels[depth + 1 :]
        text = mark[1:].lstrip() if mark else found["text"] or ""
        levels[-1].append(_Item(at=at, text=text, group=True))
    return top


def _open_section(levels: list[list[_Item]], at: int) -> None:
    """Begin the next member of the group whose lines are in the innermost open level."""
    owner = levels[-1]
    if not owner or owner[-1].members is None:
        owner.append(_Item(at=at, members=[], group=True))
    section: list[_Item] = []
    members = owner[-1].members
    assert members is not None
    members.append(section)
    levels.append(section)


register(
    Reader(
        language=LANGUAGE,
        hints=("(most recent call", 'File "', "File \\", "sub-exception", *sorted(SEPARATORS)),
        read=read,
        begin=begin,
        heads=heads,
        step=step,
    )
)
