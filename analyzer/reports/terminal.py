"""The report on a terminal: a summary that fits one screen, and one cluster or cause in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.cells import cell_len, set_cell_size

from analyzer.reports import wording
from analyzer.reports.hostile import one_line
from analyzer.reports.view import View, following_schema, view

SCREEN_LINES = 24
"""Lines of the smallest terminal people still open (80 × 24); the shell's prompt takes the last."""

_STYLES = {"bold": "1", "dim": "2", "bad": "31", "good": "32", "mixed": "33", "open": "36"}
_CHANGE_STYLES = {"new": "bad", "regressed": "bad", "ongoing": "mixed", "resolved": "good"}


class Pen:
    """Writes lines no wider than `width` cells, with colour where wanted."""

    def __init__(self, width: int, *, color: bool) -> None:
        self.width = max(width, 20)
        self._color = color

    def paint(self, text: str, style: str) -> str:
        """The text in a style of `_STYLES`; plain where colour is off, or the style is none."""
        code = _STYLES.get(style)
        return f"\x1b[{code}m{text}\x1b[0m" if code and self._color else text

    def fit(self, text: str, width: int | None = None) -> str:
        """The text on one line, cut at `width` cells with `…`."""
        width = self.width if width is None else width
        line = one_line(text)
        return line if cell_len(line) <= width else set_cell_size(line, max(width - 1, 0)).rstrip() + "…"

    def wrap(self, text: str, *, indent: str = "", limit: int = 3) -> list[str]:
        """At most `limit` lines, broken at blanks, the last one cut; `indent` before each."""
        room = self.width - cell_len(indent)
        lines: list[str] = []
        words = one_line(text).split(" ")
        while words and len(lines) < limit - 1:
            line = words.pop(0)
            while words and cell_len(line) + 1 + cell_len(words[0]) <= room:
                line += f" {words.pop(0)}"
            lines.append(self.fit(line, room))
        if words:
            lines.append(self.fit(" ".join(words), room))
        return [indent + line for line in lines]

    def labelled(self, label: str, text: str, style: str = "") -> str:
        """`label    text`, the text cut to the rest of the line."""
        head = f"{label:<8} "
        return self.paint(head, "dim") + self.paint(self.fit(text, self.width - len(head)), style)


def terminal_summary(report: Mapping[str, Any], *, width: int, color: bool) -> str:
    """At most 24 lines of at most `width` cells: the answer, the causes, what to do, the clusters as far as they fit.

    Raises `ReportError` where the dict is not a report.
    """
    shown, pen = view(report), Pen(width, color=color)
    with following_schema():
        lines = [*_head(shown, pen), *_causes(shown, pen), *_actions(shown, pen)]
        lines += _clusters(shown, pen, room=SCREEN_LINES - 1 - len(lines))
        return "\n".join(lines)


def _head(shown: View, pen: Pen) -> Iterator[str]:
    report, answer = shown.report, shown.answer
    loop = f", the loop is {report['loop']}" if report["loop"] else ""
    yield pen.paint(pen.fit(shown.title + loop), "bold")
    yield pen.paint(pen.fit(answer.headline), answer.tone)
    for banner in shown.banners:
        yield from (pen.paint(line, "bad") for line in pen.wrap(f"! {banner}", limit=2))
    if answer.tests:
        rate = wording.percent(report["tests"]["pass_rate"])
        bounds = wording.interval(report["tests"]["pass_rate_interval"])
        yield pen.labelled("Tests", f"{answer.tests}: {rate}" + (f" (95 % interval {bounds})" if bounds else ""))
        if answer.comparison:
            yield pen.labelled("", answer.comparison)
    changes = " · ".join(f"{n} {name.replace('_', ' ')}" for name, n in answer.changes.items() if n)
    found = ": ".join(filter(None, (str(len(shown.here)), changes)))
    yield pen.labelled("Errors", f"{found}; {answer.errors}" if shown.here else answer.errors)
    if report["fixes"]:
        yield pen.labelled("Fixes", " · ".join(map(_fix, sorted(report["fixes"], key=_urgency))))
    deploys = report["deploys"]
    if fit := wording.logs_fit(deploys["inferred_commits"], deploys["head"]):
        yield pen.labelled("Code", fit)
    ledger = report["ledger"]
    gaps = f", {wording.count(len(ledger['gaps']), 'gap')}" if ledger["gaps"] else ""
    entries = wording.count(ledger["entries"], "entry", "entries")
    yield pen.labelled("Read", f"{entries}, {wording.span(ledger['covered'])}{gaps}")


def _fix(fix: Mapping[str, Any]) -> str:
    return f"{wording.short_commit(fix['commit'])} {fix['verdict'].replace('_', ' ')}"


def _urgency(fix: Mapping[str, Any]) -> tuple[int, str]:
    """What calls for action first: a fix that failed, then one that waits, then one that holds."""
    order = {"verified": 2, "inconclusive": 1, "not_rolled_out": 1, "partially_rolled_out": 1}
    return order.get(fix["verdict"], 0), fix["commit"]


def _causes(shown: View, pen: Pen) -> Iterator[str]:
    causes = shown.report["causes"]
    for cause in causes[:1]:
        yield ""
        label = f"{wording.percent(cause['confidence'])} {cause['kind']}"
        yield pen.paint(f"Cause {cause['rank']}  ", "bold") + pen.paint(pen.fit(label, pen.width - 10), "dim")
        yield from pen.wrap(cause["summary"], indent="  ", limit=2)
        yield from _culprit(cause, pen)
        further = _further(cause)
        if further and len(shown.banners) < 2:  # they take its room
            yield from (pen.paint(line, "dim") for line in pen.wrap(further, indent="  ", limit=1))
    crowded = shown.banners and shown.report["fixes"]  # the line of the fixes takes its room
    for cause in causes[1 : 1 if crowded else 2]:
        label = f"Cause {cause['rank']}  {wording.percent(cause['confidence'])} {cause['kind']}: {cause['summary']}"
        yield pen.paint(pen.fit(label), "dim")


def _culprit(cause: Mapping[str, Any], pen: Pen) -> Iterator[str]:
    for path in cause["code_paths"][:1]:
        yield from (
            pen.paint(line, "open")
            for line in pen.wrap(f"{wording.place(path)} {path['function'] or ''}", indent="  ", limit=1)
        )
        for line in path["excerpt"]:
            if line["marked"]:
                yield from pen.wrap(f"{line['line']} | {line['text'].strip()}", indent="  > ", limit=1)


def _further(cause: Mapping[str, Any]) -> str:
    """`2 siblings · suspect c7f3a1e0b9 · owner @tills`, as far as they are known."""
    siblings, suspects = len(cause["siblings"]), cause["suspect_commits"]
    owner = next((path["owner"] for path in cause["code_paths"][:1] if path["owner"]), "")
    parts = [
        wording.count(siblings, "sibling") if siblings else "",
        f"suspect {wording.short_commit(suspects[0]['commit'])}" if suspects else "",
        f"owner {owner}" if owner else "",
    ]
    return " · ".join(part for part in parts if part)


def _actions(shown: View, pen: Pen) -> Iterator[str]:
    actions = shown.report["actions"]
    if not actions:
        return
    yield ""
    yield pen.paint("What to do now", "bold")
    for number, action in enumerate(actions[:3], 1):
        place = f" ({action['file']}:{action['line']})" if action["file"] and action["line"] else ""
        yield from pen.wrap(f"{number}. {action['text']}{place}", indent="  ", limit=1)


def _clusters(shown: View, pen: Pen, *, room: int) -> list[str]:
    """The first clusters, and a line on the rest; nothing where less than three lines are left."""
    clusters = shown.clusters
    if not clusters or room < 3:
        return []
    fitting = room - 2
    if len(clusters) > fitting:
        fitting -= 1
    lines = ["", pen.paint("Clusters", "bold")]
    lines += [_cluster_line(cluster, pen) for cluster in clusters[:fitting]]
    if len(clusters) > fitting:
        rest = len(clusters) - fitting
        more = pen.wrap(f"and {rest} more; `analyzer show REPORT.json ID` shows one", indent="  ", limit=1)
        lines += [pen.paint(line, "dim") for line in more]
    return lines


def _cluster_line(cluster: Mapping[str, Any], pen: Pen) -> str:
    state = "noise" if cluster["noise"] else "accepted" if cluster["known"] else cluster["change"] or ""
    head = f"  {cluster['fingerprint'][:9]:<9} {cluster['severity'][:8]:<8} "
    tail = f" {wording.number(cluster['count'])} ×"
    mark = f"{state.replace('_', ' '):<9} " if state else ""
    room = pen.width - cell_len(head) - cell_len(mark) - cell_len(tail)
    title = set_cell_size(pen.fit(cluster["title"], room), max(room, 0))
    return pen.paint(head, "dim") + pen.paint(mark, _CHANGE_STYLES.get(state, "dim")) + title + pen.paint(tail, "dim")
