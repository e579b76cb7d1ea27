"""Failed tests and the errors behind them: signatures, and the clusters that text, ids or time tie to them."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from analyzer.cycles.failures import head_of
from analyzer.cycles.id_links import MAX_ENTRIES, id_links, shared_ids
from analyzer.cycles.running import measure_times
from analyzer.cycles.time_links import Finding, bursts_of, clocks_agree, find_by_time, time_links
from analyzer.cycles.tolerance import with_tolerance
from analyzer.model import Cluster, Occurrence, TestLink, TestResult, TestRun

MIN_LETTERS = 12
"""letters that a core must have before its occurrence in a text says anything"""
_SHOWN = 120
"""characters of a core that a link shows"""
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


def link_tests(
    run: TestRun,
    clusters: Sequence[Cluster],
    *,
    mask: Callable[[str], str],
    occurrences: Sequence[Occurrence] = (),
) -> TestRun:
    """The run with the clusters of each failed test, each with a link that says why; passes that ran into errors told.

    First the clusters whose core stands in the failure (longest core first; core and text are compared masked and as
    printed, and inside JSON documents of the text, a core of fewer than MIN_LETTERS letters says nothing). Then those
    that share the id of a request with the test. Where there is neither, those that time alone ties to it
    (`time_links`); where two unrelated errors fit alike, none. A passed test gets no links: where errors occurred
    in its own requests, `suspicious` says so (`tolerance`).
    """
    needles = sorted(
        ((cluster.core, mask(cluster.core), cluster) for cluster in clusters if _telling(cluster.core)),
        key=lambda needle: (-len(needle[1]), needle[2].fingerprint),
    )
    shared = shared_ids(run.results, occurrences, clusters)
    linked = [
        _with_links(r, [*_text_links(r, needles, mask), *id_links(shared.get(r.test, ()))])
        if r.status.outcome == "failed"
        else replace(r, clusters=(), links=())
        for r in run.results
    ]
    warnings = run.warnings
    findings: Sequence[Finding] = ()
    times = measure_times(linked) if occurrences else None
    if times is not None:
        findings = find_by_time(linked, bursts_of(occurrences, clusters, times), times)
        tied, agreeing = clocks_agree(linked, occurrences, times) if findings else (0, 0)
        if 2 * agreeing < tied:
            findings = ()
            doubt = (
                f"the clocks of tests and logs do not agree: {tied - agreeing} of {tied} failed tests name an error "
                "that the logs hold at another time; nothing is linked by time"
            )
            warnings = (*warnings, doubt)
    of_test: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        of_test[finding.test].append(finding)
    linked = [
        _with_links(r, time_links(of_test[r.test], clusters))
        if r.status.outcome == "failed" and not r.links and r.test in of_test
        else r
        for r in linked
    ]
    return replace(
        run,
        results=tuple(with_tolerance(linked, shared, findings)),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _with_links(result: TestResult, links: Iterable[TestLink]) -> TestResult:
    """The result with these links, one of each cluster: the first."""
    kept = {link.fingerprint: link for link in reversed(list(links))}
    ordered = tuple(reversed(kept.values()))
    return replace(result, clusters=tuple(link.fingerprint for link in ordered), links=ordered)


def _text_links(
    result: TestResult, needles: Sequence[tuple[str, str, Cluster]], mask: Callable[[str], str]
) -> Iterator[TestLink]:
    if result.message is None:
        return
    printed = tuple(dict.fromkeys(_texts(result.message)))
    masked = tuple(dict.fromkeys(mask(text) for text in printed))
    for core, core_masked, cluster in needles:
        as_printed = any(core in text for text in printed)
        if as_printed or (_telling(core_masked) and any(core_masked in text for text in masked)):
            shown = " ".join(core.split())
            shown = shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"
            yield TestLink(
                fingerprint=cluster.fingerprint,
                by="text",
                evidence=f"its failure holds “{shown}”" + ("" if as_printed else ", values apart"),
                entry_ids=cluster.first_entry_ids[:MAX_ENTRIES],
            )


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
