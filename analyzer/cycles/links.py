"""Failed tests and the errors that stand in their text: signatures, and the clusters they name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from analyzer.cycles.failures import head_of
from analyzer.model import Cluster, TestResult, TestRun

MIN_LETTERS = 12
"""letters that a core must have before its occurrence in a text says anything"""
_SIGNED_LINES = 4
"""lines of a failure's head that identify it; the rest is a diff of values"""
_MAX_DOCUMENTS = 20
"""places of a text where a JSON document is tried"""
_PLACEHOLDER = re.compile(r"<[a-z0-9_*-]{1,30}>")
_OPENING = re.compile(r"[{\[]")


def with_signatures(run: TestRun, sign: Callable[[str], str]) -> TestRun:
    """The run with a signature on every failed test: of what failed, not of the frames and values below it."""

    def signed(result: TestResult) -> TestResult:
        if result.status.outcome != "failed" or result.message is None:
            return result
        head = "\n".join(head_of(result.message).splitlines()[:_SIGNED_LINES])
        return replace(result, signature=sign(head))

    return replace(run, results=tuple(signed(result) for result in run.results))


def link_tests(run: TestRun, clusters: Sequence[Cluster], *, mask: Callable[[str], str]) -> TestRun:
    """The run with the clusters of each failed test: those whose core stands in the failure, longest core first.

    Core and text are compared masked and as printed, and inside JSON documents of the text. Nothing is linked by
    time, nor by a core of fewer than MIN_LETTERS letters.
    """
    needles = sorted(
        ((cluster.core, mask(cluster.core), cluster.fingerprint) for cluster in clusters if _telling(cluster.core)),
        key=lambda needle: (-len(needle[1]), needle[2]),
    )

    def linked(result: TestResult) -> TestResult:
        if result.status.outcome != "failed" or result.message is None:
            return replace(result, clusters=())
        printed = tuple(dict.fromkeys(_texts(result.message)))
        masked = tuple(dict.fromkeys(mask(text) for text in printed))
        found = (
            fingerprint
            for core, core_masked, fingerprint in needles
            if any(core in text for text in printed)
            or (_telling(core_masked) and any(core_masked in text for text in masked))
        )
        return replace(result, clusters=tuple(dict.fromkeys(found)))

    return replace(run, results=tuple(linked(result) for result in run.results))


def _telling(core: str) -> bool:
    return sum(map(str.isalpha, _PLACEHOLDER.sub("", core))) >= MIN_LETTERS


def _texts(text: str) -> Iterator[str]:
    """The text, the text without escapes, and every string of the JSON documents in it."""
    yield text
    if "\\" in text:
        yield text.replace('\\"', '"').replace("\\'", "'").replace("\\n", "\n")
    decoder = json.JSONDecoder()
    at = tried = 0
    while tried < _MAX_DOCUMENTS and (opening := _OPENING.search(text, at)):
        tried += 1
        at = opening.end()
        try:
            document, at = decoder.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            continue
        yield from _strings(document)


def _strings(document: object) -> Iterator[str]:
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
