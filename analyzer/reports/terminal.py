"""The summary of a report on a terminal: three answers first, then as much else as the screen holds.

Did the cycle get better, what is the cause, what to do now. Lines stand in blocks with a rank; where the screen is
short, the blocks of the highest rank stay out, whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len

from analyzer.reports import wording
from analyzer.reports.pen import Pen
from analyzer.reports.view import View, following_schema, view

SCREEN_LINES = 24
"""Lines of the smallest terminal people still open (80 × 24); the shell's prompt takes the last."""
_TALLEST = 60
"""A summary stays one where the screen is huge."""

_CHANGE_STYLES = {"new": "bad", "regressed": "bad", "ongoing": "mixed", "resolved": "good"}
_COMMIT = re.compile(r"\b[0-9a-f]{40}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """Lines that stand or fall together. What must be there has rank 0."""

    rank: int
    lines: Sequence[str]


def terminal_summary(report: Mapping[str, Any], *, width: int, color: bool, height: int = SCREEN_LINES) -> str:
    """Lines of at most `width` cells, one less than `height` (24 at least), the last one being the shell's prompt.

    Raises `ReportError` where the dict is not a report.
    """
    shown, pen = view(report), Pen(width, color=color)
    room = min(max(height, SCREEN_LINES), _TALLEST) - 1
    with following_schema():
        blocks = [*_better(shown, pen), *_causes(shown, pen), *_actions(shown, pen), *_beside(shown, pen)]
        spare = 1 if shown.clusters else 0
        lines = _fitting(blocks, room - spare)
        return "\n".join([*lines, *_clusters(shown, pen, room=room - len(lines))])


def _fitting(blocks: list[_Block], room: int) -> list[str]:
    """The blocks that fit, the lowest ranks first, in reading order."""
    kept = set()
    for index in sorted(range(len(blocks)), key=lambda i: blocks[i].rank):
        size = len(blocks[index].lines)
        if size <= room:
            kept.add(index)
            room -= size
    return [line for index, block in enumerate(blocks) if index in kept for line in block.lines]


def _better(shown: View, pen: Pen) -> Iterator[_Block]:
    """Did the cycle get better: the headline, tests, errors."""
    report, answer = shown.report, shown.answer
    loop = f", the loop is {report['loop']}" if report["loop"] else ""
    headline = [pen.paint(line, answer.tone) for line in pen.wrap(answer.headline, limit=2)]
    yield _Block(rank=0, lines=[pen.paint(pen.fit(shown.title + loop), "bold"), *headline])
    for banner in shown.banners:
        yield _Block(rank=1, lines=[pen.paint(line, "bad") for line in pen.wrap(f"! {banner}", limit=2)])
    if answer.tests:
        rate = wording.percent(report["tests"]["pass_rate"])
        bounds = wording.interval(report["tests"]["pass_rate_interval"])
        interval = f" (95 % interval {bounds})" if bounds else ""
        yield _Block(rank=2, lines=[pen.labelled("Tests", f"{answer.tests}: {rate}{interval}")])
        if answer.comparison:
            yield _Block(rank=12, lines=[pen.labelled("", answer.comparison)])
        failing = [t["test"] for t in report["tests"]["results"] if t["status"] in ("failed", "error")]
        if failing:
            yield _Block(rank=6, lines=[pen.labelled("Failing", _names(failing, pen.width - 9))])
    changes = " · ".join(f"{n} {name.replace('_', ' ')}" for name, n in answer.changes.items() if n)
    found = ": ".join(filter(None, (str(len(shown.here)), changes)))
    errors = f"{found}; {answer.errors}" if shown.here else answer.errors
    yield _Block(rank=2, lines=[pen.labelled("Errors", errors)])


def _names(tests: list[str], room: int) -> str:
    """The names without their modules, as many as fit, and how many more there are."""
    short = [test.rpartition("::")[2] or test for test in tests]
    for number in range(min(len(short), _TALLEST), 1, -1):
        more = f" and {len(short) - number} more" if number < len(short) else ""
        if cell_len(text := ", ".join(short[:number]) + more) <= room:
            return text
    return short[0] if len(short) == 1 else f"{len(short)}, the first is {short[0]}"


def _causes(shown: View, pen: Pen) -> Iterator[_Block]:
    """What is the cause: the first with its line, the others by a line each."""
    causes = shown.report["causes"]
    if not causes and shown.here:
        text = "not known: no hypothesis has evidence in these logs or in the code"
        yield _Block(rank=3, lines=["", pen.labelled("Cause", text)])
    for cause in causes[:1]:
        more = f" of {len(causes)}" if len(causes) > 1 else ""
        head = f"Cause {cause['rank']}{more}  "
        label = f"{wording.percent(cause['confidence'])} {cause['kind']}"
        first = pen.paint(head, "bold") + pen.paint(pen.fit(label, pen.width - len(head)), "dim")
        yield _Block(rank=3, lines=["", first, *pen.wrap(cause["summary"], indent="  ", limit=2)])
        for path in cause["code_paths"][:1]:
            yield _Block(rank=3, lines=[pen.paint(_place(path, pen), "open")])
            marked = [line for line in path["excerpt"] if line["marked"]][:1]
            for line in marked:
                yield _Block(rank=5, lines=pen.wrap(f"{line['line']} | {line['text'].strip()}", indent="  > ", limit=1))
        if further := _further(cause):
            yield _Block(rank=8, lines=[pen.paint(line, "dim") for line in pen.wrap(further, indent="  ", limit=1)])
    for number, cause in enumerate(causes[1:5]):
        label = f"Cause {cause['rank']}  {wording.percent(cause['confidence'])} {cause['kind']}: {cause['summary']}"
        yield _Block(rank=9 if number == 0 else 30 + number, lines=[pen.paint(pen.fit(label), "dim")])


def _place(path: Mapping[str, Any], pen: Pen) -> str:
    """File, line and function; where they do not fit, the function goes, then the start of the path."""
    place = pen.fit_end(wording.place(path), pen.width - 2)
    function = f" {pen.fit(path['function'])}" if path["function"] else ""
    return f"  {place}{function}" if cell_len(place + function) <= pen.width - 2 else f"  {place}"


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


def _actions(shown: View, pen: Pen) -> Iterator[_Block]:
    """What to do now, with the commands that fit a line whole: half a command is none."""
    for number, action in enumerate(shown.report["actions"][:5]):
        spot = f"{action['file']}:{action['line']}" if action["file"] and action["line"] else ""
        place = f" ({spot})" if spot and spot not in action["text"] else ""
        lines = pen.wrap(f"{number + 1}. {action['text']}{place}", indent="  ", limit=1)
        head = [] if number else ["", pen.paint("What to do now", "bold")]
        yield _Block(rank=(4, 7, 11, 25, 25)[number], lines=[*head, *lines])
        if command := _command(action["command"] or "", pen.width - 7):
            yield _Block(rank=(4, 10, 13, 25, 25)[number], lines=[f"     {pen.paint(f'$ {command}', 'open')}"])


def _command(command: str, room: int) -> str:
    """The command, commits in it by their first digits where it is too long; empty where that does not help."""
    for text in (command, _COMMIT.sub(lambda found: wording.short_commit(found[0]), command)):
        if text == " ".join(text.split()) and cell_len(text) <= room:
            return text
    return ""


def _beside(shown: View, pen: Pen) -> Iterator[_Block]:
    """Verdicts on fixes, which code ran, what was read."""
    report, deploys, ledger = shown.report, shown.report["deploys"], shown.report["ledger"]
    if report["fixes"]:
        fixes = " · ".join(map(_fix, sorted(report["fixes"], key=_urgency)))
        yield _Block(rank=4, lines=["", pen.labelled("Fixes", fixes)])
    gaps = f", {wording.count(len(ledger['gaps']), 'gap')}" if ledger["gaps"] else ""
    entries = wording.count(ledger["entries"], "entry", "entries")
    read = pen.labelled("Read", f"{entries}, {wording.span(ledger['covered'])}{gaps}")
    yield _Block(rank=14, lines=[read] if report["fixes"] else ["", read])
    if fit := wording.logs_fit(deploys["inferred_commits"], deploys["head"]):
        yield _Block(rank=15, lines=[pen.labelled("Code", fit)])


def _fix(fix: Mapping[str, Any]) -> str:
    return f"{wording.short_commit(fix['commit'])} {fix['verdict'].replace('_', ' ')}"


def _urgency(fix: Mapping[str, Any]) -> tuple[int, str]:
    """What calls for action first: a fix that failed, then one that waits, then one that holds."""
    order = {"verified": 2, "inconclusive": 1, "not_rolled_out": 1, "partially_rolled_out": 1}
    return order.get(fix["verdict"], 0), fix["commit"]


def _clusters(shown: View, pen: Pen, *, room: int) -> list[str]:
    """As many clusters as fit, and a line on the rest; a line alone where there is no room for a list."""
    total = len(shown.clusters)
    how = "`analyzer show REPORT.json ID` shows one"
    if not total:
        return []
    if room < (4 if total > 1 else 3):
        return [pen.labelled("Clusters", f"{wording.number(total)}; {how}")]
    fitting = room - 2 if total <= room - 2 else room - 3
    lines = ["", pen.paint("Clusters", "bold")]
    lines += [_cluster_line(cluster, pen) for cluster in shown.clusters[:fitting]]
    if total > fitting:
        more = pen.wrap(f"and {wording.number(total - fitting)} more; {how}", indent="  ", limit=1)
        lines += [pen.paint(line, "dim") for line in more]
    return lines


def _cluster_line(cluster: Mapping[str, Any], pen: Pen) -> str:
    state = "noise" if cluster["noise"] else "accepted" if cluster["known"] else cluster["change"] or ""
    return pen.columns(
        f"  {cluster['fingerprint'][:9]:<9} {cluster['severity'][:8]:<8} ",
        f"{state.replace('_', ' '):<9} " if state else "",
        cluster["title"],
        f" {wording.number(cluster['count'])} ×",
        style=_CHANGE_STYLES.get(state, "dim"),
    )
