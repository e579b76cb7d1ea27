"""Ruby's stacks: Ruby 1.8 to 3.4 and JRuby, Logger, Rails, Sidekiq, Rake, RSpec, minitest, bare lists of places.

The innermost place stands first, and what caused an error is printed after it; below `Traceback (most recent call
last):` (Ruby 2.5 to 2.7, and `full_message(order: :bottom)`) both are the other way round.
https://docs.ruby-lang.org/en/master/Exception.html#method-i-full_message
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analyzer.events.stacktraces.core import Draft, LineState, Move, Reader, Span, build, register
from analyzer.events.stacktraces.line_grammar import Token
from analyzer.events.stacktraces.ruby_blocks import TESTS, Block, blocks_of, chains_of, shows_rescue
from analyzer.events.stacktraces.ruby_lines import GRAMMAR, REVERSED, TITLES, TOLD
from analyzer.events.stacktraces.ruby_titles import Title, failure_title, printed_title, told_title
from analyzer.model import Frame, Relation

LANGUAGE = "ruby"
_MAX_LINES = 400


def read(lines: Sequence[str]) -> list[Span]:
    """All stacks of a text, in order."""
    spans: list[Span] = []
    for run in GRAMMAR.runs(lines):
        if len(run) == 1 and run[0].kind in TOLD:
            continue
        for chain in chains_of(blocks_of(run), lines):
            span = _span(chain, lines)
            if span is None:
                continue
            if spans and spans[-1].end > span.start:  # the message of a failure ended sooner
                spans[-1] = replace(spans[-1], end=span.start)
            spans.append(span)
    return spans


def _span(chain: list[Block], lines: Sequence[str]) -> Span | None:
    first = chain[0]
    if not any(_is_stack(block) for block in chain):
        return None
    drafts = [_draft(block, lines) for block in chain]
    start, end, prefix = first.start, chain[-1].end, ""
    cut = any(_is_cut(block) for block in chain)
    head = first.head
    if head is not None and head.kind in TOLD:
        prefix = head.found["pre"].strip() if head.found["said"].startswith(("#<", "error_class=")) else ""
    if head is not None and head.kind == "failed":
        end = max(end, _end_of_failed(head.at, lines))
    if not first.reversed:
        drafts.reverse()
    for draft in drafts[:-1]:
        draft.relation = Relation.CAUSE
    return Span(start=start, end=end, trace=build(LANGUAGE, drafts, truncated=cut), prefix=prefix)


def _is_stack(block: Block) -> bool:
    """A title needs calls, unless it is Ruby's own and names a place."""
    if block.calls:
        return any(token.kind != "oracle" for token in block.calls)
    head = block.head
    if head is None:
        return False
    return head.kind in ("syntax", "bug", *TESTS) or (head.kind in TITLES and _is_certain(head, block))


def _is_certain(head: Token, block: Block) -> bool:
    """A title without calls: the class stands behind the message, or a header is in front."""
    if block.header is not None:
        return True
    said, function = head.found["said"].rstrip(), head.found.groupdict().get("function") or ""
    return said.endswith(")") or function.endswith("<main>") or said == "unhandled exception"


def _is_cut(block: Block) -> bool:
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


def _draft(block: Block, lines: Sequence[str]) -> Draft:
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


def _title(block: Block, lines: Sequence[str]) -> Title:
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


def _lines_between(start: int, block: Block, lines: Sequence[str]) -> list[str]:
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
    return f"{kind} r" if marked or shows_rescue(line) else kind


register(
    Reader(
        language=LANGUAGE,
        hints=(
            *(":in `", ":in '", ".rb:", "from -e:", "-e: ", "ruby: ", "(report_on_exception", " aborted!", "levels..."),
            *("Failure/Error:", "[BUG]", "(LoadError)", "(SyntaxError)", "org/jruby/", "org.jruby."),
            *("(execjs)", "ORA-06512: at ", "(org/", "(com/"),
        ),
        read=read,
        begin=begin,
        step=step,
    )
)
