"""PHP's stacks: PHP 5 to 8.5 in logs and on pages, Monolog (Laravel, Symfony), Drupal, Xdebug, PHPUnit, consoles.

`#0 file(line): f()` says where f was called. A Frame holds the place inside its function, so places move by one line:
the innermost is that of the title, the outermost function is `{main}`. `Next` comes after the exception that it was
thrown upon, so PHP prints the oldest first; Monolog, PHPUnit and Symfony's console print the newest first.
https://www.php.net/manual/en/throwable.tostring.php
"""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.events.stacktraces.core import LineState, Move, Reader, Span, build, register
from analyzer.events.stacktraces.line_grammar import Token
from analyzer.events.stacktraces.php_assembly import Assembly, Printing
from analyzer.events.stacktraces.php_flat import unfold, unfold_all
from analyzer.events.stacktraces.php_lines import GRAMMAR

LANGUAGE = "php"
_SHOWN = ("shown", "shown_open", "shown_fatal")


def read(lines: Sequence[str]) -> list[Span]:
    """All stacks of a text, in order."""
    texts, origins = unfold_all(lines)
    spans: list[Span] = []
    for run in GRAMMAR.runs(texts):
        free_from = spans[-1].end if spans else 0
        for printing in _printings(run, texts):
            start, end = origins[printing.start], origins[printing.end - 1] + 1
            if start < free_from:
                continue
            trace = None
            if printing.is_error:
                trace = build(LANGUAGE, printing.chain, truncated=printing.truncated)
            spans.append(Span(start=start, end=end, trace=trace, prefix=printing.prefix))
            free_from = end
    return spans


def _printings(run: list[Token], texts: Sequence[str]) -> list[Printing]:
    """What a run shows; a log and a page that tell of the same error are one printing."""
    found: list[Printing] = []
    part: list[Token] = []
    for token in [*run, None]:
        if token is not None and (not part or token.kind not in _SHOWN):
            part.append(token)
            continue
        printing = Assembly(part, texts).printing()
        if printing is not None:
            if found and _is_same(found[-1], printing):
                better = printing if _count(printing) > _count(found[-1]) else found[-1]
                found[-1].chain, found[-1].truncated = better.chain, better.truncated
                found[-1].end = printing.end
            else:
                found.append(printing)
        part = [token] if token is not None else []
    return found


def _is_same(a: Printing, b: Printing) -> bool:
    if not a.is_error or not b.is_error:
        return False
    one, other = a.chain[-1], b.chain[-1]
    return one.type == other.type and (one.message == other.message or not one.message)


def _count(printing: Printing) -> int:
    return sum(len(draft.frames) + 1 for draft in printing.chain)


def begin(line: str) -> Move | None:
    """The state after a line that opens a stack by itself."""
    parts = unfold(line)
    if parts is None:
        return GRAMMAR.begin(line)
    move = None
    for part in parts:
        following = GRAMMAR.step(move[0], part) if move else None
        move = following or GRAMMAR.begin(part)
    return move


def step(state: LineState, line: str) -> Move | None:
    """The state after a line that goes on with an open stack."""
    parts = unfold(line)
    if parts is None:
        return GRAMMAR.step(state, line)
    return GRAMMAR.step(state, parts[0]) if len(parts) == 1 else None


register(
    Reader(
        language=LANGUAGE,
        hints=(
            *("atal error", "Parse error", "Stack trace:", "[stacktrace]", "[object] (", "Call Stack:", "{main}"),
            *(".php(", ".php:", ".php on line ", ".php line ", ".php)", "Uncaught PHP ", "[internal function]"),
        ),
        read=read,
        begin=begin,
        step=step,
    )
)
