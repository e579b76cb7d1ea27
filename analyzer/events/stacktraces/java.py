"""JVM stack traces: Java, Kotlin, Scala, Groovy, Clojure, Android; as the JVM and as its loggers print them.

Printed newest first: the title, then what caused it. Only logback's root-first order (`Wrapped by:`) is the other way
round. `Suppressed:` hangs under the exception whose frames it follows, and is told apart from its neighbours by its
indent. Frames behind `... n more` are the enclosing exception's, and are not repeated here.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.events.stacktraces.core import Draft, Reader, Span, build, register
from analyzer.events.stacktraces.java_lines import HEADS, TITLES, bare, begin, step
from analyzer.events.stacktraces.java_runs import stacks_of
from analyzer.events.stacktraces.java_titles import coded, nested_in, titled
from analyzer.events.stacktraces.line_grammar import Token
from analyzer.model import Frame, Relation

LANGUAGE = "java"
_MAX_NESTING = 40
_FRAME_KINDS = frozenset(("frame", "named", "guest"))
_ALONE = frozenset(("frame", "named", "thrown"))
"""kinds of lines that are a stack by themselves"""
_MANGLED_FILE = re.compile(r"\.([^.]{1,200}\.(?:java|kt|scala))$")
_STACK_OF_NO_ERROR = "java.lang.Thread.dumpStack"


@dataclass(slots=True, kw_only=True)
class _Chain:
    """Exceptions that cause one another, and how deep they are indented."""

    indent: int
    drafts: deque[Draft]
    """oldest first"""
    into: list[Draft]
    """where they go when the chain is complete"""
    current: Draft
    """the one read last"""


def read(lines: Sequence[str]) -> list[Span]:
    """All stacks of a text, in order; a thread dump is one without a trace."""
    shown = [bare(line) for line in lines]
    runs = [run for run in stacks_of(shown) if len(run) > 1 or run[0].kind in _ALONE]
    return [span for run in runs if (span := _Assembly(run, shown).span()) is not None]


class _Assembly:
    """The lines of one stack → its exceptions."""

    def __init__(self, tokens: list[Token], lines: Sequence[str]) -> None:
        self.tokens = tokens
        self.lines = lines
        self.message_from = tokens[0].at
        self.open: list[_Chain] = []
        self.strict = 0
        """frames with a place"""
        self.cut = False
        self.prefix = ""

    def span(self) -> Span | None:
        tokens = self.tokens
        if any(token.kind in ("thread", "state") for token in tokens[:2]):
            return Span(start=tokens[0].at, end=tokens[-1].at + 1, trace=None) if len(tokens) > 1 else None
        for n, token in enumerate(tokens):
            self._take(token, n)
        if not self.open or not self._is_stack():
            return None
        first, last = tokens[0], tokens[-1]
        chain = self.open[0].drafts
        self._nested(chain)
        span = Span(start=first.at, end=last.at + 1, trace=None, prefix=self.prefix)
        innermost = chain[-1].frames[0].function if len(chain) == 1 and chain[-1].frames else None
        if innermost == _STACK_OF_NO_ERROR:
            return span
        truncated = self.cut or first.kind not in (*TITLES, "fatal") or last.kind == "announced" or self._ends_in_head()
        title = self.open[0].into
        while self.open:
            _complete(self.open.pop())
        trace = build(LANGUAGE, title, truncated=truncated)
        return Span(start=span.start, end=span.end, trace=trace, prefix=span.prefix)

    def _is_stack(self) -> bool:
        """Frames prove a stack; without any, what the JVM says of a dead thread does, and a chain of two."""
        first = self.tokens[0]
        if self.strict or first.kind == "thrown":
            return True
        loose = sum(token.kind == "loose" for token in self.tokens)
        return loose > 1 or (loose == 1 and first.kind in ("title", "coded")) or self._is_chain()

    def _is_chain(self) -> bool:
        types = [draft.type or "" for draft in self.open[0].drafts]
        return len(types) > 1 and any("." in name for name in types)

    def _ends_in_head(self) -> bool:
        """The last exception was announced, and nothing of its frames is there although the others have some."""
        last = next(token for token in reversed(self.tokens) if token.kind not in ("message", "nested", "quoted"))
        return last.kind in ("caused", "suppressed", "wrapped") and self.strict > 0

    def _take(self, token: Token, n: int) -> None:
        kind = token.kind
        if kind in _FRAME_KINDS:
            self.strict += 1
            draft = self.open[-1].current if self.open else self._draft(token)
            draft.frames.append(_frame(token))
        elif kind in HEADS:
            self._head(token)
        elif kind in ("message", "nested", "quoted", "quotation"):
            draft = self._draft(token)
            said = self.lines[self.message_from + 1 : token.at + 1]
            draft.message = "\n".join((draft.message, *said)).rstrip()
            self.message_from = token.at
        elif kind == "loose":
            self._loose(token, last=n == len(self.tokens) - 1)
        elif kind == "driver":
            self._driver(token)
        elif kind == "more" and "truncated" in token.found.string:
            self.cut = True

    def _draft(self, token: Token) -> Draft:
        if not self.open:
            draft = Draft()
            self._begin(draft, _width(token.found.string), [])
        return self.open[-1].current

    def _head(self, token: Token) -> None:
        draft = titled(token)
        self.message_from = token.at
        indent = _width(token.found.string)
        if not self.open:
            self._begin(draft, indent, [])
            if token.kind in ("logged", "told"):
                self.prefix = token.found.string[: token.found.start("type")]
        elif token.kind == "suppressed":
            self._suppressed(draft, indent)
        else:
            while len(self.open) > 1 and self.open[-1].indent > indent:
                _complete(self.open.pop())
            self._chained(self.open[-1], draft, newer=token.kind == "wrapped")

    def _chained(self, chain: _Chain, draft: Draft, *, newer: bool) -> None:
        if newer:
            chain.drafts[-1].relation = Relation.CAUSE
            chain.drafts.append(draft)
        else:
            draft.relation = Relation.CAUSE
            chain.drafts.appendleft(draft)
        chain.current = draft

    def _suppressed(self, draft: Draft, indent: int) -> None:
        """Under the exception whose frames are as far in; where the indent was lost, under the main one."""
        indent = max(indent, self.open[0].indent + 1)
        while len(self.open) > 1 and (self.open[-1].indent >= indent or len(self.open) > _MAX_NESTING):
            _complete(self.open.pop())
        chain: list[Draft] = []
        self.open[-1].current.suppressed.append(chain)
        self._begin(draft, indent, chain)

    def _begin(self, draft: Draft, indent: int, into: list[Draft]) -> None:
        self.open.append(_Chain(indent=indent, drafts=deque((draft,)), into=into, current=draft))

    def _loose(self, token: Token, *, last: bool) -> None:
        """A frame that lost its end: the last line of a stack that was cut, else a mangled one."""
        if last and self.strict:
            self.cut = True
            return
        function = token.found["function"].rstrip(".")
        file = _MANGLED_FILE.search(function)
        line = token.found["line"]
        frame = Frame(
            file=file[1] if file else None, line=int(line) if line else None, function=None if file else function
        )
        self._draft(token).frames.append(frame)

    def _driver(self, token: Token) -> None:
        """Spark quotes the executor's whole stack in the message and says where its own frames begin."""
        first = self.tokens[0]
        if first.kind not in TITLES:
            return
        draft = titled(first)
        draft.message = "\n".join((draft.message, *self.lines[first.at + 1 : token.at + 1]))
        self.open = []
        self._begin(draft, _width(first.found.string), [])

    def _nested(self, chain: deque[Draft]) -> None:
        """What only stands in the message of the oldest exception, as Spring and Elasticsearch print it."""
        inner = coded(self.tokens[0])[1:] if len(chain) == 1 else []
        for draft in inner or nested_in(chain[0].message):
            draft.relation = Relation.CAUSE
            chain.appendleft(draft)


def _complete(chain: _Chain) -> None:
    """Frames are printed innermost first."""
    for draft in chain.drafts:
        draft.frames.reverse()
    chain.into.extend(chain.drafts)


def _frame(token: Token) -> Frame:
    if token.kind == "frame":
        function, file, line, bare_file, nowhere = token.found.group("function", "file", "line", "bare", "nowhere")
        file, line = file or bare_file, line or nowhere
    else:
        function, file, line = token.found.group("function", "file", "line")
    return Frame(file=file, line=int(line) if line else None, function=function)


def _width(line: str) -> int:
    """How far in a line begins; a tab reaches to the next multiple of four, whatever stood for it before."""
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    if not indent:
        return 0
    return len(indent.expandtabs(4)) if "\t" in indent else len(indent)


register(
    Reader(
        language=LANGUAGE,
        hints=(
            *(".java", ".kt:", ".scala:", ".groovy:", ".clj:", "(Native Method)", "(Unknown Source", "SourceFile:"),
            *("Caused by: ", "Exception in thread ", "Exception[", "UncaughtExceptionHandler in thread"),
        ),
        read=read,
        begin=begin,
        step=step,
    )
)
