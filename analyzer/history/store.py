"""The history of one team: save a cycle, ask what came before, keep claims and accepted errors."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, delete, distinct, func, select

from analyzer.errors import HistoryError
from analyzer.history import ledger, reading, writing
from analyzer.history.cutting import cut_report, storable
from analyzer.history.engines import Database
from analyzer.history.keys import services_key
from analyzer.history.tables import claims, clusters, cycles, known, metadata, texts
from analyzer.history.values import ClusterTotal, SavedCycle
from analyzer.model import Claim, KnownError, Past

_MIN_PREFIX = 6
"""digits of a key that may stand for it"""
_BEFORE_ALL_NS = -1
"""a cycle without times stands before the others"""


class History:
    """Saved cycles in a database; open it with `open_history`. Every method is one transaction.

    All raise `HistoryError` where the database cannot be read or written. Times are Unix nanoseconds.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def __str__(self) -> str:
        """Where it is, without a password."""
        return str(self._database.place)

    # --- cycles

    def save(self, report: Mapping[str, Any]) -> str:
        """Keep a report's cycle, in place of one with the same services, window and inputs; its key."""
        cut = cut_report(report)
        self._database.write(lambda connection: writing.write_cycle(connection, cut))
        return str(cut.cycle["key"])

    def cycles(self, services: Collection[str] | None = None) -> tuple[SavedCycle, ...]:
        """All saved cycles, or those of exactly these services, newest window first."""
        wanted = select(*reading.LISTED)
        if services is not None:
            wanted = wanted.where(cycles.c.services_key == services_key(services))
        rows = self._database.read(lambda connection: connection.execute(wanted).mappings().all())
        return tuple(sorted(map(reading.saved_cycle, rows), key=_age, reverse=True))

    def resolve(self, name: str, services: Collection[str] | None = None) -> SavedCycle | None:
        """The cycle of this key, this name (the newest of several), or whose key begins with this; None: there is none.

        `HistoryError` where it may be one of several services' and `services` does not tell.
        """
        listed = self.cycles()
        named = storable(name)
        found = [c for c in listed if c.key == name] or [c for c in listed if c.name == named]
        if not found and len(name) >= _MIN_PREFIX:
            found = [c for c in listed if c.key.startswith(name)]
        if services is not None and len({c.services for c in found}) > 1:
            found = [c for c in found if c.services == tuple(sorted(set(services)))] or found
        if len({c.services for c in found}) > 1:
            keys = "; ".join(f"{c.key} ({', '.join(c.services)})" for c in found[:5])
            raise HistoryError(f"{len(found)} saved cycles may be meant by {name}", f"give the key of one: {keys}")
        return found[0] if found else None

    def report(self, name: str, services: Collection[str] | None = None) -> dict[str, Any] | None:
        """The report of the cycle that `resolve` finds, exactly as it was saved."""
        found = self.resolve(name, services)
        return self._report(found.key) if found else None

    def reports(self) -> Iterator[dict[str, Any]]:
        """Every saved report, oldest window first."""
        for cycle in reversed(self.cycles()):
            report = self._report(cycle.key)
            if report is not None:  # pruned by another process meanwhile
                yield report

    def previous(
        self, services: Collection[str], before_ns: int | None, *, but: str | None = None, green: bool = False
    ) -> dict[str, Any] | None:
        """The report of the newest cycle of the same services whose window ends no later than `before_ns`.

        `but` is a key to leave out: that of the cycle that asks. `green` asks for one in which no test failed.
        None where there is none, and where the time is not known.
        """
        if before_ns is None:
            return None
        wanted = reading.before(services, before_ns, but).with_only_columns(cycles.c.digest, cycles.c.report)
        if green:
            wanted = wanted.where(cycles.c.pass_rate == 1.0)
        row = self._database.read(lambda connection: connection.execute(wanted.limit(1)).one_or_none())
        return reading.unpacked(row, self) if row else None

    def past(
        self, services: Collection[str], before_ns: int | None, *, limit: int = 30, but: str | None = None
    ) -> Past:
        """What a cycle that begins at `before_ns` is judged with: the newest `limit` of the cycles that `previous`
        looks at, claims and accepted errors. Without a time no cycle is surely earlier."""

        def work(connection: Connection) -> Past:
            return Past(
                cycles=reading.past_cycles(connection, services, before_ns, but, limit)
                if before_ns is not None
                else (),
                claims=ledger.claims_of(connection),
                known=ledger.known_of(connection),
            )

        return self._database.read(work)

    def named(self, text: str) -> tuple[str, ...]:
        """Fingerprints of all clusters ever saved that hold the text: title, template, core or exception message.

        The text is matched as it is, upper and lower case apart, or equals a fingerprint or alias. Sorted.
        """
        return self._database.read(lambda connection: reading.named(connection, storable(text), self._find))

    def totals(self, fingerprint: str | None = None) -> tuple[ClusterTotal, ...]:
        """What all saved cycles counted, by fingerprint; or for those alone that begin with `fingerprint`."""
        wanted = (
            select(
                clusters.c.fingerprint,
                func.min(texts.c.title),
                func.count(distinct(clusters.c.cycle_key)),
                func.sum(clusters.c.count),
                func.sum(clusters.c.entries),
                func.min(clusters.c.first_ns),
                func.max(clusters.c.last_ns),
            )
            .join(texts, texts.c.digest == clusters.c.text_digest)
            .where(clusters.c.count > 0)
            .group_by(clusters.c.fingerprint)
        )
        if fingerprint is not None:
            wanted = wanted.where(clusters.c.fingerprint.startswith(fingerprint, autoescape=True))
        rows = self._database.read(lambda connection: connection.execute(wanted).all())
        found = (
            ClusterTotal(
                fingerprint=f,
                title=title,
                cycles=n,
                count=int(count),
                entries=int(entries),
                first_ns=first,
                last_ns=last,
            )
            for f, title, n, count, entries, first, last in rows
        )
        return tuple(sorted(found, key=lambda total: total.fingerprint))

    def occurrences(self, fingerprint: str) -> tuple[tuple[SavedCycle, int], ...]:
        """The cycles in which a cluster of this fingerprint or alias occurred, with the count there, oldest first."""
        alias = f'"{fingerprint}"'
        wanted = (
            select(*reading.LISTED, func.sum(clusters.c.count).label("occurred"))
            .join(clusters, clusters.c.cycle_key == cycles.c.key)
            .where(
                clusters.c.count > 0,
                (clusters.c.fingerprint == fingerprint) | (self._find(clusters.c.aliases, alias) > 0),
            )
            .group_by(*reading.LISTED)
        )
        rows = self._database.read(lambda connection: connection.execute(wanted).mappings().all())
        return tuple(sorted(((reading.saved_cycle(r), int(r["occurred"])) for r in rows), key=lambda x: _age(x[0])))

    def prune(self, *, keep: int | None = None, before_ns: int | None = None, keys: Iterable[str] | None = None) -> int:
        """Delete cycles; how many. Claims and accepted errors stay.

        `keep` spares the newest so many of each set of services, `before_ns` deletes only what ended before it (a
        cycle without times never), `keys` only these. At least one of them must be given.
        """
        if keep is None and before_ns is None and keys is None:
            raise HistoryError("nothing was named to delete", "add --keep N, --older-than 90d, or --cycle NAME")
        chosen = set(keys) if keys is not None else None

        def work(connection: Connection) -> int:
            listed = sorted(
                map(reading.saved_cycle, connection.execute(select(*reading.LISTED)).mappings()), key=_age, reverse=True
            )
            seen: dict[tuple[str, ...], int] = {}
            doomed = []
            for cycle in listed:
                seen[cycle.services] = seen.get(cycle.services, 0) + 1
                if (
                    (keep is None or seen[cycle.services] > keep)
                    and (before_ns is None or (cycle.to_ns is not None and cycle.to_ns < before_ns))
                    and (chosen is None or cycle.key in chosen)
                ):
                    doomed.append(cycle.key)
            writing.delete_cycles(connection, sorted(doomed))
            return len(doomed)

        return self._database.write(work)

    # --- claimed fixes and accepted errors

    def add_claim(self, commit: str, text: str) -> bool:
        """Note that a commit is claimed to cure what `text` names; False where that is noted already.

        The text is written as it is: redact what a user typed.
        """
        return self._database.write(lambda connection: ledger.add_claim(connection, commit, text))

    def claims(self) -> tuple[Claim, ...]:
        """The claims, in the order in which they were added."""
        return self._database.read(ledger.claims_of)

    def remove_claim(self, commit: str, text: str) -> bool:
        """Forget a claim; False where there is none."""
        wanted = delete(claims).where(claims.c.digest == ledger.claim_digest(commit, text))
        return self._database.write(lambda connection: connection.execute(wanted).rowcount > 0)

    def add_known(self, fingerprint: str, reason: str, until: str) -> None:
        """Accept an error through the day `until` (YYYY-MM-DD, UTC), in place of what was said of it before.

        The reason is written as it is: redact what a user typed.
        """
        self._database.write(lambda connection: ledger.add_known(connection, fingerprint, reason, until))

    def known(self) -> tuple[KnownError, ...]:
        """The accepted errors, expired ones too, by fingerprint."""
        return self._database.read(ledger.known_of)

    def remove_known(self, fingerprint: str) -> bool:
        """Accept an error no longer; False where it was not."""
        wanted = delete(known).where(known.c.fingerprint == fingerprint)
        return self._database.write(lambda connection: connection.execute(wanted).rowcount > 0)

    # --- the whole

    def check(self) -> tuple[str, ...]:
        """What is wrong with the file and with each cycle, as sentences; empty where all is whole."""
        return self._database.read(lambda connection: reading.faults(connection, self._database.is_sqlite))

    def row_counts(self) -> dict[str, int]:
        """Rows by table."""

        def work(connection: Connection) -> dict[str, int]:
            return {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in metadata.sorted_tables
            }

        return self._database.read(work)

    def _report(self, key: str) -> dict[str, Any] | None:
        wanted = select(cycles.c.digest, cycles.c.report).where(cycles.c.key == key)
        row = self._database.read(lambda connection: connection.execute(wanted).one_or_none())
        return reading.unpacked(row, self) if row else None

    @property
    def _find(self) -> Callable[..., Any]:
        """Where a text stands in another, 0 where it does not: unlike LIKE, capitals count on both databases."""
        return func.instr if self._database.is_sqlite else func.strpos


def _age(cycle: SavedCycle) -> tuple[int, int, str]:
    to_ns, from_ns = cycle.to_ns, cycle.from_ns
    return (
        _BEFORE_ALL_NS if to_ns is None else to_ns,
        _BEFORE_ALL_NS if from_ns is None else from_ns,
        cycle.key,
    )
