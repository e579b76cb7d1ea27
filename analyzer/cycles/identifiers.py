"""Ids of requests and labels of tests, as test files hold them in texts and properties."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from analyzer.cycles.failures import redacted

MAX_IDS = 50
"""ids kept of one try; a test that prints more is no test of one request"""
_MAX_VALUE = 2_000
"""characters of a property that are looked at"""
_MAX_LABEL = 80
_MAX_LABELS = 40

_KEY = r"(?:x[-_]?)?(?:request|correlation|trace|transaction)[-_]?id"
_ID_KEY = re.compile(rf"(?i)(?:{_KEY}|traceparent|x-cloud-trace-context)")
_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{7,127}")
_LABELLED = re.compile(rf"(?i)\b{_KEY}[\"']?\s{{0,3}}[:=]\s{{0,3}}[\"']?([A-Za-z0-9][A-Za-z0-9._:-]{{7,127}}+)")
_TRACEPARENT = re.compile(r"(?i)\b[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}\b")
_TRACE = re.compile(r"(?i)(?<![0-9a-z])[0-9a-f]{32}(?![0-9a-z])")
_DIGIT = re.compile(r"[0-9]")

_PLAIN_KEYS = {"marker", "markers", "mark", "tag", "tags", "label", "labels", "group", "groups", "category"}
"""properties whose value is a label by itself"""
_NAMED_KEYS = {"tier", "priority", "severity", "suite_tier", "level"}
"""properties whose value is a label together with its key: `tier:1`"""

_ENVIRONMENT_KEYS = {
    "base_url", "api_url", "target_url", "url", "env", "environment", "test_env", "test_environment",
    "testenvironment", "target_env", "stage", "app_name", "appname", "project",
}  # fmt: skip
"""properties of a suite that say which system was tested, in small letters with `_`"""


def ids_of(texts: Iterable[str], properties: Iterable[tuple[str, str]], *, redact: Callable[[str], str]) -> list[str]:
    """Trace and request ids, small letters, sorted: W3C `traceparent`, 32 hexadecimal digits, `x-request-id: …`.

    Texts are redacted before they are searched: a key that looks like a trace id must not be kept as one.
    """
    found: set[str] = set()
    for text in texts:
        if any(True for _ in _ids_in(text)):
            found.update(_ids_in(redacted(text, redact)))
    for key, value in properties:
        if _ID_KEY.fullmatch(key.strip()):
            value = value.strip()
            parent = _TRACEPARENT.fullmatch(value)
            # x-cloud-trace-context is TRACE/SPAN;o=1, a log's trace projects/P/traces/TRACE
            plain = value.rpartition("/traces/")[2].partition("/")[0]
            if parent or _is_id(plain):
                found.add((parent[1] if parent else plain).lower())
        found.update(_ids_in(redact(f"{key}={value}"[:_MAX_VALUE])))
    return [one for one in sorted(found) if redact(one) == one][:MAX_IDS]


def labels_of(properties: Iterable[tuple[str, str]], *, redact: Callable[[str], str]) -> list[str]:
    """Labels that properties give: `marker`, `tag` and their like by value, `tier` and `priority` as `tier:1`."""
    found = []
    for key, value in properties:
        plain = key.strip().casefold()
        values = [v.strip() for v in value.split(",")] if plain in _PLAIN_KEYS else [value.strip()]
        if plain in _NAMED_KEYS:
            found += [f"{plain}:{v}" for v in values if v]
        elif plain in _PLAIN_KEYS:
            found += values
    return tidy_labels(found, redact=redact)


def tidy_labels(labels: Iterable[str], *, redact: Callable[[str], str]) -> list[str]:
    """The labels on one line each, redacted, cut, sorted, once."""
    found = {redact(" ".join(label.split()))[:_MAX_LABEL] for label in labels}
    return sorted(found - {""})[:_MAX_LABELS]


def environment_of(properties: Iterable[tuple[str, str]], *, redact: Callable[[str], str]) -> list[tuple[str, str]]:
    """Those properties that say which system was tested, keys in small letters."""
    found = set()
    for key, value in properties:
        plain = re.sub(r"[-. ]", "_", key.strip().casefold())
        if plain in _ENVIRONMENT_KEYS and value.strip():
            found.add((plain, redact(" ".join(value.split()))[:200]))
    return sorted(found)


def _ids_in(text: str) -> Iterable[str]:
    yield from (match[1].lower() for match in _TRACEPARENT.finditer(text))
    yield from (match[0].lower() for match in _TRACE.finditer(text))
    yield from (match[1].lower().rstrip(".:-_") for match in _LABELLED.finditer(text) if _is_id(match[1]))


def _is_id(text: str) -> bool:
    """A word without a digit is a name, not an id."""
    return bool(_VALUE.fullmatch(text)) and bool(_DIGIT.search(text))
