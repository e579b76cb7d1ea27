"""Rows out of the tables, as the values that others know."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Select, func, select

from analyzer.errors import HistoryError
from analyzer.history.cutting import cut_report
from analyzer.history.keys import content_digest, services_key
from analyzer.history.tables import clusters, cycles, tests, texts
from analyzer.history.values import SavedCycle
from analyzer.model import Action, Change, Fix, Impact, PastCycle, PastTest

LISTED = (
    cycles.c.key,
    cycles.c.name,
    cycles.c.services,
    cycles.c.from_ns,
    cycles.c.to_ns,
    cycles.c.pass_rate,
    cycles.c.errors,
)
"""the columns of a `SavedCycle`"""


def saved_cycle(row: Mapping[Any, Any]) -> SavedCycle:
    """A row of `LISTED`."""
    return SavedCycle(
        key=row["key"],
        name=row["name"],
        services=tuple(json.loads(row["services"])),
        from_ns=row["from_ns"],
        to_ns=row["to_ns"],
        pass_rate=row["pass_rate"],
        errors=row["errors"],
    )


def unpacked(row: Any, history: object) -> dict[str, Any]:
    """The report of a row (digest, report); raises `HistoryError` where it is not what was saved."""
    digest, packed = row
    try:
        report = json.loads(zlib.decompress(packed))
    except (zlib.error, ValueError) as err:
        report, digest = None, f"({err})"
    if not isinstance(report, dict) or content_digest(report) != digest:
        raise HistoryError(f"history {history}: a saved report is damaged", "analyzer history prune --cycle KEY")
    return report


def before(services: Collection[str], before_ns: int, but: str | None) -> Select[Any]:
    """Cycles of exactly these services that end no later than `before_ns`, newest first."""
    wanted = (
        select(cycles)
        .where(cycles.c.services_key == services_key(services), cycles.c.to_ns <= before_ns)
        .order_by(cycles.c.to_ns.desc(), func.coalesce(cycles.c.from_ns, -1).desc(), cycles.c.key.desc())
    )
    return wanted.where(cycles.c.key != but) if but is not None else wanted


def past_cycles(
    connection: Connection, services: Collection[str], before_ns: int, but: str | None, limit: int
) -> tuple[PastCycle, ...]:
    """The newest `limit` of them, oldest first."""
    wanted = before(services, before_ns, but).with_only_columns(*LISTED, cycles.c.facts).limit(limit)
    rows = connection.execute(wanted).mappings().all()
    keys = [row["key"] for row in rows]
    seen: dict[str, set[str]] = defaultdict(set)
    resolved: dict[str, set[str]] = defaultdict(set)
    columns = (clusters.c.cycle_key, clusters.c.fingerprint, clusters.c.aliases, clusters.c.count, clusters.c.change)
    for key, fingerprint, aliases, count, change in connection.execute(
        select(*columns).where(clusters.c.cycle_key.in_(keys))
    ):
        ids = (fingerprint, *json.loads(aliases)) if aliases != "[]" else (fingerprint,)
        if count > 0:
            seen[key].update(ids)
        elif change == Change.RESOLVED.value:
            resolved[key].update(ids)
    outcomes: dict[str, dict[str, PastTest]] = defaultdict(dict)
    for key, test, outcome, signature, flaky in connection.execute(
        select(tests.c.cycle_key, tests.c.test, tests.c.outcome, tests.c.signature, tests.c.flaky)
        .where(tests.c.cycle_key.in_(keys))
        .order_by(tests.c.cycle_key, tests.c.position)
    ):
        outcomes[key][test] = PastTest(outcome=outcome, signature=signature, flaky=flaky)
    return tuple(
        _past_cycle(row, seen=seen[row["key"]], resolved=resolved[row["key"]], outcomes=outcomes[row["key"]])
        for row in reversed(rows)
    )


def _past_cycle(
    row: Mapping[Any, Any], *, seen: set[str], resolved: set[str], outcomes: Mapping[str, PastTest]
) -> PastCycle:
    facts = json.loads(row["facts"])
    return PastCycle(
        key=row["key"],
        name=row["name"],
        from_ns=row["from_ns"],
        to_ns=row["to_ns"],
        services=tuple(json.loads(row["services"])),
        pass_rate=row["pass_rate"],
        clusters=row["errors"],
        seen=tuple(sorted(seen)),
        resolved=tuple(sorted(resolved)),
        revisions=tuple((service, revision, commit) for service, revision, commit in facts["revisions"]),
        tests=outcomes,
        fixes=tuple(Fix.from_dict(fix) for fix in facts["fixes"]),
        actions=tuple(Action.from_dict(action) for action in facts["actions"]),
        impact=tuple(Impact.from_dict(area) for area in facts["impact"]),
        errors=tuple(tuple(names) for names in facts["errors"]),
        new=facts["new"],
        gone=facts["gone"],
        regressed=tuple(facts["regressed"]),
    )


def named(connection: Connection, text: str, find: Callable[..., Any]) -> tuple[str, ...]:
    """Fingerprints of the clusters that a claim's text names, sorted; an empty text names none."""
    if not text:
        return ()
    columns = (texts.c.title, texts.c.template, texts.c.core, texts.c.exception)
    hit = find(columns[0], text) > 0
    for column in columns[1:]:
        hit = hit | (find(column, text) > 0)
    by_text = select(clusters.c.fingerprint).join(texts, texts.c.digest == clusters.c.text_digest).where(hit).distinct()
    by_id = (
        select(clusters.c.fingerprint)
        .where((clusters.c.fingerprint == text) | (find(clusters.c.aliases, json.dumps(text)) > 0))
        .distinct()
    )
    return tuple(sorted({*connection.execute(by_text).scalars(), *connection.execute(by_id).scalars()}))


def faults(connection: Connection, is_sqlite: bool) -> tuple[str, ...]:
    """What is not whole: pages of the file, rows without their cycle, cycles whose rows are not those of the report."""
    found = []
    if is_sqlite:
        checked = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        found += [f"SQLite: {line}" for line in checked if line != "ok"]
        found += [
            f"SQLite: {row[0]} row {row[1]} refers to nothing"
            for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
        ]
    for key, digest, packed in connection.execute(select(cycles.c.key, cycles.c.digest, cycles.c.report)).all():
        found += _faults_of_cycle(connection, key, digest, packed)
    return tuple(found)


def _faults_of_cycle(connection: Connection, key: str, digest: str, packed: bytes) -> Iterator[str]:
    try:
        cut = cut_report(unpacked((digest, packed), key))
    except HistoryError as err:
        yield f"cycle {key}: {err.message}"
        return
    if cut.cycle["key"] != key:
        yield f"cycle {key}: holds the report of {cut.cycle['key']}"
    for table, wanted in ((clusters, cut.clusters), (tests, cut.tests)):
        rows = connection.execute(select(table).where(table.c.cycle_key == key).order_by(table.c.position)).mappings()
        if [dict(row) for row in rows] != [{**row, "cycle_key": key} for row in wanted]:
            yield f"cycle {key}: rows of {table.name} are not those of its report"
