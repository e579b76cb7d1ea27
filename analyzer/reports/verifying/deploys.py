"""The deploys of a report against those that its logs tell again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analyzer.reports.verifying.checking import Checking
from analyzer.reports.verifying.parts import Report

_SEEN = ("first", "last", "requests", "state")
_EVENT = ("time", "service", "revision", "event", "share", "entry_ids")


def check_deploys(report: Report, again: Mapping[str, Any], checking: Checking) -> None:
    """Timeline, traffic, revisions. Commits can be told by options, baseline and repository: only what entries say."""
    deploys = report["deploys"]
    with checking.part("deploys/traffic"):
        check_rows(deploys.get("traffic"), again["traffic"], "deploys/traffic", checking)
    with checking.part("deploys/services"):
        names = [[[row["service"], row["revisions"]] for row in rows["services"]] for rows in (deploys, again)]
        checking.equals(names[0], names[1], "deploys/services", "logs")
    with checking.part("deploys/timeline"):
        told = [
            [{key: row[key] for key in _EVENT} for row in rows] for rows in (deploys["timeline"], again["timeline"])
        ]
        check_rows(told[0], told[1], "deploys/timeline", checking)
    with checking.part("deploys/revisions"):
        _revisions(deploys.get("revisions") or (), again["revisions"], checking)
    with checking.part("deploys/notes"):
        _told(deploys.get("notes") or (), again["notes"], "deploys/notes", checking)


def _revisions(claimed: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]], checking: Checking) -> None:
    names = [(row["service"], row["revision"]) for row in claimed]
    if claimed:
        checking.equals(names, [(row["service"], row["revision"]) for row in found], "deploys/revisions", "logs")
    true = {(row["service"], row["revision"]): row for row in found}
    for number, row in enumerate(claimed):
        where, mine = f"deploys/revisions/{number}", true.get((row["service"], row["revision"]))
        if mine is None:
            continue
        for key in _SEEN:
            checking.equals(row[key], mine[key], f"{where}/{key}", "logs")
        for key in ("deployed", "ready"):
            if mine[key] is not None:  # else the baseline saw it
                checking.equals(row[key], mine[key], f"{where}/{key}", "logs")
        _told(row["evidence"], mine["evidence"], f"{where}/evidence", checking)


def _told(
    claimed: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]], where: str, checking: Checking
) -> None:
    """What is said of entries is what the logs make of them; they may say more where no repository knows better."""
    true = [(row["text"], row["entry_ids"]) for row in found]
    for number, row in enumerate(claimed):
        if row["entry_ids"]:
            said = (row["text"], row["entry_ids"])
            checking.holds(said in true, f"{where}/{number}", row["text"], "the entries do not say that", "logs")


def check_rows(
    claimed: Sequence[Mapping[str, Any]] | None, found: Sequence[Mapping[str, Any]], where: str, checking: Checking
) -> None:
    """Rows are compared one by one, so that the one that is false is named; reports of older versions have none."""
    if claimed is None:
        return
    checking.equals(len(claimed), len(found), where, "logs")
    for number, (row, true) in enumerate(zip(claimed, found, strict=False)):
        checking.equals(row, true, f"{where}/{number}", "logs")
