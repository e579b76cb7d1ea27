"""Log records that say where they come from, as they lie in dumps, log files and worklogs.

Three forms are read: loguru's `LEVEL | module:function:line - text`; pytest's `LEVEL logger:file.py:line text`; JSON
objects with `message` and `module` (and `function`, `line`), their own or under `labels`. Strings inside JSON, such as
a `textPayload` or a test run's output, are read like text. Lines that only name their logger do not count: a logger is
handed on, and its name is no place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_COLOUR = re.compile(r"\x1b\[[0-9;]{0,20}m")
_LEVEL = r"(?P<level>TRACE|DEBUG|INFO|SUCCESS|WARNING|ERROR|CRITICAL)"
_MODULE = r"(?P<module>[A-Za-z_][\w.]*+)"
_LOGURU = re.compile(rf"\b{_LEVEL}\s*+\|\s*+{_MODULE}:(?P<function>[\w<>.]++):(?P<line>\d++)\s*+[-|](?:\s|$)")
_PYTEST = re.compile(rf"^\s*+{_LEVEL}\s++{_MODULE}:(?P<file>\w++\.py):(?P<line>\d++)\s")
_SEVERITIES = {"TRACE": "DEBUG", "SUCCESS": "INFO", "WARN": "WARNING", "FATAL": "CRITICAL"}
_STRING = re.compile(r'"(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*+"')
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A message and the place its label names."""

    message: str
    module: str
    function: str | None = None
    line: int | None = None
    file: str | None = None
    """name without folders, where the label gives it"""
    severity: str = "DEFAULT"
    logger: str | None = None
    """recorded under a key of its own, beside the label"""
    kind: str = "text"
    """`gcp` for a JSON object, else `text`"""


def read_records(text: str, *, whole_json: bool) -> Iterator[Record]:
    """Records in the order of the text; `whole_json` for files that should be one JSON document or one a line."""
    if whole_json:
        for document in _documents(text):
            yield from _walk(document, "DEFAULT")
        return
    for start, end, document in _objects(text):
        yield from _walk(document, "DEFAULT")
        text = text[:start] + " " * (end - start) + text[end:]
    yield from _lines(text)


def _documents(text: str) -> Iterator[Any]:
    try:
        yield _DECODER.decode(text)
        return
    except ValueError:
        pass
    for line in text.split("\n"):
        try:
            yield _DECODER.decode(line)
        except ValueError:  # broken: its strings still say what they say
            yield [json.loads(string, strict=False) for string in _STRING.findall(line)] or line


def _objects(text: str) -> Iterator[tuple[int, int, Any]]:
    """JSON objects that begin a line of prose, with their place; last first."""
    if '"message"' not in text:
        return
    found: list[tuple[int, int, Any]] = []
    done = 0
    for start in re.finditer(r"^[ \t]*+\{", text, re.MULTILINE):
        if start.start() < done:
            continue
        try:
            document, done = _DECODER.raw_decode(text, start.end() - 1)
        except ValueError:
            continue
        found.append((start.start(), done, document))
    yield from reversed(found)


def _walk(value: Any, severity: str) -> Iterator[Record]:
    if isinstance(value, str):
        yield from _lines(value)
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, severity)
    elif isinstance(value, dict):
        level = value.get("severity") or value.get("level")
        severity = _severity(level) if isinstance(level, str) else severity
        record = _record(value, severity)
        if record is not None:
            yield record
        for key, item in value.items():
            if record is None or key != "message":
                yield from _walk(item, severity)


def _record(value: dict[str, Any], severity: str) -> Record | None:
    message, labels, context = value.get("message"), value.get("labels"), value.get("context")
    label = labels if isinstance(labels, dict) and "module" in labels else value
    module, function, line = label.get("module"), label.get("function"), str(label.get("line", ""))
    if not (isinstance(message, str) and message.strip() and isinstance(module, str) and ("function" in label or line)):
        return None
    logger = context.get("name") if isinstance(context, dict) else None
    return Record(
        message=message,
        module=module,
        function=function if isinstance(function, str) else None,
        line=int(line) if line.isdecimal() else None,
        severity=severity,
        logger=logger if isinstance(logger, str) else None,
        kind="gcp",
    )


def _lines(text: str) -> Iterator[Record]:
    for raw in text.split("\n"):
        if ":" not in raw:
            continue
        line = _COLOUR.sub("", raw)
        labels = list(_LOGURU.finditer(line))
        if not labels and (captured := _PYTEST.match(line)):
            labels = [captured]
        if not labels:
            continue
        ends = [*(label.start() for label in labels[1:]), len(line)]
        for label, end in zip(labels, ends, strict=True):
            message = line[label.end() : end].strip().rstrip("`").rstrip()
            if message:
                parts = label.groupdict()
                yield Record(
                    message=message,
                    module=parts["module"],
                    function=parts.get("function"),
                    line=int(parts["line"]),
                    file=parts.get("file"),
                    severity=_severity(parts["level"]),
                )


def _severity(level: str) -> str:
    return _SEVERITIES.get(level.upper(), level.upper())
