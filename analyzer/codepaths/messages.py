"""A message as it was met → the texts to look for: without colours, escapes, log prefixes and redactions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzer.codepaths.wording import plain

WILD = "\ue001"
"""Stands for what a redaction or a mask took out of a message."""

HIDDEN = "REDACTED"
"""How a text shows what was hidden, where it is given on."""

_MAX_CHARACTERS = 4_000
_COLOUR = re.compile(r"(?:\x1b|\\x1b|\\u001b|\\033|\\e)\[[0-9;?]{0,20}[A-Za-z]|\x1b[@-Z\\-_]", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:red|green|blue|cyan|magenta|yellow|white|black|light-\w{3,7}|bold|dim|level|lvl|normal|underline|italic)>"
)
_REDACTED = re.compile(
    r"(?P<key>[=:]\s?)?(?:\[?<?\b(?:REDACTED|MASKED|FILTERED|SCRUBBED|HIDDEN)\b>?\]?|\*{3,}+|<(?:\*|[a-z][a-z0-9_-]{0,20})>"
    r"|\b(?:ip|user|id|secret)-[0-9a-f]{6}\b)"
)
_LEVEL = r"(?:TRACE|DEBUG|INFO|SUCCESS|NOTICE|WARN(?:ING)?|ERROR|ERR|CRITICAL|FATAL|EXCEPTION|SEVERE)"
_TIME = r"\[?(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:\s?(?:Z|UTC|[+-]\d\d:?\d\d))?\]?"
_NAME = r"[A-Za-z_][\w.\-]{0,120}"
_PREFIXES = (
    # loguru: time | LEVEL | module:function:line - text
    re.compile(
        rf"(?:{_TIME}\s*\|\s*)?(?P<level>{_LEVEL})\s*\|\s*(?P<logger>{_NAME}|<[\w.]{{1,80}}>):(?P<function>[\w<>.]{{1,80}}):"
        r"\d{1,6}\s*[-|]\s*",
        re.IGNORECASE,
    ),
    # the standard library's `time - name - LEVEL - text`, with or without a service before the name
    re.compile(rf"{_TIME}\s*-\s*(?:{_NAME}\s-\s)?(?P<logger>{_NAME})\s-\s(?P<level>{_LEVEL})\s-\s", re.IGNORECASE),
    re.compile(rf"{_TIME}\s*-\s*(?P<level>{_LEVEL})\s-\s(?:(?P<logger>[a-z_][\w]*\.[\w.]+)\s-\s)?", re.IGNORECASE),
    # gunicorn: [time] [pid] [LEVEL] text
    re.compile(rf"{_TIME}\s*\[\d{{1,8}}\]\s*\[(?P<level>{_LEVEL})\]\s*", re.IGNORECASE),
    # LEVEL:name:text, and `LEVEL name: text` behind a time
    re.compile(rf"(?:{_TIME}\s+)?(?P<level>{_LEVEL}):(?P<logger>{_NAME}):\s?"),
    re.compile(
        rf"{_TIME}[\s|:-]*\[?(?P<level>{_LEVEL})\b\]?\s*[|:-]?\s*(?:\[?(?P<logger>[a-z_]\w*\.[\w.]+)\]?[\s:-]+)?",
        re.IGNORECASE,
    ),
    re.compile(rf"\[(?P<level>{_LEVEL})\]\s*(?:\[(?P<logger>{_NAME})\]\s*)?"),
    re.compile(rf"(?P<level>{_LEVEL})(?::\s{{2,8}}|\s*\|\s*|\s-\s)"),
    re.compile(rf"{_TIME}[\s|:,-]+"),
)
_LEVEL_NAMES = {
    "TRACE": "DEBUG",
    "SUCCESS": "INFO",
    "WARN": "WARNING",
    "ERR": "ERROR",
    "FATAL": "CRITICAL",
    "EXCEPTION": "ERROR",
    "SEVERE": "ERROR",
}
_QUOTED = re.compile(
    r"\b\w{0,80}(?:Error|Exception|Exit|Timeout|Warning)\((?P<quote>['\"])(?P<text>.*)(?P=quote),?\)", re.DOTALL
)
"""The `repr` of an exception, to its last quote."""
_ELLIPSIS = re.compile(r"(?:\.\.\.|…|\[(?:truncated|cut)\])['\")\]]{0,3}$", re.IGNORECASE)
_LOST_SIGN = re.compile(r"^[?\ufffd]{1,4}\s+")
"""What is left of an emoji in front where the terminal or the file could not hold it."""
_TRACE_START = "Traceback (most recent call last):"


def with_words(text: str) -> str:
    """A part of a reading as a text again: a word stands for what was hidden."""
    return text.replace(f" {WILD}", HIDDEN).replace(WILD, HIDDEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a message asks for."""

    texts: tuple[str, ...]
    """readings of it, the most likely first; `WILD` where text was hidden"""
    level: str | None = None
    """as the prefix says, in Cloud Logging's names"""
    logger: str | None = None
    """dotted name from the prefix"""
    cut: str = ""
    """the likeliest reading without its ellipsis, where it ends in one: it may break off in the middle"""


def read_message(message: str) -> Query:
    """Query of a message in whatever dress. Never raises; text after 4,000 characters is left out."""
    text = message[: _MAX_CHARACTERS * 2]
    text = _TAG.sub("", _COLOUR.sub("", text)).replace(WILD, " ")
    level = logger = None
    stripped = text.strip()
    for _ in range(2):  # a platform's prefix before the program's own
        for prefix in _PREFIXES:
            found = prefix.match(stripped)
            if found and found.end() < len(stripped):
                groups = found.groupdict()
                if groups.get("level"):
                    name = groups["level"].upper()
                    level = level or _LEVEL_NAMES.get(name, name)
                logger = groups.get("logger") or logger
                stripped = stripped[found.end() :].strip()
                break
        else:
            break
    stripped = _LOST_SIGN.sub("", stripped)
    texts: list[str] = []
    for reading in _readings(stripped):
        _append(texts, reading)
    if stripped != text.strip():
        _append(texts, text)
    cut = texts[0][: found.start()].strip() if texts and (found := _ELLIPSIS.search(texts[0])) else ""
    return Query(texts=tuple(texts), level=level, logger=logger, cut=cut)


def _readings(text: str) -> list[str]:
    """The text, its JSON-unescaped form, and each without a traceback or the lines after the first."""
    readings = [text]
    if "\\" in text:
        readings.insert(0, text.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"').replace("\\\\", "\\"))
    out = []
    for reading in list(readings):
        quoted = _QUOTED.search(reading)
        if quoted and quoted["text"].strip():
            readings.append(quoted["text"])
    for reading in readings:
        before, mark, _ = reading.partition(_TRACE_START)
        if mark and before.strip():
            out.append(before)
        out.append(reading)
        if "\n" in reading.strip():
            out.append(reading.strip().split("\n", 1)[0])
    return out


def _append(texts: list[str], text: str) -> None:
    hidden = _REDACTED.sub(lambda m: f"{m['key'] or ''} {WILD} " if m["key"] else f" {WILD} ", text)
    reading = plain(hidden[:_MAX_CHARACTERS])
    if reading and reading not in texts:
        texts.append(reading)
