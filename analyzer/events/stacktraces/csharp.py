""".NET stack traces: .NET Framework, .NET Core and later, Mono, Unity; English words or the machine's own.

Printed innermost first: the inner exception's frames end at `--- End of inner exception stack trace ---`, then come
those of the one that wraps it. An `AggregateException` is a group: Mono and .NET Framework print its first inner
exception twice, once in the chain and once as `(Inner Exception #0)`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from analyzer.events.stacktraces.core import Draft, Reader, Span, build, register
from analyzer.events.stacktraces.csharp_lines import ARROW, FRAMES, GRAMMAR, INNER, STARTS
from analyzer.events.stacktraces.line_grammar import Token
from analyzer.model import Frame, Relation

LANGUAGE = "csharp"
_MAX_GROUPS = 40
_PROOFS = frozenset((*FRAMES, "member", "inner_end"))
"""kinds of lines without which a title is mere text"""
_CLOSE = "<---"
_TRAILING_CLOSES = re.compile(r"(?:<---){1,40}\s*$")


@dataclass(slots=True, kw_only=True)
class _Node:
    """An exception, the one it wraps, and the numbered ones of a group."""

    draft: Draft
    inner: _Node | None = None
    members: dict[int, _Node] = field(default_factory=dict)
    is_member: bool = False

    @property
    def is_group(self) -> bool:
        return bool(self.members) or (self.draft.type or "").endswith("AggregateException")


def read(lines: Sequence[str]) -> list[Span]:
    """All stacks of a text, in order."""
    runs = [run for run in GRAMMAR.runs(lines) if _is_stack(run)]
    return [span for run in runs if (span := _Assembly(run, lines).span()) is not None]


def _is_stack(run: list[Token]) -> bool:
    """Frames prove a stack; without any, what the runtime says of a process that died does."""
    first = run[0]
    if first.kind == "unhandled" and "." in first.found["type"]:
        return True
    return any(token.kind in _PROOFS for token in run)


class _Assembly:
    """The lines of one stack → its exceptions."""

    def __init__(self, tokens: list[Token], lines: Sequence[str]) -> None:
        self.tokens = tokens
        self.lines = lines
        self.message_from = tokens[0].at
        self.open: list[_Node] = []
        """the title first; frames belong to the last"""
        self.prefix = ""
        self.open_ended = False

    def span(self) -> Span | None:
        for token in self.tokens:
            self._take(token)
        first, last = self.tokens[0], self.tokens[-1]
        if not self.open:
            return None
        truncated = first.kind not in STARTS or len(self.open) > 1
        trace = build(LANGUAGE, _chain(self.open[0]), truncated=truncated)
        return Span(start=first.at, end=last.at + 1, trace=trace, prefix=self.prefix)

    def _take(self, token: Token) -> None:
        kind = token.kind
        if kind in FRAMES:
            self._top().draft.frames.append(_frame(token))
            self._close(token.found.groupdict().get("close") or "")
        elif kind in ("unhandled", "title", "logged", "told", "inner", "member"):
            self._head(token)
        elif kind == "fatal":
            self.open.append(_Node(draft=Draft(message=token.found.string.rstrip())))
        elif kind in ("message", "arrow", "closing"):
            self._message(token)
        elif kind == "inner_end":
            self._inner_end()
        elif kind == "close":
            self._close(token.found["close"])

    def _top(self) -> _Node:
        if not self.open:
            self.open.append(_Node(draft=Draft()))
        return self.open[-1]

    def _head(self, token: Token) -> None:
        found = token.found
        node = _Node(draft=Draft(type=found["type"]), is_member=token.kind == "member")
        if token.kind == "member":
            self._group().members[int(found["number"])] = node
        elif token.kind == "inner":
            self._top().inner = node
        elif token.kind in ("logged", "told"):
            self.prefix = found.string[: found.start("type")]
        self.open.append(node)
        self.message_from = token.at
        at = found.start("message") if found["message"] is not None else found.end("type")
        self._said(found.string[at:], first=True)

    def _message(self, token: Token) -> None:
        self._said("\n".join(self.lines[self.message_from + 1 : token.at + 1]))
        self.message_from = token.at

    def _said(self, text: str, *, first: bool = False) -> None:
        """Text of a message, in which arrows may lead to inner exceptions and an end mark to the group."""
        closes = _TRAILING_CLOSES.search(text) if _CLOSE in text[-200:] else None
        text = text[: closes.start()] if closes else text
        at = 0
        for arrow in ARROW.finditer(text) if "--->" in text else ():
            self._add(text[at : arrow.start()], first=first)
            found = INNER.match(text, arrow.end())
            node = _Node(draft=Draft(type=found["type"] if found else None))
            self._top().inner = node
            self.open.append(node)
            first = True
            at = found.end() if found else arrow.end()
        self._add(text[at:], first=first)
        if closes:
            self._close(closes[0].strip())

    def _add(self, said: str, *, first: bool) -> None:
        draft = self._top().draft
        draft.message = said.rstrip() if first else f"{draft.message}\n{said}".rstrip()

    def _group(self) -> _Node:
        """The group that a numbered exception belongs to."""
        while len(self.open) > 1 and not self.open[-1].is_group:
            self.open.pop()
        return self._top()

    def _inner_end(self) -> None:
        if len(self.open) > 1:
            self.open.pop()
        else:  # the head was lost, and with it the one that wraps this one
            inner = self._top()
            self.open = [_Node(draft=Draft(), inner=inner)]

    def _close(self, mark: str) -> None:
        for _ in range(len(mark) // len(_CLOSE)):
            while len(self.open) > 1 and not self.open.pop().is_member:
                pass


def _chain(node: _Node, groups: int = 0) -> list[Draft]:
    """The exceptions from the oldest to this one; a group's hang under it."""
    drafts: list[Draft] = []
    at: _Node | None = node
    while at is not None:
        draft, inner = at.draft, at.inner
        draft.frames.reverse()
        drafts.append(draft)
        if at.is_group and groups < _MAX_GROUPS:
            members = at.members if 0 in at.members or inner is None else {0: inner, **at.members}
            draft.members = [_chain(members[number], groups + 1) for number in sorted(members)]
            break
        if inner is not None:
            inner.draft.relation = Relation.CAUSE
        at = inner
    drafts.reverse()
    return drafts


def _frame(token: Token) -> Frame:
    found = token.found.groupdict()
    file = found.get("file")
    if file is None or file.startswith("<"):
        return Frame(file=None, line=None, function=_name(found["function"]))
    return Frame(file=file, line=int(found["line"]), function=_name(found["function"]))


def _name(function: str) -> str:
    """Without a return type in front, which Ben.Demystifier prints; F# has blanks in the name itself."""
    if " " not in function:
        return function
    depth = 0
    for at in range(len(function) - 1, 0, -1):
        char = function[at]
        depth += (char in ">]") - (char in "<[")
        if char == " " and depth <= 0:
            name = function[at + 1 :]
            return name if "." in name or ":" in name else function
    return function


register(
    Reader(
        language=LANGUAGE,
        hints=(
            *(
                "  at ",
                "\tat ",
                "\nat ",
                ":line ",
                "--- End of ",
                " ---> ",
                " [0x0",
                "at System.",
                "at Microsoft.",
                ".cs:",
            ),
            *("nhandled exception", "nhandled Exception", "UNHANDLED EXCEPTION"),
        ),
        besides=(
            "Exception",
            "xception:",
            ":line ",
            ".cs",
            " [0x0",
            "System.",
            "Microsoft.",
            "EXCEPTION",
            ".vb",
            ".fs",
        ),
        read=read,
        begin=GRAMMAR.begin,
        step=GRAMMAR.step,
    )
)
