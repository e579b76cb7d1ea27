"""Claimed fixes by the time of their commits; where that lies outside the window, which revision carries them."""

from __future__ import annotations

from dataclasses import replace

from analyzer.reports import wording
from analyzer.reports.drawing.axis import Axis
from analyzer.reports.drawing.reading import Json, is_in_window, time_of
from analyzer.reports.drawing.shapes import (
    LINE,
    Lanes,
    Mark,
    Row,
    TableRow,
    heading,
    label,
    note_of,
    remark,
    text_width,
)
from analyzer.reports.hostile import one_line, shorten
from analyzer.reports.undecided import evidence_text

MOST_FIXES = 6


def fix_lanes(report: Json, axis: Axis) -> Lanes:
    """One row a claimed fix, in the order of the report."""
    fixes = report["fixes"]
    if not fixes:
        return Lanes()
    rows, table, signs = [], [], set[tuple[str, str]]()
    for fix in fixes[:MOST_FIXES]:
        committed = time_of(fix.get("committed"))
        inside = is_in_window(report, committed)
        name = f"{wording.short_commit(fix['commit'])} for “{shorten(fix['claim_text'], 60)}”"
        verdict = fix["verdict"].replace("_", " ")
        told = [] if inside else _elsewhere(report, fix)
        marks = (
            (Mark(place=axis.place(committed), y=LINE + 6, shape="fix"),) if inside and committed is not None else ()
        )
        signs |= {("mark", mark.shape) for mark in marks}
        rows.append(
            Row(
                height=LINE + 14 if marks else LINE,
                words=(label(name, room=text_width(verdict)), note_of(verdict)),
                hint="; ".join((f"{name}: {verdict}", *told)),
                marks=marks,
            )
        )
        rows += [remark(text) for text in told]
        rows[-1] = replace(rows[-1], height=rows[-1].height + 4)
        says = "; ".join((verdict, *told))
        table.append(TableRow(kind="fix", name=name, start=fix.get("committed"), end=None, says=says))
    more = len(fixes) - MOST_FIXES
    if more > 0:
        rows.append(remark(f"{wording.count(more, 'more claimed fix', 'more claimed fixes')}: under Fixes"))
    return Lanes(rows=(heading("Claimed fixes"), *rows), table=tuple(table), signs=frozenset(signs))


def _elsewhere(report: Json, fix: Json) -> list[str]:
    """When it was committed, and on which revision it runs, as far as the report says so."""
    committed = fix.get("committed")
    parts = [f"committed {wording.moment(committed)}, not in the window" if committed else "commit time unknown"]
    revisions = report["deploys"].get("revisions") or ()
    carrying = [one_line(r["revision"]) for r in revisions if r.get("commit") == fix["commit"]]
    if carrying:
        parts.append(f"{wording.listed(carrying)} {'runs' if len(carrying) == 1 else 'run'} it")
    else:
        names = tuple(f"{r['revision']} runs " for r in revisions if r["revision"])
        texts = [evidence_text(item) for item in fix["evidence"]]
        parts += [one_line(text) for text in texts if text.startswith(names)][:1]
    return parts
