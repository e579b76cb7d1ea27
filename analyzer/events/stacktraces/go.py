"""Go: panics and fatal errors of the runtime, goroutines printed by recovery handlers, stacks that errors carry.

`goroutine N [state]:` and pairs of lines, a call and its place. The goroutine that failed is the first one; the
others are printed beside it and are no errors of their own. A dump of goroutines that nothing failed in is no trace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from analyzer.events.stacktraces.core import Draft, Reader, Span, build, register
from analyzer.events.stacktraces.go_errors import read_error
from analyzer.events.stacktraces.go_lines import GOROUTINE, GRAMMAR, LOG_PREFIX, RAISED, RECOVERED
from analyzer.events.stacktraces.line_grammar import Token
from analyzer.model import Frame, Relation

_SAID = frozenset(("panic", "repanic", "fatal", "death", "race"))
_CALLS = frozenset(("func", "main", "created", "plain"))
_PLACES = frozenset(("loc", "outer", "place"))
_STACK_BEGINS = frozenset(("goroutine", "func", "main", "created", "loc", "access"))
_STACK_OF_ITSELF = re.compile(r"runtime/(?:debug\.(?:Stack|PrintStack)|pprof\.)|runtime\.Stack$")
_PANIC = ("panic", "runtime.gopanic")
_UNDER_PANIC = re.compile(r"runtime\.[a-z]\w*$")
"""what the runtime calls between the failing line and `panic`; it is hidden unless GOTRACEBACK asks for it"""
_ORDINARY_ENDS = ("runtime.goexit", "runtime.main")
_MAX_SHARES = 40
"""older panics that get their part of the stack; each is a copy"""


@dataclass(slots=True, kw_only=True)
class _Block:
    """A goroutine, or one side of a data race."""

    state: str
    frames: list[Frame] = field(default_factory=list)
    """innermost first, as printed"""


def read(lines: Sequence[str]) -> list[Span]:
    """Every stack of a text."""
    spans: list[Span] = []
    for run in GRAMMAR.runs(lines):
        for part in _split(run):
            span = _span(part, lines, spans[-1].end if spans else 0)
            if span is not None:
                spans.append(span)
    return spans


def _split(run: list[Token]) -> Iterator[list[Token]]:
    """A goroutine that prints its own stack is not one of the others beside the one before it."""
    start = 0
    for i, token in enumerate(run):
        if (
            token.kind == "goroutine"
            and i + 1 < len(run)
            and any(t.kind in _CALLS for t in run[start : min(i, start + 8)])
            and run[i + 1].kind == "func"
            and _STACK_OF_ITSELF.match(run[i + 1].found["function"])
        ):
            yield run[start:i]
            start = i
    yield run[start:]


def _span(run: list[Token], lines: Sequence[str], free: int) -> Span | None:
    kinds = {token.kind for token in run}
    if kinds & {"goroutine", "func", "main"}:
        return _runtime_stack(run, lines, free)
    if "place" in kinds or "addr" in kinds:
        return read_error(run, lines, free)
    if run[0].kind in ("panic", "fatal", "death") and kinds & {"signal", "repanic", "exit", "registers"}:
        return _runtime_stack(run, lines, free)
    return _runtime_stack(run, lines, free) if "outer" in kinds else None


def _runtime_stack(run: list[Token], lines: Sequence[str], free: int) -> Span | None:
    at = next((i for i, t in enumerate(run) if t.kind in _STACK_BEGINS or _is_runtime_stack(t)), len(run))
    said = list(_said(run, at, lines))
    blocks = list(_blocks(run[at:]))
    first = next((b for b in blocks if b.state != "runtime stack"), blocks[0] if blocks else None)
    frames = first.frames if first else []
    start, end, prefix = run[0].at, run[-1].at + 1, ""
    headless = not said
    if headless:
        itself = bool(frames) and _STACK_OF_ITSELF.match(frames[0].function or "") is not None
        raised = any(f.function in _PANIC for f in frames)
        if first is None or (first.state and (itself or not first.state.startswith("running")) and not raised):
            return Span(start=start, end=end, trace=None)
        if not first.state and not any(t.kind in _PLACES for t in run):
            return None
        said = [Draft(type="panic" if raised else None)]
        before = _before(lines, start, free) if itself else None
        if before is not None:
            headless, said[0].message = False, before
    else:
        prefix = _prefix(lines[start]) if run[0].kind == "panic" else ""
    _share(said, frames)
    cut = headless or run[-1].kind in _CALLS | {"goroutine", "preamble", "access"} or not frames
    return Span(start=start, end=end, trace=build("go", said, truncated=cut), prefix=prefix)


# -- what was said


def _said(run: list[Token], end: int, lines: Sequence[str]) -> Iterator[Draft]:
    """Panics and fatal errors in the order in which they happened."""
    newest = max((i for i in range(end) if run[i].kind in _SAID), default=-1)
    for i in range(end):
        token = run[i]
        if token.kind not in _SAID:
            continue
        line = lines[token.at]
        relation = Relation.CONTEXT if i != newest else None
        if token.kind == "fatal":
            yield Draft(type="fatal error", message=token.found["message"].strip(), relation=relation)
        elif token.kind == "death":
            yield Draft(type=token.found["type"], message=token.found["message"].strip(), relation=relation)
        elif token.kind == "race":
            yield Draft(type=None, message=line.strip(), relation=relation)
        else:
            stop = i + 1
            while stop < len(run) and run[stop].kind == "text":
                stop += 1
            stop = run[stop].at if stop < len(run) else run[-1].at + 1
            yield Draft(type="panic", message=_message(line, lines[token.at + 1 : stop]), relation=relation)


def _message(line: str, more: Sequence[str]) -> str:
    """The value of a panic. The runtime indents the lines after the first by a tab since Go 1.20."""
    found = RAISED.search(line[:600])
    first = line[found.end() :] if found else line
    goroutine = first.rfind("goroutine ")
    if goroutine >= 0 and GOROUTINE.match(first, goroutine):
        first = first[:goroutine].rstrip()
    rest = [text.rstrip() for text in more]
    while rest and not rest[-1]:
        rest.pop()
    if all(not text or text.startswith("\t") for text in rest):
        rest = [text[1:] for text in rest]
    return RECOVERED.sub("", "\n".join([first.rstrip(), *rest]).strip("\n"))


def _prefix(line: str) -> str:
    """What stood before the panic, without what every logger prints."""
    found = RAISED.search(line[:600])
    before = line[: found.start()] if found else ""
    return before[LOG_PREFIX.match(before).end() :] if before else ""  # type: ignore[union-attr] # it matches nothing too


def _before(lines: Sequence[str], start: int, free: int) -> str | None:
    """What was logged together with a stack that a goroutine printed of itself."""
    if start <= free or not lines[start - 1].strip():
        return None
    line = lines[start - 1]
    return line[LOG_PREFIX.match(line).end() :].strip() or None  # type: ignore[union-attr]


# -- frames


def _blocks(tokens: Iterable[Token]) -> Iterator[_Block]:
    block: _Block | None = None
    function: str | None = None
    for token in tokens:
        if token.kind in ("goroutine", "access") or _is_runtime_stack(token):
            if block is not None:
                yield from _closed(block, function)
            state = token.found["state"] if token.kind == "goroutine" else "running"
            block, function = _Block(state="runtime stack" if token.kind == "aside" else state), None
            continue
        block = block or _Block(state="")
        if token.kind in _CALLS:
            _append(block, function)
            function = "main.main" if token.kind == "main" else token.found["function"]
        elif token.kind in _PLACES:
            block.frames.append(Frame(file=token.found["file"], line=int(token.found["line"]), function=function))
            function = None
    if block is not None:
        yield from _closed(block, function)


def _is_runtime_stack(token: Token) -> bool:
    return token.kind == "aside" and "runtime stack:" in token.found[0]


def _closed(block: _Block, function: str | None) -> Iterator[_Block]:
    _append(block, function)
    yield block


def _append(block: _Block, function: str | None) -> None:
    if function is not None:
        block.frames.append(Frame(file=None, line=None, function=function))


def _share(said: list[Draft], frames: list[Frame]) -> None:
    """Give every panic its part of the stack.

    `panic(…)` in a stack is a panic that still goes on: below it is what raised it, above it the deferred functions
    that ran because of it. Of several panics the newest was raised topmost.
    """
    bounds = [i for i, f in enumerate(frames) if f.function in _PANIC]
    top = -1
    if bounds and (bounds[0] == 0 or len(bounds) >= len(said)):
        top = bounds[0]
        bounds = bounds[1:]
    start = top + 1
    if top >= 0:
        start = _below(frames, start)
    # Deferred functions are no part of what failed, yet they are printed: they stand first, as if outermost.
    said[-1].frames = [*reversed(frames[:start]), *reversed(frames[start:])]
    for draft, bound in zip(reversed(said[-_MAX_SHARES - 1 : -1]), bounds, strict=False):
        draft.frames = frames[_below(frames, bound + 1) :][::-1]


def _below(frames: list[Frame], start: int) -> int:
    """Past the runtime's own frames under a `panic(…)`, where others follow."""
    at = start
    while at < len(frames) and (name := frames[at].function or "") not in _ORDINARY_ENDS and _UNDER_PANIC.match(name):
        at += 1
    return at if at < len(frames) and frames[at].function not in _ORDINARY_ENDS else start


register(
    Reader(
        language="go",
        hints=("goroutine ", ".go:"),
        read=read,
        begin=GRAMMAR.begin,
        step=GRAMMAR.step,
    )
)
