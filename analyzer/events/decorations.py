"""What loggers print around a message: time, level, logger, place. Taken off, and kept as facts.

Every pattern is anchored and bounded, so a line costs what its beginning costs, however long it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzer.events.levels import level_by_name
from analyzer.events.plaintext import strip_ansi
from analyzer.model import Severity, SourceLocation

_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d))?"
_LEVEL = r"(?:TRACE|DEBUG|INFO|NOTICE|SUCCESS|WARNING|WARN|ERROR|CRITICAL|FATAL|ALERT|EMERGENCY)"
_NAME = r"[\w.$/:<>-]{1,200}"

_FORMATS = (
    # loguru: `time | LEVEL    | module:function:line | <red>text</red>` (its default has ` - ` before the text)
    re.compile(
        rf"{_TIME} \| (?P<level>\w{{3,20}}) {{0,12}}\| "
        r"(?P<module>[\w.<>-]{1,200}):(?P<function>[\w.<>]{1,200}):(?P<line>\d{1,9}) (?:\||-) ?"
    ),
    # gunicorn: `[time] [pid] [LEVEL] text`
    re.compile(rf"\[{_TIME}\] \[\d{{1,10}}\] \[(?P<level>{_LEVEL})\] ?"),
    # logging: `time - service - name - LEVEL - text`
    re.compile(rf"{_TIME} - (?:[^\s|]{{1,200}} - )?(?P<logger>{_NAME}) - (?P<level>{_LEVEL}) - "),
    # logging: `time [LEVEL] name: text`
    re.compile(rf"\[?{_TIME}\]? \[(?P<level>{_LEVEL})\] (?:(?P<logger>{_NAME}(?<!:)): )?", re.IGNORECASE),
    # flask: `[time] LEVEL in module: text`
    re.compile(rf"\[{_TIME}\] (?P<level>{_LEVEL}) in (?P<logger>{_NAME}(?<!:)): "),
    # logging: `time LEVEL name [pid] text`, `time LEVEL name: text`; the name has a dot, else it may be text
    re.compile(
        rf"{_TIME} {{1,4}}(?P<level>{_LEVEL}) {{1,8}}"
        r"(?:\[?(?P<logger>\w{1,100}(?:\.\w{1,100}){1,20})\]?:? {1,4}(?:\[\d{1,10}\] )?)?"
    ),
    # uvicorn pads `LEVEL:` to ten columns
    re.compile(r"(?P<level>INFO:     |DEBUG:    |TRACE:    |ERROR:    |WARNING:  |CRITICAL: (?=\S))"),
    # logging.basicConfig: `LEVEL:name:text`
    re.compile(rf"(?P<level>{_LEVEL}):(?P<logger>[\w.-]{{1,200}}):(?=\S)"),
    # klog: `E0102 03:04:05.678901   12 file.go:34] text`
    re.compile(
        r"(?P<level>[IWEF])\d{4} \d\d:\d\d:\d\d\.\d{1,9} {1,9}\d{1,10} (?P<file>[\w./-]{1,200}):(?P<line>\d{1,9})\] ?"
    ),
)
_LOGFMT = re.compile(r"(?:(?:time|ts)=\S{1,60} )?level=\"?(?P<level>\w{1,20})\"? ")
_LOGFMT_TEXT = re.compile(r' (?:msg|message)="(?P<text>(?>(?:[^"\\]|\\.){1,20000}))"')
_BRACKETED = re.compile(rf"(?:\d\d:\d\d:\d\d(?:\.\d{{1,9}})? )?\[(?P<level>{_LEVEL})\][: ] ?", re.IGNORECASE)
_BARE_LEVEL = re.compile(rf"(?P<level>{_LEVEL})(?::|\s)")
_PYTHON_WARNING = re.compile(
    r"(?P<file>(?:/|[A-Za-z]:\\|<)[^\n:]{1,1000}):(?P<line>\d{1,9}): (?P<text>\w{0,100}Warning: [^\n]{1,20000})"
)
_MAY_BE_DECORATED = re.compile(
    rf"[\d\[/<]|[A-Za-z]:\\|{_LEVEL}(?![a-z])|[IWEF]\d{{4}} |(?:time|ts|level)=", re.IGNORECASE
)
"""what every format begins with, so that an ordinary text is looked at once"""
_CRI = re.compile(rf"{_TIME} (?:stdout|stderr) (?P<flag>[FP]) ?")
# loguru's colour tags by name: `<ip>` and the like are what a redaction put there
_TAG = (
    r"(?:(?:bg )?(?:light-)?(?:black|red|green|yellow|blue|magenta|cyan|white)|bold|dim|normal|italic|underline"
    r"|strike|reverse|blink|hide|level)"
)
_MARKUP_OPEN = re.compile(rf"(?:<{_TAG}>){{1,4}}")
_MARKUP_CLOSE = re.compile(rf"(?:</(?:{_TAG})?>){{1,4}}\s*$")

_WRAPPER_MODULES = re.compile(r"(?:^|[./\\])(?:_?logging|loguru|structlog|logbook|absl)(?:[./\\]|(?:\.py)?$)")
_WRAPPER_FUNCTIONS = frozenset(
    ("callHandlers", "emit", "_emit", "_log", "_emit_log", "emit_log", "makeRecord", "_proxy_to_logger", "log_message")
)


@dataclass(slots=True, kw_only=True)  # one an entry: frozen ones cost twice the time to make
class Decorated:
    """A text without its decorations, and what they said."""

    text: str
    level: Severity | None = None
    logger: str | None = None
    location: SourceLocation | None = None
    own_prefix: bool = False
    """the text begins with a logger's prefix: it continues nothing"""
    open_markup: bool = False
    """a colour tag was opened and not closed: the rest of the text is in the next entry"""


def undecorate(text: str) -> Decorated:
    """The text without terminal colours and without the prefix of a known logger."""
    text = strip_ansi(text)
    if not _MAY_BE_DECORATED.match(text):
        return Decorated(text=text)
    text = _CRI.sub("", text, count=1)
    for pattern in _FORMATS:
        found = pattern.match(text)
        if found:
            return _from_prefix(text, found)
    warning = _PYTHON_WARNING.match(text)
    if warning:
        place = SourceLocation(file=warning["file"], line=int(warning["line"]))
        return Decorated(text=warning["text"], level=Severity.WARNING, location=place, own_prefix=True)
    logfmt = _LOGFMT.match(text)
    if logfmt:
        said = _LOGFMT_TEXT.search(text[:50_000])
        level = level_by_name(logfmt["level"])
        return Decorated(text=said["text"] if said else text, level=level, own_prefix=True)
    bracketed = _BRACKETED.match(text)
    if bracketed:
        level = level_by_name(bracketed["level"])
        return Decorated(text=text[bracketed.end() :], level=level, own_prefix=True)
    bare = _BARE_LEVEL.match(text)
    if bare:  # the word may be the message's own: it counts as a level and stays in the text
        return Decorated(text=text, level=level_by_name(bare["level"]), own_prefix=True)
    return Decorated(text=text)


def _from_prefix(text: str, found: re.Match[str]) -> Decorated:
    said = found.groupdict()
    rest, open_markup = text[found.end() :], False
    if found.re is _FORMATS[0]:
        rest, open_markup = _markup_off(rest)
    place = None
    file, line = said.get("module") or said.get("file"), said.get("line")
    if file and line:
        place = trusted(SourceLocation(file=file, line=int(line), function=said.get("function")))
    logger = said.get("logger") or (place.file if place and said.get("module") else None)
    return Decorated(
        text=rest,
        level=level_by_name(said["level"].rstrip(": ")),
        logger=logger,
        location=place,
        own_prefix=True,
        open_markup=open_markup,
    )


def _markup_off(text: str) -> tuple[str, bool]:
    """A message without loguru's colour tags around it, and whether one was left open."""
    opened = _MARKUP_OPEN.match(text)
    if not opened:
        return text, False
    text = text[opened.end() :]
    first, line_end, more = text.partition("\n")
    for part, after in ((text, ""), (first, line_end + more)):
        tail = part[-200:]
        closed = _MARKUP_CLOSE.search(tail)
        if closed:
            return part[: len(part) - len(tail) + closed.start()] + after, False
    return text, True


def closes_markup(text: str) -> bool:
    """True for a text that ends with a closing colour tag."""
    return _MARKUP_CLOSE.search(text[-200:]) is not None


def trusted(place: SourceLocation | None) -> SourceLocation | None:
    """The place, or None where it is a logging library's own frame and says nothing of the origin."""
    if place is None or (place.file is None and place.function is None):
        return None
    if place.file and _WRAPPER_MODULES.search(place.file[-400:]):
        return None
    return None if place.function in _WRAPPER_FUNCTIONS else place
