"""The demo's reports re-prove themselves; whatever is tampered with is told, also where the report is sealed anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pytest

from analyzer.cli.demo import analyse_cycles
from analyzer.demo import DemoIncident, unpack
from analyzer.pipeline import verify
from analyzer.reports import canonical, check_integrity, render, seal
from analyzer.reports.files import render_file

Report = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The incident and the report of each cycle, as read from its file."""

    incident: DemoIncident
    reports: tuple[Report, ...]
    made: tuple[Report, ...]
    """as the analysis gave them"""

    def inputs(self, number: int, *means: str) -> dict[str, list[str]]:
        """The options of `verify` for these means."""
        given = {"logs": [str(self.incident.cycles[number].logs)], "repo": [str(self.incident.repository)]}
        return {name: given[name] for name in means}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    incident = unpack(tmp_path_factory.mktemp("verified") / "demo")
    made = [found.to_dict() for _, found in analyse_cycles(incident, members=True)]
    return Demo(incident=incident, reports=tuple(json.loads(canonical(r)) for r in made), made=tuple(made))


@pytest.mark.parametrize("number", range(4))
def test_the_reports_of_the_demo_hold_with_logs_and_repository(demo: Demo, number: int) -> None:
    found = verify(demo.reports[number], **demo.inputs(number, "logs", "repo"))
    assert [str(claim) for claim in found.false_claims] == []
    assert found.checks > 2000
    assert not any("--logs" in what or "--repo" in what for what in found.not_checked)


@pytest.mark.parametrize("number", range(4))
def test_a_report_without_members_holds_too(demo: Demo, number: int) -> None:
    report = copy(demo.reports[number])
    for cluster in report["clusters"]:
        cluster.pop("members", None)
    found = verify(seal(report), **demo.inputs(number, "logs"))
    assert [str(claim) for claim in found.false_claims] == []
    assert any("--repo" in what for what in found.not_checked)


@pytest.mark.parametrize("number", range(4))
def test_a_saved_report_renders_as_the_analysis_did(demo: Demo, number: int) -> None:
    saved, made = demo.reports[number], demo.made[number]
    assert render_file(saved, ".json") == canonical(made)
    for form in ("html", "md"):
        assert render(saved, form) == render(made, form) == render(saved, form)


def test_the_logs_of_another_cycle_do_not_fit(demo: Demo) -> None:
    found = verify(demo.reports[3], **demo.inputs(2, "logs"))
    assert {"cycle/inputs", "cycle/window", "ledger/entries"} <= {claim.where for claim in found.false_claims}


def copy(report: Report) -> Report:
    copied: Report = json.loads(json.dumps(report))
    return copied


def put(*path: str | int, value: Any) -> Callable[[Report], None]:
    """Puts a value in a place; a function is given what stands there."""

    def change(report: Report) -> None:
        at: Any = report
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value(at[path[-1]]) if callable(value) else value

    return change


def more(number: int) -> int:
    return number + 1


def swap(first: int, second: int, *keys: str) -> Callable[[Report], None]:
    """Two clusters with these keys of each other."""

    def change(report: Report) -> None:
        one, other = report["clusters"][first], report["clusters"][second]
        for key in keys:
            one[key], other[key] = other[key], one[key]

    return change


def cite(where: str, number: int, **said: Any) -> Callable[[Report], None]:
    """One more sentence of evidence."""
    evidence = {"text": "the database was down", "entry_ids": [], "file": None, "line": None, "rule": None, **said}
    return lambda report: report[where][number]["evidence"].append(evidence)


def another_cause(report: Report) -> None:
    added = copy(report["causes"][0])
    report["causes"].append({**added, "rank": len(report["causes"]) + 1})


def no_cause(report: Report) -> None:
    """The second cause is left out, and the ranks of the others closed up."""
    report["causes"].pop(1)
    for rank, cause in enumerate(report["causes"], 1):
        cause["rank"] = rank


def one_less(report: Report) -> None:
    """A cluster is left out, with its cause and its share of the sums."""
    gone = report["clusters"].pop(0)
    report["causes"] = [c for c in report["causes"] if gone["fingerprint"] not in c["fingerprints"]]
    for rank, cause in enumerate(report["causes"], 1):
        cause["rank"] = rank
    ledger = report["ledger"]
    ledger["error_entries"] -= gone["entries"]
    ledger["other_entries"] += gone["entries"]
    ledger["error_events"] -= gone["count"]
    ledger["clustered"] -= gone["count"]
    for cluster in report["clusters"]:
        cluster["related"] = [f for f in cluster["related"] if f != gone["fingerprint"]]
    report["actions"] = [a for a in report["actions"] if gone["fingerprint"] not in a["key"]]
    for priority, action in enumerate(report["actions"], 1):
        action["priority"] = priority


def one_occurrence_more(report: Report) -> None:
    """Every number of the report that says so is put up too."""
    cluster = report["clusters"][0]
    for at in (cluster, cluster["seen_on"][0]):
        at["count"] += 1
    cluster["entries"] += 1
    cluster["rate"] = None
    cluster["members"].append("made-up")
    report["ledger"]["error_entries"] += 1
    report["ledger"]["other_entries"] -= 1
    report["causes"][0]["evidence"][0]["text"] = report["causes"][0]["evidence"][0]["text"].replace(
        "3 occurrences in 3 entries", "4 occurrences in 4 entries"
    )


def passed(report: Report) -> None:
    """A failed test is told as passed, with every sum that follows."""
    tests = report["tests"]
    test = next(r for r in tests["results"] if r["status"] == "failed")
    test["status"] = "passed"
    tests["failed"] -= 1
    tests["passed"] += 1
    tests["pass_rate"] = round(tests["passed"] / (tests["passed"] + tests["failed"]), 6)


ROOT = ("causes", 0)
PATH = (*ROOT, "code_paths", 0)
TAMPERINGS: list[tuple[str, Callable[[Report], None], tuple[str, ...], str]] = [
    ("entries", put("ledger", "entries", value=more), (), "ledger/entries"),
    ("clustered", put("ledger", "clustered", value=more), (), "ledger/clustered"),
    ("noise", put("ledger", "noise", value=0), (), "ledger/noise"),
    ("a negative count", put("ledger", "duplicates", value=-1), (), "ledger/duplicates"),
    ("without a level", put("ledger", "without_severity", value=more), ("logs",), "ledger/without_severity"),
    ("count", put("clusters", 0, "count", value=more), (), "clusters/0/count"),
    ("entries of a cluster", put("clusters", 0, "entries", value=more), (), "clusters/0/entries"),
    ("one occurrence more everywhere", one_occurrence_more, ("logs",), "clusters/0/count"),
    ("a cluster less", one_less, ("logs",), "clusters"),
    ("first seen", put("clusters", 1, "first_seen", value="2026-05-12T12:44:59.000000Z"), ("logs",), "clusters/1/"),
    ("a later last", put("clusters", 1, "last_seen", value="2026-06-12T12:44:59.000000Z"), (), "clusters/1/"),
    ("severity", put("clusters", 0, "severity", value="CRITICAL"), ("logs",), "clusters/0/severity"),
    ("template", put("clusters", 0, "template", value="all is well"), ("logs",), "clusters/0/template"),
    ("title", put("clusters", 0, "title", value="all is well"), ("logs",), "clusters/0/title"),
    ("message", put("clusters", 0, "exemplars", 0, "message", value="all is well"), ("logs",), "clusters/0/exemplars"),
    ("an exemplar's entry", put("clusters", 0, "exemplars", 0, "entry_ids", value=["x"]), (), "clusters/0/"),
    ("a member", put("clusters", 0, "members", 0, value="made-up"), (), "clusters/0/members"),
    ("services", put("clusters", 0, "services", value=["bakery"]), (), "clusters/0/services"),
    ("a made-up rule of noise", put("clusters", 0, "noise", value="noise.mine"), (), "clusters/0/noise"),
    ("a real rule of noise", put("clusters", 0, "noise", value="noise.scanner-path"), (), ""),
    ("swapped fingerprints", swap(0, 1, "fingerprint"), ("logs",), "clusters/0/"),
    ("swapped entries", swap(0, 1, "exemplars", "members", "seen_on"), ("logs",), "clusters/0/"),
    ("new", put("clusters", 0, "change", value="resolved"), (), "clusters/0/change"),
    ("p-value", put("clusters", 0, "rate", "p_value", value=0.001), (), "clusters/0/rate/p_value"),
    ("total of tests", put("tests", "total", value=more), (), "tests/total"),
    ("pass rate", put("tests", "pass_rate", value=1.0), (), "tests/pass_rate"),
    ("interval", put("tests", "pass_rate_interval", value=[0.99, 1.0]), (), "tests/pass_rate_interval"),
    ("significance", put("tests", "delta", "p_value", value=0.0001), (), "tests/delta/p_value"),
    ("a passed test", passed, (), "tests/"),
    ("a transition", put("tests", "transitions", 0, "to", value="failed"), (), "tests/transitions/0/to"),
    ("a cluster of a test", put("tests", "results", 0, "clusters", value=["s2:" + "0" * 16]), (), "tests/results/0"),
    ("rank", put(*ROOT, "rank", value=2), (), "causes"),
    ("confidence", put(*ROOT, "confidence", value=1.2), (), "causes/0/confidence"),
    ("unknown, and sure", put("causes", 5, "confidence", value=0.8), (), "causes/5/confidence"),
    ("kind", put(*ROOT, "kind", value="weather"), (), "causes/0/kind"),
    ("another cause", another_cause, (), "causes"),
    ("no cause", no_cause, (), "causes"),
    ("a fingerprint", put(*ROOT, "fingerprints", 0, value="s2:" + "0" * 16), (), "causes/0/fingerprints/0"),
    ("the root of a chain", put(*ROOT, "chain", -1, "fingerprint", value="s2:" + "0" * 16), (), "causes/0/chain"),
    ("a sentence", put(*ROOT, "evidence", 0, "text", value="9 occurrences in 9 entries"), (), "causes/0/evidence/0"),
    ("an exception", put(*ROOT, "evidence", 1, "text", value="the innermost exception is OSError"), (), "causes/0/evi"),
    ("its entry", put(*ROOT, "evidence", 0, "entry_ids", value=["made-up"]), (), "causes/0/evidence/0"),
    ("its entries deleted", put(*ROOT, "evidence", 0, "entry_ids", value=[]), (), "causes/0/evidence/0"),
    ("uncited", cite("causes", 0), (), "causes/0/evidence"),
    ("under a made-up rule", cite("causes", 0, rule="causes.database.down"), (), "causes/0/evidence"),
    ("under another's rule", cite("causes", 0, rule="causes.python.no-module"), (), "causes/0/evidence"),
    ("under a ground", cite("causes", 0, rule="code.no-path"), (), "causes/0/evidence"),
    ("of a made-up entry", cite("causes", 0, entry_ids=["made-up"]), ("logs",), "causes/0/evidence"),
    ("of a made-up file", cite("causes", 0, file="db.py", line=3), ("repo",), "causes/0/evidence"),
    ("of a line too far", cite("causes", 0, file="Dockerfile", line=3000), ("repo",), "causes/0/evidence"),
    ("outside the repository", cite("causes", 0, file="../etc/passwd", line=1), (), "causes/0/evidence"),
    ("a file without a line", cite("causes", 0, file="Dockerfile"), (), "causes/0/evidence"),
    ("a fix, under a ground", cite("fixes", 0, rule="fixes.silence"), (), "fixes/0/evidence"),
    ("a fix, under its tests", cite("fixes", 0, rule="fixes.tests"), (), "fixes/0/evidence"),
    ("an excerpt", put(*PATH, "excerpt", 1, "text", value="COPY . ."), ("repo",), "causes/0/code_paths/0/excerpt/1"),
    ("the marked line", put(*PATH, "excerpt", 0, "marked", value=True), (), "causes/0/code_paths/0/excerpt"),
    ("a line", put(*PATH, "line", value=more), (), "causes/0/"),
    ("a file", put(*PATH, "file", value="Dockerfile.old"), ("repo",), "causes/0/code_paths/0/file"),
    ("a path outside", put(*PATH, "file", value="/etc/passwd"), (), "causes/0/code_paths/0/file"),
    ("a function", put("causes", 1, "code_paths", 0, "function", value="HoldBook.keep"), ("repo",), "causes/1/code_pa"),
    ("a role", put(*PATH, "role", value="culprit"), (), "causes/0/code_paths/0/role"),
    ("the summary", put(*ROOT, "summary", value="It is the database, from db.py:7"), (), "causes/0/summary"),
    ("a suspect", put(*ROOT, "suspect_commits", 0, "commit", value="0" * 40), ("repo",), "causes/0/suspect_commits/0"),
    ("its time", put(*ROOT, "suspect_commits", 0, "author_time", value="2026-01-01T00:00:00.000000Z"), ("repo",),
     "causes/0/suspect_commits/0"),
    ("a verdict", put("fixes", 0, "verdict", value="verified"), (), "fixes/0/verdict"),
    ("a cell", put("fixes", 0, "evidence", 0, "rule", value="fix/gone"), (), "fixes/0/verdict"),
    ("its words", put("fixes", 0, "evidence", 0, "text", value="it is cured"), (), "fixes/0/evidence/0"),
    ("its effect", put("fixes", 1, "effect", value="cannot"), (), "fixes/1/effect"),
    ("its next step", put("fixes", 0, "next_step", value="Nothing."), (), "fixes/0/next_step"),
    ("a claim", put("fixes", 0, "claims", value=[]), (), "fixes/0/claims"),
    ("times of the error", put("fixes", 1, "evidence", 2, "text", value=lambda text: text.replace("once", "9 times")),
     (), "fixes/1/evidence/2"),
    ("its revision", put("fixes", 0, "evidence", 1, "text", value=lambda text: text.replace("809a", "abcd")), (),
     "fixes/0/evidence/1"),
    ("its commit time", put("fixes", 0, "committed", value="2026-01-01T00:00:00.000000Z"), ("repo",), "fixes/0/comm"),
    ("a deploy", put("deploys", "timeline", 0, "revision", value="box-office-00001-bad"), ("logs",), "deploys/time"),
    ("a state", put("deploys", "revisions", 0, "state", value="draining"), ("logs",), "deploys/revisions/0/state"),
    ("a commit", put("deploys", "revisions", 0, "commit", value="0" * 40), (), "deploys/revisions/0/evidence/0"),
    ("a service's commit", put("deploys", "services", 0, "commit", value="0" * 40), (), "deploys/services/0/commit"),
    ("requests", put("exposure", 0, "requests", value=1), (), "exposure/0/requests"),
    ("traffic", put("deploys", "traffic", 0, "requests", value={}), (), "deploys/revisions/"),
    ("a command", put("actions", 0, "command", value="rm -rf ~"), (), "actions/0/command"),
    ("one more command", put("actions", 1, "command", value=lambda said: f"{said}; rm -rf ~"), (), "actions/1/command"),
    ("a command within", put("actions", 0, "command", value="analyzer show $(id)"), (), "actions/0/command"),
    ("an action's line", put("actions", 1, "line", value=more), (), "actions/1/line"),
    ("an age", put("actions", 4, "age", value=9), (), "actions/4/age"),
    ("the window", put("cycle", "window", "to", value="2026-05-12T18:00:00.000000Z"), ("logs",), "cycle/window"),
    ("the baseline", put("cycle", "baseline", value="2025"), (), "cycle/baseline"),
    ("the inputs", put("cycle", "inputs", value="0" * 32), ("logs",), "cycle/inputs"),
    ("a page elsewhere", put("commit_links", value={"0" * 40: "https://example.com/login"}), (), "commit_links/"),
    ("a number as text", put("ledger", "entries", value="many"), (), "ledger"),
    ("no clusters", put("clusters", value=None), (), "clusters"),
    ("another schema", put("schema", value="analyzer.report/0"), (), "schema"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "means", "where"), [pytest.param(*t[1:], id=t[0]) for t in TAMPERINGS])
def test_what_is_tampered_with_is_told(
    demo: Demo, change: Callable[[Report], None], means: tuple[str, ...], where: str
) -> None:
    report = copy(demo.reports[3])
    change(report)
    assert not check_integrity(report)  # as it is, the seal alone tells it
    sealed = verify(seal(report), **demo.inputs(3, *means))
    places = [claim.where for claim in sealed.false_claims]
    assert "integrity" not in places
    assert any(place.startswith(where) for place in places), places


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from leaves(item, (*path, key))
    if not items:
        yield path


def changed_forms(report: Report) -> Iterator[Report]:
    """The report with every kind of value once replaced by one of another form."""
    kinds = {tuple("*" if isinstance(k, int) else k for k in path): path for path in leaves(report)}
    kinds = {kind: path for kind, path in kinds.items() if "roles" not in kind[:-1]}  # keyed by entry: too many
    odd: list[Any] = [None, [], {}, "x", -1, [[]]]
    for number, path in enumerate(kinds.values()):
        changed = copy(report)
        put(*path, value=odd[number % len(odd)])(changed)
        yield changed


def test_no_value_of_another_form_makes_the_check_crash(demo: Demo) -> None:
    for changed in islice(changed_forms(demo.reports[3]), 0, None, 5):
        verify(seal(changed))


@pytest.mark.full
def test_none_of_all_values_of_another_form_makes_the_check_crash(demo: Demo) -> None:
    for number, changed in enumerate(changed_forms(demo.reports[3])):
        verify(seal(changed), **demo.inputs(3, *(("logs", "repo") if number % 5 == 0 else ())))
