"""The lines of CPython tracebacks: what each may look like, and which may follow which when printed one by one."""

from __future__ import annotations

import re

from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK, LineState, Move

CAUSE = "The above exception was the direct cause of the following exception:"
CONTEXT = "During handling of the above exception, another exception occurred:"
SEPARATORS = frozenset((CAUSE, CONTEXT))

HEADER = re.compile(r"(?:Exception Group )?Traceback \(most recent call last\):\s*$")
GROUP_HEADER = "Exception Group Traceback (most recent call last):"
GROUP_TITLE = re.compile(r"^[\w.]{1,300}: .{0,4000}\(\d{1,9} sub-exceptions?\)$")
FRAME = re.compile(
    r'^\s{0,200}(?:> ?)?File "(?P<file>[^"\n]{1,4096})", line (?P<line>\d{1,9})(?:, in (?P<function>.{1,1000}))?\s*$'
)
MARGIN = re.compile(r"^(?P<indent> {0,200})(?:\|(?: (?P<text>.*)|$)|(?P<mark>\+.*))$")
REMOTE = re.compile(r"^(?P<type>[\w.]{0,300}_?RemoteTraceback):\s*$")

_STACK_HEADER = re.compile(
    r"(?:^|\s)(?:Stack|Object created at|Object allocated at) \(most recent call (?:last|first)\):?\s*$"
)
_TYPE = re.compile(r"(?P<type>[^\W\d]\w{0,200}(?:\.(?:\w{1,200}|<locals>)){0,30})(?::(?: (?P<message>.*)|(?=$))|$)")
_OLD_LOWER = frozenset(("error", "timeout", "herror", "gaierror"))
_STRONG = re.compile(
    r"^(?:\w{1,200}\.){0,30}(?:<locals>\.)?\w{0,200}"
    r"(?:Error|Exception|Warning|Interrupt|Exit|Failure|Group|Timeout|Fault|Iteration)(?:: |:?$)"
)
_LEVELS = frozenset(["TRACE", "DEBUG", "INFO", "NOTICE", "WARNING", "WARN", "ERROR", "CRITICAL", "FATAL", "SUCCESS"])
_LOG_LINE = re.compile(
    r"^\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d|^\[?(?:TRACE|DEBUG|INFO|NOTICE|WARNING|WARN|ERROR|CRITICAL|FATAL)[\]: ]"
    r"|^\d{1,3}(?:\.\d{1,3}){3}:\d+ - "
)
_CONTINUED = re.compile(
    r"^(?:\[SQL: |\[parameters: |\(Background on this error at: |(?:DETAIL|HINT|CONTEXT|LINE \d+): )"
)
_PREAMBLE = re.compile(
    r"(?:Task|Future) exception was never retrieved$|Exception in thread \S.{0,200}:$|Process \S{1,200}:$"
)
_PREAMBLE_DETAIL = re.compile(r"(?:future|task|handle|protocol|transport|source_traceback): |  File \"")


def is_log_line(text: str) -> bool:
    """True for a line with a logger's own prefix: it starts something new."""
    return _LOG_LINE.match(text) is not None


def is_stack_header(text: str) -> bool:
    """True for the header of a stack that is no error."""
    return "(most recent call" in text and _STACK_HEADER.search(text) is not None


def is_group_start(text: str) -> bool:
    """True for the first line of a group's drawing."""
    stripped = text.lstrip(" ")
    if stripped.startswith("+ "):
        return stripped[2:].startswith(GROUP_HEADER)
    return stripped.startswith("| ") and GROUP_TITLE.match(stripped[2:]) is not None


def final_line(text: str) -> tuple[str, str] | None:
    """(type, first line of the message) of a closing line, None where the line is something else."""
    found = _TYPE.match(text.rstrip())
    if not found or found["type"] in _LEVELS:
        return None
    kind, message = found["type"], found["message"]
    if message is None and ":" not in text and "." not in kind and not kind[0].isupper() and kind not in _OLD_LOWER:
        return None
    return kind, message or ""


def is_strong_final(text: str) -> bool:
    """True for a closing line that is one by its name alone."""
    return len(text) < 100_000 and _STRONG.match(text) is not None


def heads(line: str) -> bool:
    """True for a bare header."""
    return HEADER.match(line) is not None or is_group_start(line)


def begin(line: str) -> Move | None:
    """The state after a line that opens a traceback.

    `preamble` before the header, `frames`, `source` right after a frame, `group` inside a group's drawing.
    """
    if _PREAMBLE.match(line):
        return "preamble", LIKELY
    if '"' not in line and "(" not in line and "|" not in line:
        return None
    if is_group_start(line):
        return "group", SURE
    if HEADER.search(line):
        return "frames", SURE
    found = FRAME.match(line)
    if found and (found["function"] or line[:1].isspace()):
        return "source", LIKELY
    return None


def step(state: LineState, line: str) -> Move | None:
    """The state after a line of the open traceback, None where the line does not belong to it.

    `done` is after the closing line (`quoting` where its message is open), `separator` between the exceptions of a
    chain, `blank …` after an empty line.
    """
    stripped = line.strip()
    if not stripped:
        return (state if state.startswith(("blank", "separator", "frames", "source")) else f"blank {state}"), WEAK
    if stripped in SEPARATORS:
        return "separator", SURE
    if state == "separator":
        return begin(line)
    if state.startswith("blank"):
        return None
    if state == "group":
        return ("group", SURE) if MARGIN.match(line) else None
    if state == "preamble":
        return ("preamble", SURE) if _PREAMBLE_DETAIL.match(line) else begin(line)
    if state == "quoting" and HEADER.match(line):
        return "frames", SURE
    if state in ("done", "quoting"):
        return ("done", SURE) if _CONTINUED.match(stripped) else None
    return _step_frames(state, line, stripped)


def _step_frames(state: LineState, line: str, stripped: str) -> Move | None:
    if FRAME.match(line):
        return "source", SURE
    if HEADER.search(line):
        return None
    if line[0].isspace() or line[0] in "│└" or set(stripped) <= set("^~ ") or stripped.startswith("[Previous line"):
        return "frames", LIKELY
    if is_log_line(line):
        return None
    if state == "source" and not is_strong_final(line):
        return "frames", LIKELY  # the source line of a frame whose blanks in front were lost
    if final_line(line) is None:
        return None
    return ("quoting" if line.endswith(":") and ": " in line else "done"), SURE if is_strong_final(line) else LIKELY
