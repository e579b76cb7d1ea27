"""Causes that no line of the code is: what surrounds the service, how it was set up, or the test itself.

Asked only where nothing was found in the code. Texts are weak evidence, so the weights are low: they order what to look
at, and prove nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analyzer.causes.settings_in_text import malformed_values
from analyzer.model import Change, Cluster, EventKind, HttpRequest, QueryKind, TestRun, TestStatus

_MAX_TEXT = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A kind of cause outside the code, and what speaks for it."""

    kind: str
    """configuration, packaging, infrastructure, dependency or test"""
    sentences: tuple[str, ...]
    weight: float
    """probability that the cause is of this kind, by the text alone"""


_TEXTS: tuple[tuple[str, str, float, str], ...] = (
    (
        r"memory limit of [\w.]{1,20} exceeded|\bOOMKilled\b|out of memory|\bsignal 9\b",
        "infrastructure",
        0.5,
        "the text says that memory ran out",
    ),
    (
        r"no space left on device|disk (?:is )?full|disk quota exceeded",
        "infrastructure",
        0.5,
        "the text says that the disk is full",
    ),
    (r"too many open files", "infrastructure", 0.4, "the text says that no more files may be opened"),
    (
        r"quota exceeded|resource[_ ]?exhausted|rate limit|too many requests",
        "infrastructure",
        0.45,
        "the text says that a quota or rate was used up",
    ),
    (
        r"too many (?:clients|connections)|remaining connection slots",
        "infrastructure",
        0.35,
        "the text says that no connection was left",
    ),
    (
        r"name or service not known|temporary failure in name resolution|nodename nor servname"
        r"|getaddrinfo (?:failed|ENOTFOUND)"
        r"|could not translate host name|failed to resolve",
        "infrastructure",
        0.4,
        "the text says that a host name has no address",
    ),
    (
        r"connection refused|ECONNREFUSED|no route to host|network is unreachable",
        "infrastructure",
        0.4,
        "the text says that nothing listened at the other end",
    ),
    (
        r"connection reset|ECONNRESET|server closed the connection unexpectedly|broken pipe|connection aborted",
        "infrastructure",
        0.35,
        "the text says that the other end closed the connection",
    ),
    (
        r"certificate (?:verify failed|has expired)|self.signed certificate|SSLCertVerificationError",
        "infrastructure",
        0.4,
        "the text says that a certificate was not accepted",
    ),
    (
        r"upstream (?:connect|request)|bad gateway|service unavailable|malformed or connection to the instance",
        "infrastructure",
        0.3,
        "the text is that of something in front of the service",
    ),
    (
        r"(?:relation|table|column) \S{1,120} does not exist|no such (?:table|column)|undefined ?(?:table|column)",
        "infrastructure",
        0.4,
        "the text says that the database has another schema than the code expects",
    ),
    (
        r"password authentication failed|access denied for user|permission[_ ]denied|403 forbidden",
        "configuration",
        0.35,
        "the text says that an account was not let in",
    ),
)
_KINDS: Mapping[QueryKind, tuple[str, float, str]] = {
    QueryKind.MODULE: ("packaging", 0.3, "a module is missing where it ran"),
    QueryKind.FILE: ("packaging", 0.25, "a file is missing where it ran"),
    QueryKind.ENVIRONMENT: ("configuration", 0.5, "an environment variable is not as it should be"),
    QueryKind.CREDENTIAL: ("configuration", 0.3, "a credential was refused, expired or missing"),
    QueryKind.CONNECTION: ("infrastructure", 0.35, "another server was not reached"),
    QueryKind.RESOURCE: ("infrastructure", 0.35, "a resource was used up"),
    QueryKind.TIMEOUT: ("infrastructure", 0.25, "something took longer than it may; the text does not say what"),
    QueryKind.DATABASE: ("infrastructure", 0.3, "the database refused what was asked"),
}
_EVENTS: Mapping[EventKind, tuple[str, float, str]] = {
    EventKind.PLATFORM: ("infrastructure", 0.3, "the platform wrote it, and no line of the code"),
    EventKind.DEPLOY: ("infrastructure", 0.3, "the deployment wrote it, and no line of the code"),
}
_COMPILED = [(re.compile(pattern, re.IGNORECASE), kind, weight, text) for pattern, kind, weight, text in _TEXTS]
_TEST_CLIENT = re.compile(
    r"python-requests/|python-httpx/|aiohttp/|pytest|\bk6/|locust|gatling|jmeter|playwright|HeadlessChrome|cypress|selenium"
    r"|PostmanRuntime|newman|testclient|supertest",
    re.IGNORECASE,
)
_PROBE = re.compile(
    r"GoogleHC|kube-probe|ELB-HealthChecker|UptimeRobot|Pingdom|StatusCake|Prometheus/|blackbox|zgrab|Nuclei|masscan|Nmap"
    r"|CensysInspect|Expanse|InternetMeasurement|GoogleStackdriverMonitoring",
    re.IGNORECASE,
)
_EXPECTS_ERROR = re.compile(
    r"(?:^|[_\W])(?:invalid|reject(?:s|ed)?|refus(?:es|ed)|unauthori[sz]ed|forbidden|denied|missing|malformed|wrong|bad|expired"
    r"|not_found|raises|fails?|failure|negative|without|error)(?:$|[_\W])",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z]{4,20}")


def outside_the_code(text: str, query: QueryKind | None, event: EventKind) -> Outside | None:
    """What lies outside the code, by the text, by what it asks and by who wrote it; None where nothing says so."""
    text = text[:_MAX_TEXT]
    malformed = malformed_values(text)
    if malformed:
        return Outside(kind="configuration", sentences=tuple(m.sentence for m in malformed[:3]), weight=0.5)
    for pattern, kind, weight, sentence in _COMPILED:
        if pattern.search(text):
            return Outside(kind=kind, sentences=(sentence,), weight=weight)
    known = (_KINDS.get(query) if query is not None else None) or _EVENTS.get(event)
    return Outside(kind=known[0], weight=known[1], sentences=(known[2],)) if known is not None else None


def of_the_test(
    cluster: Cluster,
    tests: TestRun | None,
    *,
    neighbours: Sequence[str] = (),
    requests: Sequence[HttpRequest] = (),
    baseline_passed: bool | None = None,
) -> Outside | None:
    """Whether a test or a probe asked for this error; None where nothing says so, or a failing test holds its text.

    `neighbours` are lines around it, `requests` those it was printed for; `baseline_passed`: every test of the baseline
    passed, which had this error too.
    """
    failing = [r for r in tests.results if r.status in (TestStatus.FAILED, TestStatus.ERROR)] if tests else []
    if any(cluster.fingerprint in r.clusters for r in failing):
        return None
    said: list[str] = []
    weight = 0.0
    agents = [r.user_agent or "" for r in requests]
    if agents and all(_PROBE.search(a) for a in agents):
        said.append(f"every request it was printed for came from a probe or scanner: {_short(agents[0])}")
        weight += 0.5
    elif agents and all(_TEST_CLIENT.search(a) for a in agents):
        said.append(f"every request it was printed for came from a test client: {_short(agents[0])}")
        weight += 0.15
    elif any(_TEST_CLIENT.search(line[:_MAX_TEXT]) for line in neighbours):
        said.append("a line beside it names a test client")
        weight += 0.1
    expecting = _expecting(cluster, tests)
    if expecting:
        said.append(f"the test {expecting} passed, and by its name it asks for such an error")
        weight += 0.3
    if cluster.change is Change.ONGOING and baseline_passed:
        said.append("it was there in the baseline too, where all tests passed")
        weight += 0.15
    strong = weight >= 0.3
    return Outside(kind="test", sentences=tuple(said), weight=round(min(weight, 0.7), 6)) if strong else None


def _expecting(cluster: Cluster, tests: TestRun | None) -> str | None:
    """A passed test whose name speaks of failure and shares at least two words with the error."""
    words = set(_WORD.findall(f"{cluster.core} {cluster.title}"[:_MAX_TEXT].lower()))
    best: tuple[int, str] | None = None
    for result in tests.results if tests else ():
        name = result.test.rpartition("::")[2].rpartition(".")[2][:300]
        if result.status is not TestStatus.PASSED or not _EXPECTS_ERROR.search(name):
            continue
        shared = len(
            words & (set(_WORD.findall(name.lower().replace("_", " "))) - {"test", "with", "when", "that", "error"})
        )
        if shared >= 2 and (best is None or (-shared, result.test) < best):
            best = (-shared, result.test)
    return best[1] if best is not None else None


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
