"""What to ask Cloud Logging for: tiers of filters, the most telling first, none asking for what an earlier one brings.

The language: https://cloud.google.com/logging/docs/view/logging-query-language . OR binds tighter than AND, so all is
in parentheses. A field that is missing satisfies no comparison, not even `!=`, so exclusion is NOT of the whole.
Comparisons ignore case; regular expressions (RE2) do not, and match anywhere. They are written without backslashes,
which a quoted string would want doubled.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzer.errors import ConfigError
from analyzer.model import SERVICE_LABELS, Window, quoted
from analyzer.sources.cloud_logging.rows import rfc3339

MAX_FILTER = 20_000
"""characters (https://cloud.google.com/logging/quotas)"""
AROUND_NS = 30 * 1_000_000_000
"""context of an instance: so much before and after"""
_ROOM = 200
"""characters for what `in_window` adds"""
_MAX_SERVICE = 256

_DEPLOY_METHODS = (
    "^/(Internal)?Services[.]",
    "^/(Jobs|WorkerPools|Revisions)[.]",
    "^google[.]cloud[.]run[.]v[0-9a-z]+[.][A-Za-z]+[.](Replace|Create|Update|Delete)",
    "^google[.]cloud[.]serverless[.]internal[.]",
    "^google[.]cloud[.]functions[.]v[0-9a-z]+[.][A-Za-z0-9]+[.](Create|Update|Delete)Function",
    "^google[.]appengine[.]v[0-9a-z]+[.](Versions|Services)[.](Create|Update|Delete)",
    "^io[.]k8s[.]apps[.]v1[.](deployments|statefulsets|daemonsets)[.](create|update|patch|replace|delete)",
)
_MESSAGE_KEYS = ("message", "msg", "event", "text", "log", "body", "error", "error.message", "detail")
_STACK_KEYS = (
    "stack_trace",
    "stacktrace",
    "stack",
    "exception",
    "exc_info",
    "exc_text",
    "traceback",
    "exception.exc_value",
    "exception.stacktrace",
    "error.stack",
    "error.traceback",
)
_LEVEL_KEYS = ("level", "levelname", "severity", "lvl", "log_level", "loglevel", "severity_text", '"log.level"')
_ERROR_WORDS = ("error", "err", "severe", "exception", "critical", "crit", "fatal", "panic", "alert", "emergency")
_SMELL = (
    "(?i)(error|exception|traceback|fatal|panic|critical|severe|emerg|fail|abort|unhandled|uncaught|refused|denied|"
    "timed ?out|timeout|killed|out of memory|exited|exit code|segmentation|core dumped|unreachable)"
)
_TRACE = (
    "Traceback .most recent call last|File .+, line [0-9]+|^[^A-Za-z0-9]+at [A-Za-z].*[(:]|Caused by: |"
    "^panic: |^goroutine [0-9]+|^Exception in thread|HTTP/[0-9.]+.? 5[0-9][0-9]"
)
"""a printed stack, or a line of it that came as an entry of its own, or a request that failed: an error at any
severity, for some platforms call everything on stdout INFO"""
_WARNING_SMELL = "(?i)warn|HTTP/[0-9.]+.? 4[0-9][0-9]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One question about a window."""

    name: str
    filter: str
    """empty: every entry"""
    wants_error_groups: bool = False
    """the answer is worth the REST surface, which alone tells `errorGroups`"""


def tiers(*, services: Sequence[str] = (), sample: float = 0.01, every: bool = False) -> tuple[Tier, ...]:
    """The questions in the order of worth: deploys, errors, texts, warnings, and a sample of the rest.

    No entry answers two of them, and with `sample=1` every entry answers one; `sample=0` leaves the rest out.
    `every` is one question for everything. Raises `ConfigError`.
    """
    if not 0 <= sample <= 1:
        raise ConfigError(f"a sample of {sample}", "give a share from 0 to 1; 0.01 is one entry in a hundred")
    named = _services(services)
    if every:
        return (_checked(Tier(name="all", filter=_of_services(named))),)
    deploys, errors, texts, warnings = _deploys(), _errors(), _texts(), _warnings()
    own = [_of_services(named)] if named else []
    found = [
        Tier(name="deploys", filter=_all([deploys, *([_deployed(named)] if named else [])])),
        Tier(name="errors", filter=_all([errors, *own, _not(deploys)]), wants_error_groups=True),
        Tier(name="texts", filter=_all([texts, *own, _not(errors), _not(deploys)])),
        Tier(name="warnings", filter=_all([warnings, *own, _not(texts), _not(errors), _not(deploys)])),
    ]
    if sample > 0:
        # sample() is stable: the same entries whoever asks, whenever
        share = [] if sample == 1 else [f"sample(insertId, {_decimal(sample)})"]
        rest = _all([*share, *own, _not(warnings), _not(texts), _not(errors), _not(deploys)])
        found.append(Tier(name="rest", filter=rest))
    return tuple(_checked(tier) for tier in found)


def in_window(filter_: str, window: Window, received_from_ns: int | None = None) -> str:
    """The filter within the window, and of that only what was received since, where a time is given."""
    parts = [f"({filter_})"] if filter_ else []
    parts += [f'timestamp>="{rfc3339(window.from_ns)}"', f'timestamp<"{rfc3339(window.to_ns)}"']
    if received_from_ns is not None:
        parts.append(f'receiveTimestamp>="{rfc3339(received_from_ns)}"')
    return " AND ".join(parts)


def context_filters(traces: Iterable[str], instances: Iterable[tuple[str, int]]) -> list[str]:
    """All entries of these traces, and of these instances around a time (Unix ns), in as few filters as can be.

    A trace is a whole name (`projects/P/traces/ID`) or the bare id; an instance as `Entry.instance` has it.
    Raises `ConfigError` for what is far too long to be either.
    """
    pieces = [("trace=" if "/" in trace else "trace:", quoted(trace)) for trace in sorted(set(traces)) if trace]
    pieces += [("", clause) for clause in _instances(instances)]
    pieces.sort(key=lambda piece: piece[0], reverse=True)
    filters: list[str] = []
    group: dict[str, list[str]] = {}
    size = 0
    for kind, text in pieces:
        if len(text) > MAX_FILTER // 2:
            raise ConfigError(f"{text[:60]}… is no trace and no instance", "give the id as the entries have it")
        added = len(text) + len(" OR ") + (0 if kind in group else len(kind) + len("() OR "))
        if size + added > MAX_FILTER - _ROOM:
            filters.append(_alternatives(group))
            group, size = {}, 0
            added = len(text) + len(kind) + len("() OR  OR ")
        group.setdefault(kind, []).append(text)
        size += added
    return [*filters, _alternatives(group)] if group else filters


def _deploys() -> str:
    method = f"protoPayload.methodName=~{quoted('|'.join(_DEPLOY_METHODS))}"
    audit = 'log_id("cloudaudit.googleapis.com/activity") OR log_id("cloudaudit.googleapis.com/system_event")'
    events = 'log_id("events") AND resource.type=("k8s_pod" OR "k8s_node" OR "k8s_cluster" OR "k8s_container")'
    return f'(({audit}) AND {method}) OR log_id("run.googleapis.com/varlog/system") OR ({events})'


def _errors() -> str:
    return "severity>=ERROR OR httpRequest.status>=500 OR errorGroups.id:*"


def _texts() -> str:
    """Entries whose severity is not said, but whose text is that of an error; and stacks at any severity.

    Numbers are compared for equality only: how `>=` compares a number with a text is not written anywhere.
    """
    smells = [f"{key}=~{quoted(_SMELL)}" for key in ("textPayload", *_payload(_MESSAGE_KEYS))]
    # a null may be there, and read as its name: what tells an exception has a colon, a bracket, a dot
    stacks = [f'{key}=~"[:(.]"' for key in _payload(_STACK_KEYS)]
    levels = [f"{key}=({_either(_ERROR_WORDS)})" for key in _payload((*_LEVEL_KEYS, "record.level.name"))]
    numbers = [
        "jsonPayload.level=(50 OR 60)",  # pino, bunyan
        "jsonPayload.levelno=(40 OR 50)",  # Python
        "jsonPayload.severity_number=(17 OR 18 OR 19 OR 20 OR 21 OR 22 OR 23 OR 24)",  # OpenTelemetry
    ]
    unsaid = " OR ".join([*smells, *stacks, *levels, *numbers])
    traces = " OR ".join(f"{key}=~{quoted(_TRACE)}" for key in ("textPayload", *_payload(("message", "msg", "event"))))
    return f"(severity=DEFAULT AND ({unsaid})) OR {traces}"


def _warnings() -> str:
    levels = [f'{key}=("warn" OR "warning")' for key in _payload((*_LEVEL_KEYS, "record.level.name"))]
    texts = [f"{key}=~{quoted(_WARNING_SMELL)}" for key in ("textPayload", *_payload(("message", "msg", "event")))]
    numbers = ["jsonPayload.level=40", "jsonPayload.levelno=30", "jsonPayload.severity_number=(13 OR 14 OR 15 OR 16)"]
    unsaid = " OR ".join([*texts, *levels, *numbers])
    return (
        f"severity=WARNING OR (httpRequest.status>=400 AND httpRequest.status<500) OR (severity=DEFAULT AND ({unsaid}))"
    )


def _services(services: Sequence[str]) -> list[str]:
    named = sorted({service.strip() for service in services})
    if "" in named:
        raise ConfigError("a service without a name", "give --service NAME, or leave it out for all services")
    long = next((s for s in named if len(s) > _MAX_SERVICE), None)
    if long is not None:
        raise ConfigError(f"a service named {long[:40]}…", "give the name as the Cloud console shows it")
    return named


def _of_services(named: Sequence[str]) -> str:
    return " OR ".join(f"resource.labels.{label}=({_either(named)})" for label in SERVICE_LABELS) if named else ""


def _deployed(named: Sequence[str]) -> str:
    """Also events of a workload's pods and audit entries of the workload: their resource's labels name no service."""
    clauses = [_of_services(named)]
    plain = [name.replace(".", "[.]") for name in named if re.fullmatch(r"[A-Za-z0-9._-]+", name, re.ASCII)]
    if plain:
        either = "|".join(plain)
        clauses.append(f"resource.labels.pod_name=~{quoted(f'^({either})-[a-z0-9]+(-[a-z0-9]{{5}})?$')}")
        clauses.append(f"protoPayload.resourceName=~{quoted(f'(^|/)({either})(/|$)')}")
    return " OR ".join(clauses)


def _instances(instances: Iterable[tuple[str, int]]) -> list[str]:
    """One clause for each stretch of time of an instance; stretches that meet are one."""
    clauses: list[str] = []
    stretches: dict[str, list[tuple[int, int]]] = {}
    for name, time_ns in sorted(set(instances)):
        low, high = time_ns - AROUND_NS, time_ns + AROUND_NS
        known = stretches.setdefault(name, [])
        if known and low <= known[-1][1]:
            known[-1] = (known[-1][0], high)
        else:
            known.append((low, high))
    for name, known in stretches.items():
        if name:
            clauses += [f"({in_window(_instance(name), Window(from_ns=low, to_ns=high))})" for low, high in known]
    return clauses


def _instance(name: str) -> str:
    execution, slash, task = name.rpartition("/")
    if slash and task.isdecimal():
        labels = f'labels."run.googleapis.com/execution_name"={quoted(execution)}'
        return f'{labels} AND labels."run.googleapis.com/task_index"={quoted(task)}'
    value = quoted(name)
    fields = ("labels.instanceId", "resource.labels.pod_name", "resource.labels.instance_id")
    return " OR ".join(f"{key}={value}" for key in (*fields, "labels.clone_id", "labels.execution_id"))


def _checked(tier: Tier) -> Tier:
    if len(tier.filter) > MAX_FILTER - _ROOM:
        raise ConfigError(
            f"the filter of the tier {tier.name} has {len(tier.filter):,} characters",
            f"Cloud Logging takes {MAX_FILTER:,}: name fewer services, or none for all of them",
        )
    return tier


def _payload(keys: Iterable[str]) -> list[str]:
    return [f"jsonPayload.{key}" for key in keys]


def _either(values: Iterable[str]) -> str:
    return " OR ".join(quoted(value) for value in values)


def _all(clauses: Iterable[str]) -> str:
    return " AND ".join(clause if _is_closed(clause) else f"({clause})" for clause in clauses)


def _is_closed(clause: str) -> bool:
    return clause.startswith(("NOT (", "sample("))


def _not(clause: str) -> str:
    return f"NOT ({clause})"


def _alternatives(group: dict[str, list[str]]) -> str:
    return " OR ".join(f"{kind}({' OR '.join(values)})" for kind, values in group.items())


def _decimal(share: float) -> str:
    """Without an exponent, which the language may not read."""
    digits = max(2, 3 - math.floor(math.log10(share)))
    return f"{share:.{digits}f}".rstrip("0")
