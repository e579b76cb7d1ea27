"""What every format shows: the cleaned report, and what follows from it by counting."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from analyzer.errors import ReportError
from analyzer.model.report import SCHEMA_ID
from analyzer.reports.answers import Answer, answer, banners, error_clusters
from analyzer.reports.hostile import clean_values, one_line, shorten
from analyzer.reports.sums import Sum, ledger_sums
from analyzer.reports.undecided import Undecided, undecided

_PLAIN_FINGERPRINT = re.compile(r"s[0-9]+:[0-9a-f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A report ready to be written down. All text in it is cleaned, none of it escaped."""

    report: Mapping[str, Any]
    title: str
    banners: tuple[str, ...]
    """what makes the whole report doubtful; stands above everything"""
    answer: Answer
    clusters: tuple[Mapping[str, Any], ...]
    """active ones in written order, then accepted ones, then those not here any more, noise last"""
    sums: tuple[Sum, ...]
    undecided: tuple[Undecided, ...]
    cluster_anchors: Mapping[str, str]
    """fingerprint or alias → id in the page"""
    cluster_titles: Mapping[str, str]
    """fingerprint or alias → title"""
    entry_anchors: Mapping[str, str]
    """entry id → id in the page, for the entries that exemplars show"""

    @property
    def here(self) -> tuple[Mapping[str, Any], ...]:
        """Error clusters of this window, without noise and accepted ones."""
        return tuple(c for c in error_clusters(self.report) if c["count"])

    def commit_link(self, commit: str) -> str | None:
        """The page of a commit at its code host, where the analysis knew one; only ever an https address."""
        link = (self.report.get("commit_links") or {}).get(commit)
        return link if isinstance(link, str) and link.startswith("https://") else None

    def evidence_anchor(self, cause: Mapping[str, Any], evidence: Mapping[str, Any]) -> str | None:
        """The id of the code path of this cause that holds the evidence's line."""
        for number, path in enumerate(cause["code_paths"], 1):
            if path["file"] == evidence["file"] and path["line"] <= (evidence["line"] or 0) <= path["end_line"]:
                return f"cause-{cause['rank']}-code-{number}"
        return None


def view(report: Mapping[str, Any]) -> View:
    """The view of a report dict. Raises `ReportError` where it is not one, or has a schema this version cannot read."""
    written = report.get("schema") if isinstance(report, Mapping) else None
    if written != SCHEMA_ID:
        raise ReportError(
            f"not a report that can be rendered: its schema is {written!r}, expected {SCHEMA_ID!r}",
            "give the JSON that `analyzer analyze -o report.json` wrote; a newer schema needs a newer analyzer",
        )
    with following_schema():
        return _view(clean_values(report))


@contextmanager
def following_schema(*also: type[Exception]) -> Iterator[None]:
    """Within: a report that claims our schema and does not follow it is a `ReportError`, whatever trips over it."""
    trips: tuple[type[Exception], ...] = (KeyError, TypeError, AttributeError, IndexError, ValueError, RecursionError)
    try:
        yield
    except trips + also as error:
        raise ReportError(
            f"the report does not follow its schema ({type(error).__name__}: {error})",
            "run the analysis again; `analyzer schema` prints what a report must hold",
        ) from error


def _view(report: Mapping[str, Any]) -> View:
    clusters = sorted(report["clusters"], key=_shelf)
    cluster_anchors: dict[str, str] = {}
    cluster_titles: dict[str, str] = {}
    entry_anchors: dict[str, str] = {}
    for cluster in clusters:
        anchor = cluster_anchor(cluster["fingerprint"])
        for fingerprint in (cluster["fingerprint"], *cluster["aliases"]):
            cluster_anchors.setdefault(fingerprint, anchor)
            cluster_titles.setdefault(fingerprint, one_line(cluster["title"]))
        for exemplar in cluster["exemplars"]:
            for entry_id in exemplar["entry_ids"]:
                entry_anchors.setdefault(entry_id, f"entry-{_short_digest(entry_id)}")
    return View(
        report=report,
        title=f"Root cause behind the error — cycle {shorten(report['cycle']['name'], 80)}",
        banners=banners(report),
        answer=answer(report),
        clusters=tuple(clusters),
        sums=ledger_sums(report["ledger"]),
        undecided=undecided(report),
        cluster_anchors=cluster_anchors,
        cluster_titles=cluster_titles,
        entry_anchors=entry_anchors,
    )


def _shelf(cluster: Mapping[str, Any]) -> tuple[bool, bool, bool]:
    """Sort key: sorting is stable, so the written order stays within a shelf."""
    return bool(cluster["noise"]), cluster["count"] == 0, bool(cluster["known"])


def cluster_anchor(fingerprint: str) -> str:
    """`s1:9f2c` → `cluster-s1-9f2c`; anything else by its digest, so that no text can break out of an id."""
    if _PLAIN_FINGERPRINT.fullmatch(fingerprint):
        return f"cluster-{fingerprint.replace(':', '-')}"
    return f"cluster-{_short_digest(fingerprint)}"


def _short_digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
