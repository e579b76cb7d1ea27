"""Elixir's stacks: what `Exception.format` prints, with the reports that Logger, Plug and ExUnit put around it.

Printed newest first, frames innermost first. An exit names what made it happen below itself, deeper indented:
`** (exit) exited in: GenServer.call(…)`, `** (EXIT) an exception was raised:`, `** (ArithmeticError) …`. A wrapper that
says no more than that an exception was raised is not one itself. Types are what stands in the parentheses: `exit`,
`throw`, `stop` and `EXIT` too. What Erlang prints is read by `elixir_erlang`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from analyzer.events.stacktraces import elixir_erlang as erlang
from analyzer.events.stacktraces.core import Draft, LineState, Move, Reader, Span, build, register
from analyzer.events.stacktraces.elixir_lines import GRAMMAR, TITLES
from analyzer.events.stacktraces.line_grammar import Token
from analyzer.model import Frame, Relation

LANGUAGE = "elixir"
_FRAMES = frozenset(("frame", "called"))
_HEADS = frozenset(("report", "numbered"))
_HOLLOW = re.compile(r"(?:shell process exited with reason: )?an exception was raised:$")
_NAMED_LIKE_ONE = re.compile(r"(?:Error|Exception)$|\.|^(?:exit|throw|stop|error|EXIT|Mix)$")
_MARKS = (
    *("** ", ".e", ") ", "xit", "xception", "terminat", "to start", " shut", "REPORT", "iex:", "nofile:", "stdin:"),
    *("in call from", "in function", "in operator", "crasher:"),
)
"""a line without any of these opens nothing"""
_BASE_OF_A_PROCESS = ":proc_lib."


def read(lines: Sequence[str]) -> list[Span]:
    """All stacks of a text, in order."""
    own = [span for run in GRAMMAR.runs(lines) if (span := _Assembly(run, lines).span()) is not None]
    return sorted([*own, *erlang.read(lines)], key=lambda span: span.start)


@dataclass(slots=True, kw_only=True)
class _Open:
    """An exception and how far in it is printed."""

    indent: int
    draft: Draft = field(default_factory=Draft)
    hollow: bool = False
    """it says nothing of its own"""
    complete: bool = False
    """its frames reach down to where a process begins"""

    def is_closed(self, indent: int | None) -> bool:
        """Whether a frame so far in (None: nobody knows) belongs to an exception further out."""
        return self.complete or self.hollow if indent is None else self.indent >= indent


class _Assembly:
    """The lines of one stack → its exceptions."""

    def __init__(self, tokens: list[Token], lines: Sequence[str]) -> None:
        self.tokens = tokens
        self.lines = lines
        self.opened: list[_Open] = []
        """newest first, as printed"""
        self.unclosed: list[_Open] = []
        """those that may still have frames: once an outer one has some, the inner ones are done"""
        self.message_from = tokens[0].at
        self.frames = 0
        self.certain = False

    def span(self) -> Span | None:
        first, last = self.tokens[0], self.tokens[-1]
        for token in self.tokens:
            self._take(token)
        if not self._is_stack():
            return None
        significant = next(t for t in reversed(self.tokens) if t.kind not in ("message", "value", "more-detail"))
        cut = first.kind not in (*TITLES, *_HEADS) or first.kind in ("exit", "inner")
        cut = cut or significant.kind in ("raised", "inner")
        kept = [one for one in self.opened if not one.hollow or one.draft.frames]
        chain = [one.draft for one in reversed(kept or self.opened[-1:])]
        for draft in chain:
            draft.frames.reverse()
            draft.message = draft.message.rstrip()
        for draft in chain[:-1]:
            draft.relation = Relation.CAUSE
        trace = build(LANGUAGE, chain, truncated=cut)
        return Span(start=first.at, end=last.at + 1, trace=trace, prefix=self._prefix())

    def _prefix(self) -> str:
        """A report's head is what was logged; else what stands before the title on its line, a logger's own aside."""
        first = self.tokens[0]
        said = first.found.groupdict().get("prefix") or ""
        if first.kind in _HEADS:
            return first.found.string[len(said) :]
        return "" if said.rstrip().endswith("]") else said

    def _is_stack(self) -> bool:
        """Frames under a title; else a title that can be nothing else, or frames that name what they belong to."""
        if not self.opened:
            return False
        first = self.tokens[0]
        if first.kind in _FRAMES:
            warned = first.at > 0 and "warning: " in self.lines[first.at - 1][:100]
            return not warned and (self.certain or self.frames > 1)
        if self.frames:
            return True
        title = self.opened[0].draft
        if first.kind == "told":
            prefix = first.found["prefix"].rstrip()
            return prefix.endswith(":") and (title.type or "").endswith(("Error", "Exception"))
        return first.kind == "report" or len(self.opened) > 1 or bool(_NAMED_LIKE_ONE.search(title.type or ""))

    def _take(self, token: Token) -> None:
        if token.kind in _FRAMES:
            self._frame(token)
        elif token.kind in TITLES:
            self._title(token)
        elif token.kind == "message":
            said = self.lines[self.message_from + 1 : token.at + 1]
            if self.tokens[0].kind == "numbered":  # ExUnit indents all of a message
                said = [line[min(_width(line), self.opened[-1].indent) :] for line in said]
            draft = self.opened[-1].draft
            draft.message = "\n".join((draft.message.rstrip(), *said))
            self.message_from = token.at

    def _title(self, token: Token) -> None:
        found = token.found.groupdict()
        kind = found.get("type") or found.get("bare")
        message = (found["message"] or "").rstrip()
        one = _Open(indent=_width(token.found.string), draft=Draft(type=kind, message=message))
        if token.kind == "raised" and _HOLLOW.match(message):
            one.hollow = True
        self._add(one)
        self.message_from = token.at

    def _add(self, one: _Open) -> None:
        self.opened.append(one)
        self.unclosed.append(one)

    def _frame(self, token: Token) -> None:
        frame = _frame(token)
        if not self.opened:
            self._add(_Open(indent=-1))
        self.frames += 1
        self.certain = self.certain or bool(token.found.groupdict().get("version"))
        owner = self._owner(_width(token.found.string))
        owner.draft.frames.append(frame)
        owner.complete = (frame.function or "").startswith(_BASE_OF_A_PROCESS)

    def _owner(self, indent: int) -> _Open:
        """The innermost exception that is less far in; where the indent was lost, the innermost not complete."""
        flat = self.opened[-1].indent == 0 and indent == 0
        while len(self.unclosed) > 1 and self.unclosed[-1].is_closed(None if flat else indent):
            self.unclosed.pop()
        return self.unclosed[-1]


def _frame(token: Token) -> Frame:
    found = token.found.groupdict()
    module = found.get("module")
    function = found.get("block") or (f"{module} (module)" if module else found.get("function")) or found.get("local")
    line = found.get("line")
    return Frame(file=found.get("file"), line=int(line) if line else None, function=function)


def _width(line: str) -> int:
    return len(line) - len(line.lstrip())


def begin(line: str) -> Move | None:
    """The state after a line that opens a stack by itself."""
    for mark in _MARKS:
        if mark in line:
            break
    else:
        return None
    return max(GRAMMAR.begin(line), erlang.begin(line), key=lambda move: move[1] if move else 0)


def step(state: LineState, line: str) -> Move | None:
    """The state after a line that goes on with an open stack."""
    return erlang.step(state, line) if erlang.knows(state) else GRAMMAR.step(state, line)


register(
    Reader(
        language=LANGUAGE,
        hints=("** (", ".ex:", ".exs:", ".erl:", *erlang.HINTS),
        read=read,
        begin=begin,
        step=step,
    )
)
