"""Ruby's stacks: Ruby 1.8 to 3.4 and JRuby, Logger, Rails, Sidekiq, Rake, RSpec, minitest, bare lists of places.

The innermost place stands first, and what caused an error is printed after it; below `Traceback (most recent call
last):` (Ruby 2.5 to 2.7, and `full_message(order: :bottom)`) both are the other way round.
https://docs.ruby-lang.org/en/master/Exception.html#method-i-full_message
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from analyzer.events.stacktraces.core import Draft, LineState, Move, Reader, Span, build, register
from analyzer.events.stacktraces.line_grammar import Token
from analyzer.events.stacktraces.ruby_lines import BARE, GRAMMAR, REVERSED, TITLES, TOLD
from analyzer.events.stacktraces.ruby_titles import Title, failure_title, printed_title, told_title
from analyzer.model import Frame, Relation

LANGUAGE = "ruby"
_PRINTED = (*TITLES, "syntax", "bug")
_TESTS = ("failure", "failed")
_HEADERS = ("thread", "aborted", "caused", "rspec_cause")
_FRAMES = ("from", "numbered", *BARE)
_LOOSE = ("text", "bug_said", "failure_said", "failed_text", "rule")
_MAX_LINES = 400
_RESCUED = ("in `rescue in ", "in `ensure in ", ":in '", " levels...", "<internal:ractor>")


@dataclass(slots=True, kw_only=True)
class _Block:
    """The lines of one exception."""

    start: int
    head: Token | None = None
    header: Token | None = None
    """the line that announces it"""
    calls: list[Token] = field(default_factory=list)
    """in printed order"""
    elided: bool = False
    reversed: bool = False
    """the outermost call stands first, the title last"""
    older: bool = False
    """the header says that it caused the one before"""
    end: int = 0


def read(lines: Sequence[str]) -> list[Span]:
    """All stacks of a text, in order."""
    spans: list[Span] = []
    for run in GRAMMAR.runs(lines):
        if len(run) == 1 and run[0].kind in TOLD:
            continue
        for chain in _chains(_blocks(run), lines):
            span = _span(chain, lines, spans[-1].end if spans else 0)
            if span is not None:
                spans.append(span)
    return spans


def _blocks(run: list[Token]) -> list[_Block]:
    """A run as its exceptions, in printed order."""
    blocks: list[_Block] = []
    block: _Block | None = None
    for token in run:
        kind = token.kind
        if kind in _HEADERS or kind == "traceback":
            block = _Block(start=token.at, header=token, older=kind in ("caused", "rspec_cause"))
            block.reversed = kind == "traceback"
            blocks.append(block)
        elif kind == "retold" and block is not None and not token.found["cause"]:
            block.head = token
        elif kind in (*_PRINTED, *TOLD, *_TESTS, "retold"):
            closes = block is not None and block.reversed and block.head is None
            follows = block is not None and block.head is None and not block.calls
            if block is None or not (closes or follows):
                block = _Block(start=token.at, older=kind == "retold")
                blocks.append(block)
            block.head = token
        elif kind in _FRAMES:
            if block is None or (kind == "numbered" and block.head is not None):
                block = _Block(start=token.at, reversed=kind == "numbered")
                blocks.append(block)
            if kind in BARE and block.calls and block.calls[-1].kind == "from":
                if block.head is not None and block.head.kind in (*_PRINTED, "levels"):
                    block = _Block(start=token.at)
                    blocks.append(block)
                block.calls.clear()  # those were words of the message
            block.calls.append(token)
        elif kind == "levels" and block is not None:
            block.elided = True
        if block is not None and kind not in _LOOSE:
            block.end = token.at + 1
    return blocks


def _chains(blocks: list[_Block], lines: Sequence[str]) -> list[list[_Block]]:
    """Blocks that hang together; two errors that were printed one after the other do not."""
    chains: list[list[_Block]] = []
    for block in blocks:
        before = chains[-1][-1] if chains else None
        if before is not None and (block.older or _is_linked(before, block, lines)):
            chains[-1].append(block)
        else:
            chains.append([block])
    return chains


def _is_linked(newer: _Block, older: _Block, lines: Sequence[str]) -> bool:
    """Whether what was printed next caused it: it was rescued then, and both were called by the same program."""
    if newer.reversed or older.reversed:
        return newer.reversed and older.reversed and older.header is None
    if newer.head is None or older.head is None or newer.head.kind not in TITLES or older.head.kind not in TITLES:
        return False
    if older.header is not None or lines[newer.head.at] == lines[older.head.at]:
        return False
    if not newer.elided and not any(_shows_rescue(lines[at]) for at in range(newer.start, newer.end)):
        return False
    return newer.elided or older.elided or _outermost(newer) == _outermost(older)


def _shows_rescue(line: str) -> bool:
    """A frame inside `rescue` or `ensure`; Ruby 3.4 does not show them any more, and quotes in another way."""
    return any(mark in line for mark in _RESCUED)


def _outermost(block: _Block) -> tuple[str | None, str]:
    token = block.calls[-1] if block.calls else block.head
    assert token is not None
    function = token.found.groupdict().get("function") or ""
    return token.found["file"], function.rpartition(" in ")[2]


def _span(chain: list[_Block], lines: Sequence[str], free_from: int) -> Span | None:
    first = chain[0]
    if not any(_is_stack(block) for block in chain):
        return None
    drafts = [_draft(block, lines) for block in chain]
    start, end, prefix = first.start, chain[-1].end, ""
    cut = any(_is_cut(block) for block in chain)
    head = first.head
    if head is not None and head.kind in TOLD:
        prefix = head.found["pre"].strip() if head.found["said"].startswith(("#<", "error_class=")) else ""
    elif head is None and not first.reversed and first.header is None:
        above = start - 1
        if start == 1 and above >= free_from and lines[above].strip() and first.calls[0].kind != "from":
            title = told_title(lines[above].strip(), ())
            drafts[0].type, drafts[0].message = title.type, title.message
            start = above
    if head is not None and head.kind == "failed":
        end = max(end, _end_of_failed(head.at, lines))
    if not first.reversed:
        drafts.reverse()
    for draft in drafts[:-1]:
        draft.relation = Relation.CAUSE
    return Span(start=start, end=end, trace=build(LANGUAGE, drafts, truncated=cut), prefix=prefix)


def _is_stack(block: _Block) -> bool:
    """A title needs calls, unless it is Ruby's own and names a place."""
    if block.calls:
        return any(token.kind != "oracle" for token in block.calls)
    head = block.head
    if head is None:
        return False
    return head.kind in ("syntax", "bug", *_TESTS) or (head.kind in TITLES and _is_certain(head, block))


def _is_certain(head: Token, block: _Block) -> bool:
    """A title without calls: the class stands behind the message, or a header is in front."""
    if block.header is not None:
        return True
    said, function = head.found["said"].rstrip(), head.found.groupdict().get("function") or ""
    return said.endswith(")") or function.endswith("<main>") or said == "unhandled exception"


def _is_cut(block: _Block) -> bool:
    """Whether lines are missing: calls that Ruby prints go down to the program or to the block of a thread."""
    head = block.head
    if head is None:
        if block.reversed or block.header is not None:
            return block.reversed or not block.calls
        return bool(block.calls) and block.calls[0].kind == "from"
    if head.kind == "failure":
        return not block.calls
    if head.kind not in TITLES or block.elided or block.reversed:
        return False
    if any(token.kind != "from" for token in block.calls):
        return False
    last = block.calls[-1] if block.calls else head
    function = _function_of(last)
    if not function or not _function_of(head) or last.found["file"].startswith("<internal:"):
        return False
    if any(_function_of(token).rpartition(" in ")[2].startswith("<") for token in (head, *block.calls)):
        return False
    return not (function.startswith("block ") or " block " in function)


def _function_of(token: Token) -> str:
    return token.found.groupdict().get("function") or ""


# -- one exception


def _draft(block: _Block, lines: Sequence[str]) -> Draft:
    title = _title(block, lines)
    frames = [_frame(token) for token in block.calls]
    head = block.head
    if not block.reversed and not (head is not None and head.kind == "bug"):
        frames.reverse()  # outermost first
    if head is not None and head.kind in (*TITLES, "syntax", "failed", "bug"):
        place = _frame(head, code=title.code)
        if not (head.kind == "bug" and frames):
            frames.append(place)
    elif frames and title.code:
        last = frames[-1]
        frames[-1] = Frame(file=last.file, line=last.line, function=last.function, code=title.code)
    return Draft(type=title.type, message=title.message, frames=frames)


def _title(block: _Block, lines: Sequence[str]) -> Title:
    head = block.head
    if head is None:
        header = block.header
        if header is None or header.kind == "thread":
            return Title()
        more = _lines_between(header.at + 1, block, lines)
        if header.kind == "rspec_cause":
            return failure_title(more)
        return told_title(more[0].strip() if more else "", more[1:])
    if head.kind == "failed":
        return Title(message="\n".join(lines[head.at + 1 : _end_of_failed(head.at, lines)]).rstrip())
    more = _lines_between(head.at + 1, block, lines)
    if head.kind == "failure":
        return failure_title(more)
    if head.kind in ("syntax", "bug"):
        return printed_title(head.found["said"].strip(), ())
    if head.kind in TITLES:
        return printed_title(head.found["said"].rstrip(), more)
    return told_title(head.found["said"].strip(), more)


def _lines_between(start: int, block: _Block, lines: Sequence[str]) -> list[str]:
    """The lines of a message that stand between its first one and the calls, or the end of the exception."""
    end = block.end
    for token in block.calls:
        if token.at >= start:
            end = token.at
            break
    return list(lines[start : min(end, start + _MAX_LINES)])


def _end_of_failed(at: int, lines: Sequence[str]) -> int:
    """The line behind the message of minitest's `Failure:`, which an empty line ends, or the next failure."""
    end = at + 1
    while end < len(lines) and end - at < _MAX_LINES and lines[end].strip() and not lines[end].endswith("]:"):
        end += 1
    return end


def _frame(token: Token, *, code: str | None = None) -> Frame:
    found = token.found.groupdict()
    line = found.get("line") or found.get("row")
    function = found.get("function") or found.get("name")
    return Frame(
        file=found.get("file"), line=int(line) if line else None, function=(function or "").strip() or None, code=code
    )


# -- line by line


def begin(line: str) -> Move | None:
    """The state after a line that opens a stack by itself."""
    move = GRAMMAR.begin(line)
    return (_with_mark(move[0], line, marked=False), move[1]) if move else None


def step(state: LineState, line: str) -> Move | None:
    """The state after a line that goes on with an open stack; another error's title does not.

    The state tells whether a frame inside `rescue` was seen: only then the next title may be a cause.
    """
    kind, _, mark = state.partition(" ")
    move = GRAMMAR.step(kind, line)
    if move is None:
        return None
    if move[0] in TITLES and kind not in (*REVERSED, "thread") and not mark and line.strip():
        return None
    return _with_mark(move[0], line, marked=bool(mark)), move[1]


def _with_mark(kind: str, line: str, *, marked: bool) -> LineState:
    return f"{kind} r" if marked or _shows_rescue(line) else kind


register(
    Reader(
        language=LANGUAGE,
        hints=(
            *(
                ":in `",
                ":in '",
                ".rb:",
                "from -e:",
                "-e: ",
                "ruby: ",
                "(report_on_exception",
                " aborted!",
                " levels...",
            ),
            *("Failure/Error:", "[BUG]", "(LoadError)", "(SyntaxError)", "org/jruby/", "org.jruby."),
            *("(execjs)", "ORA-06512: at ", "(org/", "(com/"),
        ),
        read=read,
        begin=begin,
        step=step,
    )
)
