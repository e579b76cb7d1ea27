"""What the lines of CPython tracebacks look like, 2.7 to 3.13.

Grammar: https://docs.python.org/3/library/traceback.html. Every pattern is anchored and bounded, so a line costs what
its beginning costs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzer.events.stacktraces.core import LIKELY, SURE
from analyzer.model import Relation

TAKEN = "\0"
"""stands for a line that belongs to a stack of another format"""
CAUSE = "The above exception was the direct cause of the following exception:"
CONTEXT = "During handling of the above exception, another exception occurred:"
SEPARATORS = {CAUSE: Relation.CAUSE, CONTEXT: Relation.CONTEXT}
SEPARATOR_STARTS = ("The above exception was", "During handling of the")

FRAME = re.compile(r'\s{0,200}(?:> ?)?File "([^"\n]{1,4096})", line (\d{1,9}|None|\?)(?:, in (.{1,1000}))?\s*$')
"""groups: file, line, function; a syntax error's place has no function"""
GROUP_HEADER = "Exception Group Traceback (most recent call last):"
GROUP_TITLE = re.compile(r"[\w.<>]{1,300}: .{0,4000}\(\d{1,9} sub-exceptions?\)\s*$")
SUB_COUNT = re.compile(r" \(\d{1,9} sub-exceptions?\)$", re.MULTILINE)
REMOTE = re.compile(r"(?P<type>[\w.]{0,300}RemoteTraceback):\s*$")
CARETS = re.compile(r"\s{0,4000}[~^][~^ ]{0,4000}\s*$")
REPEATED = re.compile(r"\s{0,200}\[Previous line repeated (\d{1,9}) more times?\]\s*$")
ELIDED = re.compile(r"\s{0,200}\.\.\.<\d{1,9} lines?>\.\.\.\s*$")

_HEADER = re.compile(r"Traceback (?:for <.{1,500}> )?\(most recent call last\):\s*$")
_HEADER_TEXT = "Traceback (most recent call last):"
_STACK_HEADER = re.compile(
    r"(?:^|\s)(?:(?:Stack(?: for <.{1,500}>)?|Object (?:created|allocated) at) \(most recent call (?:last|first)\)"
    r"|Traceback \(most recent call first\)):?\s*$"
)
_FINAL = re.compile(
    r"([^\W\d]\w{0,200}(?:\.(?:\w{1,200}|<locals>)){0,30}(?:\([\w.]{1,200}\))?)(?:: (.*)|:?$)", re.DOTALL
)
_STRONG_NAME = re.compile(
    r"(?:Error|Exception|Warning|Interrupt|Exit|Failure|Failed|Group|Timeout|Fault|Iteration|Overflow|Abort|Cancelled"
    r"|NotFound|DoesNotExist)$"
)
_LOWER_NAMES = re.compile(r"(?:\w{0,40}_)?(?:error|timeout|abort|exception|failure)(?:_\w{1,40})?$|gaierror$|herror$")
"""exceptions without a capital letter: `socket.timeout`, `zlib.error`, `ftplib.error_perm`"""
_LEVELS = ("TRACE", "DEBUG", "INFO", "NOTICE", "WARNING", "WARN", "ERROR", "CRITICAL", "FATAL", "SUCCESS")
_NO_TYPES = frozenset((*_LEVELS, "Traceback", "File", "Message", "Arguments", "None", "True", "False"))
SHORT_TITLE = re.compile(
    rf"\s{{0,200}}(?!(?:{'|'.join(_LEVELS)})\b)(?:[A-Z]\w{{0,200}}|\w{{0,100}}(?:error|timeout|abort))(?:: |:?\s*$)"
)
"""a closing line with a type without a module, as rich and IPython write it"""
_LOG_LINE = re.compile(
    r"\[?\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d|\[?\d\d:\d\d:\d\d[ .,\]]|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d "
    r"|\[?(?:TRACE|DEBUG|INFO|NOTICE|WARNING|WARN|ERROR|CRITICAL|FATAL)(?:[\]: |]|$)|[IWEF]\d{4} \d\d:\d\d:"
    r'|\[\d\d/[A-Z][a-z]{2}/\d{4}|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)? - |\{"'
)
CONTINUED = re.compile(r"(?:\[SQL: |\[parameters: |\(Background on this error at: |(?:DETAIL|HINT|CONTEXT|LINE \d+): )")
"""lines that only a message of several lines has"""
PREAMBLE = re.compile(
    r"(?:Task|Future) exception was never retrieved$|_GatheringFuture exception was never retrieved$"
    r"|Exception in thread \S.{0,200}:$|Process \S{1,200}:$|Exception in callback \S.{0,2000}$"
    r"|Exception ignored (?:in|on|while)\b.{0,2000}$|--- Logging error ---$|Unhandled exception in event loop:?$"
)
"""what is printed right before the header and says whose traceback it is"""
PREAMBLE_DETAIL = re.compile(r"(?:future|task|handle|protocol|transport|source_traceback|message|context): |  File \"")
_ENDS = re.compile(
    r"Local variables in innermost frame:|Call stack:$|[=_*]{3,200}(?: |$)|-{20,200}$|-{3,200} .{1,200} -{3,200}$|</"
)
"""lines that begin something else, whatever message stands before them"""


def header_at(text: str) -> int:
    """Where the header of a traceback begins in a line, -1 where there is none."""
    if "(most recent call last)" not in text:
        return -1
    at = text.rfind(_HEADER_TEXT)
    if at >= 0 and not text[at + len(_HEADER_TEXT) :].strip():
        return at - 16 if text[max(0, at - 16) : at] == "Exception Group " else at
    found = _HEADER.search(text)
    return found.start() if found else -1


def is_stack_header(text: str) -> bool:
    """True for the header of a stack that is no error."""
    return "(most recent call" in text and _STACK_HEADER.search(text) is not None and header_at(text) < 0


def is_group_start(text: str) -> bool:
    """True for the first line of a group's drawing."""
    stripped = text.lstrip(" ")
    if stripped.startswith("+ "):
        return stripped.startswith(GROUP_HEADER, 2)
    return stripped.startswith("| ") and GROUP_TITLE.match(stripped, 2) is not None


def final_line(text: str) -> tuple[str, str, int] | None:
    """(type, first line of the message, how well it fits) of a closing line, None where the line is something else."""
    found = _FINAL.match(text.rstrip())
    if found is None:
        return None
    kind, message = found[1], found[2]
    if kind in _NO_TYPES:
        return None
    name = kind[kind.rfind(".") + 1 :] if "." in kind else kind
    fit = SURE if _STRONG_NAME.search(name.partition("(")[0]) else LIKELY
    if fit == LIKELY and name[0].islower() and not _LOWER_NAMES.match(name):
        return None
    return kind, message or "", fit


def is_log_line(text: str) -> bool:
    """True for a line with a logger's own prefix: it starts something new."""
    return _LOG_LINE.match(text) is not None


def ends_message(text: str) -> bool:
    """True for a line that cannot be part of the message that stands above it."""
    return (
        text.startswith(TAKEN)
        or _LOG_LINE.match(text) is not None
        or _ENDS.match(text) is not None
        or PREAMBLE.match(text) is not None
        or REMOTE.match(text) is not None
    )


def separator(lines: Sequence[str], at: int) -> tuple[Relation, int] | None:
    """How the exception above hangs on the one below, and the line after the sentence that says so.

    A console may have wrapped the sentence.
    """
    said = lines[at].strip()
    if said in SEPARATORS:
        return SEPARATORS[said], at + 1
    if not said.startswith(SEPARATOR_STARTS) or len(said) > len(CAUSE):
        return None
    for end in range(at + 1, min(at + 4, len(lines))):
        said = f"{said} {lines[end].strip()}"
        if said in SEPARATORS:
            return SEPARATORS[said], end + 1
    return None
