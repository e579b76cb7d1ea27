"""A Python stack that is delivered line by line: where it stands after each line, and how well the line fits.

States: `preamble` before the header; `header` right after it; `source` after a frame, `frames` after its source line,
`bare …` where a collector took the indentation off; `done` after the closing line, `quoting` where it announces
something; `link` after the sentence between two exceptions, `half link` within it; `group` inside a drawing, `drawn`
at an end of it; `remote` and `quote` around the traceback of another process; `said` in what a failed logging call
reports. The states of other formats than the interpreter's are those of their grammars, after the name of the format.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from analyzer.events.stacktraces import (
    python_faulthandler,
    python_ipython_lines,
    python_pytest_lines,
    python_rich_lines,
)
from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK, LineState, Move
from analyzer.events.stacktraces.line_grammar import LineGrammar
from analyzer.events.stacktraces.python_groups import is_closing_rule, is_margin
from analyzer.events.stacktraces.python_lines import (
    CARETS,
    CONTINUED,
    ELIDED,
    FRAME,
    PREAMBLE,
    PREAMBLE_DETAIL,
    REMOTE,
    REPEATED,
    SEPARATOR_STARTS,
    SEPARATORS,
    ends_message,
    final_line,
    header_at,
    is_group_start,
    is_log_line,
    is_stack_header,
)

_GRAMMARS: dict[str, LineGrammar] = {
    "rich": python_rich_lines.GRAMMAR,
    "pytest": python_pytest_lines.GRAMMAR,
    "faulthandler": python_faulthandler.GRAMMAR,
    "ipython": python_ipython_lines.GRAMMAR,
}
_MARGIN = re.compile(r" {2,58}\|(?: |$)")
_DEEP = ("   ", "\t", "│", "└")
_SOURCES = ("│", "└", "--> ")


def heads(line: str) -> bool:
    """True for a bare header: whatever was logged right before it belongs to the stack."""
    return (
        header_at(line) == 0
        or is_group_start(line)
        or ("(most recent call" in line and python_rich_lines.TOP.match(line) is not None)
    )


def begin(line: str) -> Move | None:
    """The state after a line that opens a stack."""
    if "(most recent call" in line:
        if is_group_start(line):
            return "group", SURE
        if header_at(line) >= 0 or is_stack_header(line):
            return "header", SURE
        return _begin_in(("rich", "ipython", "faulthandler"), line)
    if 'File "' in line:
        if FRAME.match(line):
            return _source(line), LIKELY
        return _begin_in(("faulthandler",), line)
    first = line[:1]
    if first in "│ " and "│" in line:
        return _begin_in(("rich",), line)
    if first in "FWT" and (" error: " in line or " exception: " in line or line.startswith("Timeout (")):
        return _begin_in(("faulthandler",), line)
    if first in "_E" and (line.startswith(("__", "E  "))):
        return _begin_in(("pytest",), line)
    if first in " |" and is_group_start(line):
        return "group", SURE
    if first == " " and "|" in line[:60] and _MARGIN.match(line):  # the head of a group's drawing was lost
        return "group", WEAK
    if first in "TFEPDU_-" and PREAMBLE.match(line):
        return "preamble", LIKELY
    if first in "TD" and line.strip() in SEPARATORS:
        return "link", SURE
    if "RemoteTraceback:" in line and REMOTE.match(line):
        return "remote", LIKELY
    return None


def step(state: LineState, line: str) -> Move | None:
    """The state after a line of the open stack, None where the line does not belong to it."""
    stripped = line.strip()
    if not stripped:
        return state, WEAK
    name, _, inner = state.partition(":")
    if inner:
        move = _GRAMMARS[name].step(inner, line)
        return None if move is None else (f"{name}:{move[0]}", move[1])
    if state != "preamble" and stripped.startswith(SEPARATOR_STARTS):
        if stripped in SEPARATORS:
            return "link", SURE
        if any(said.startswith(stripped) for said in SEPARATORS):
            return "half link", SURE
    return _STEPS[state](line)


def _begin_in(names: tuple[str, ...], line: str) -> Move | None:
    for name in names:
        move = _GRAMMARS[name].begin(line)
        if move is not None:
            return f"{name}:{move[0]}", move[1]
    return None


def _source(line: str, bare: str = "F") -> LineState:
    """loguru's `> File` is printed without indentation: it tells nothing of where a collector took it off."""
    return "bare source" if line[0] in bare else "source"


def _preamble(line: str) -> Move | None:
    if PREAMBLE_DETAIL.match(line) or FRAME.match(line):
        return "preamble", SURE
    if header_at(line) >= 0:
        return "header", SURE
    if line.startswith(_DEEP):  # a source line of where a task was made
        return "preamble", LIKELY
    return begin(line) or (None if is_log_line(line) else ("preamble", WEAK))


def _header(line: str) -> Move | None:
    if FRAME.match(line):
        return _source(line), SURE
    if python_ipython_lines.FRAME.match(line):
        return "ipython:frame", SURE
    return None if header_at(line) >= 0 or line[0].isspace() else _final(line)


def _frames(line: str) -> Move | None:
    if FRAME.match(line):
        return _source(line), SURE
    if REPEATED.match(line) or ELIDED.match(line) or line.startswith("--> "):
        return "frames", SURE
    if line.startswith(_DEEP) or CARETS.match(line):
        return "frames", LIKELY
    return _after_frames(line)


def _source_line(line: str) -> Move | None:
    if FRAME.match(line):
        return _source(line), SURE
    if line.startswith(_DEEP) or REPEATED.match(line):
        return ("frames", WEAK) if CARETS.match(line) else ("frames", SURE)
    move = _after_frames(line)
    return None if move is None else (move[0], LIKELY)


def _bare_frames(line: str) -> Move | None:
    if FRAME.match(line):
        return _source(line, "F>"), SURE
    if CARETS.match(line) or REPEATED.match(line) or ELIDED.match(line) or line.startswith(_SOURCES):
        return "bare frames", SURE
    move = _after_frames(line)
    if move is not None or header_at(line) >= 0 or is_log_line(line):
        return move
    return "bare frames", WEAK


def _bare_source_line(line: str) -> Move | None:
    if FRAME.match(line):
        return _source(line, "F>"), SURE
    if line.startswith(_DEEP):
        return "frames", SURE
    if header_at(line) >= 0 or is_log_line(line):
        return None
    move = _final(line)
    return (move[0], LIKELY) if move is not None and move[1] == SURE else ("bare frames", LIKELY)


def _after_frames(line: str) -> Move | None:
    if line[0].isspace() or header_at(line) >= 0:
        return None
    return ("said", LIKELY) if line.startswith("Message: ") else _final(line)


def _final(line: str) -> Move | None:
    found = final_line(line)
    if found is None:
        return None
    return ("quoting" if found[1].endswith(":") or line.endswith(":") else "done"), found[2]


def _done(line: str) -> Move | None:
    if CONTINUED.match(line.lstrip()) or line == '"""':
        return "done", SURE
    if line == "Call stack:" or is_stack_header(line) or line.startswith("Original Traceback ("):
        return "header", SURE
    return None if ends_message(line) or header_at(line) >= 0 else ("done", WEAK)


def _quoting(line: str) -> Move | None:
    if header_at(line) >= 0:
        return "header", SURE
    return _done(line)


def _link(line: str) -> Move | None:
    return begin(line) or _final(line)


def _half_link(line: str) -> Move | None:
    rest = line.strip()
    return ("link", SURE) if any(said.endswith(f" {rest}") for said in SEPARATORS) else None


def _group(line: str) -> Move | None:
    if is_margin(line):
        return ("drawn" if is_closing_rule(line) else "group"), SURE
    return None if header_at(line) >= 0 or is_log_line(line) else ("group", WEAK)


def _drawn(line: str) -> Move | None:
    return None if is_group_start(line) or not is_margin(line) else _group(line)


def _remote(line: str) -> Move | None:
    return ("quote", SURE) if line == '"""' else None


def _quote(line: str) -> Move | None:
    return ("header", SURE) if header_at(line) >= 0 else None


def _said(line: str) -> Move | None:
    return ("done", SURE) if line.startswith("Arguments: ") else None


_STEPS: dict[LineState, Callable[[str], Move | None]] = {
    "preamble": _preamble,
    "header": _header,
    "frames": _frames,
    "source": _source_line,
    "bare frames": _bare_frames,
    "bare source": _bare_source_line,
    "done": _done,
    "quoting": _quoting,
    "link": _link,
    "half link": _half_link,
    "group": _group,
    "drawn": _drawn,
    "remote": _remote,
    "quote": _quote,
    "said": _said,
}
