"""SARIF 2.1.0 and search rules: what viewers and other tools rely on."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from analyzer.errors import ReportError
from analyzer.model import CodePattern, QueryKind, Shape
from analyzer.reports.sarif import SarifFinding, SarifRule, sarif
from analyzer.reports.search_rules import ast_grep_rules, semgrep_rules
from analyzer.reports.sibling_findings import sibling_sarif

COMMIT = "4be19c07d2a84f6f9be1c5d86ad0b1f3e7a92c55"
RULE = SarifRule(id="same-defect/key", name="SameDefect", text="Would fail alike.", help="Repair it.")


def finding(**changes: Any) -> SarifFinding:
    values: dict[str, Any] = {
        "rule": RULE.id,
        "level": "error",
        "message": "`order['x']` raises KeyError",
        "file": "shop/with blank.py",
        "line": 3,
        "end_line": 4,
        "function": "Order.total",
        "snippet": "return order['x']",
    }
    return SarifFinding(**(values | changes))


def test_a_log_holds_what_the_standard_requires() -> None:
    log = sarif([RULE], [finding(), finding(level="note", harmless="it is guarded")], version="0.1.0", commit=COMMIT)
    assert (log["version"], log["$schema"].endswith("sarif-schema-2.1.0.json")) == ("2.1.0", True)
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "analyzer"
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        for location in result["locations"]:
            place = location["physicalLocation"]
            assert place["artifactLocation"] == {"uri": "shop/with%20blank.py", "uriBaseId": "SRCROOT"}
            assert 1 <= place["region"]["startLine"] <= place["region"]["endLine"]
    assert run["results"][1]["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "it is guarded"}
    ]
    assert run["properties"] == {"commit": COMMIT}


def test_a_result_keeps_its_fingerprint_while_lines_move() -> None:
    def prints(*findings: SarifFinding) -> list[str]:
        log = sarif([RULE], findings, version="0.1.0")
        return [r["partialFingerprints"]["placeAndText/v1"] for r in log["runs"][0]["results"]]

    here, moved, other = prints(finding(), finding(line=80, end_line=81), finding(file="shop/b.py"))
    assert here == moved
    assert here != other


def test_text_of_strangers_cannot_act() -> None:
    log = sarif([RULE], [finding(message="a\x1b[2Jb\u202e")], version="0.1.0")
    assert log["runs"][0]["results"][0]["message"]["text"] == "ab"


def test_an_answer_without_places_is_an_empty_run() -> None:
    answer = {
        "query": {"fix": COMMIT, "shapes": []},
        "siblings": [],
        "look_alikes": [],
        "reason": "documents only",
        "origin": None,
    }
    (run,) = sibling_sarif(answer, version="0.1.0", commit=COMMIT)["runs"]
    assert (run["results"], run["properties"]["reason"]) == ([], "documents only")


def shape(pattern: CodePattern | None) -> Shape:
    return Shape(
        kind=QueryKind.TIMEOUT, text="`a` was: “b”", file="a.py", line=1, before="a", after="b", pattern=pattern
    )


ASKED = CodePattern(search="http.get(...)", unless=("http.get(..., timeout=$T, ...)",))


def test_rules_are_yaml_of_plain_blocks() -> None:
    text = semgrep_rules([shape(ASKED)], commit=COMMIT)
    assert text.startswith("rules:\n  - id: unrepaired-timeout-4be19c07d2-1\n")
    assert '      - pattern: "http.get(...)"\n      - pattern-not: "http.get(..., timeout=$T, ...)"\n' in text
    grep = ast_grep_rules([shape(ASKED), shape(None), shape(CodePattern(search="x['k']"))], commit=COMMIT)
    first, second = grep.split("\n---\n")
    assert 'pattern: "http.get($$$)"' in first
    assert "keyword_argument" in first
    assert second.startswith("id: unrepaired-timeout-4be19c07d2-3\n")
    assert "x['k']" in second
    assert 'x[\\"k\\"]' in second


def test_a_text_with_quotes_and_line_ends_stays_one_scalar() -> None:
    odd = Shape(
        kind=QueryKind.KEY,
        text='a "b"\n- id: evil',
        file="a.py",
        line=1,
        before="",
        after="",
        pattern=CodePattern(search="f(...)"),
    )
    for text in (semgrep_rules([odd], commit=COMMIT), ast_grep_rules([odd], commit=COMMIT)):
        (line,) = [part for part in text.split("\n") if "evil" in part]
        assert json.loads(line.partition("message: ")[2]).endswith("- id: evil")


def test_a_form_without_pattern_gives_no_rule() -> None:
    for write in (ast_grep_rules, semgrep_rules):
        with pytest.raises(ReportError, match="no form"):
            write([shape(None)], commit=COMMIT)


SAMPLE = """import http


def ask(url):
    return http.get(url)


def wait(url):
    return http.get(url, timeout=3)


async def bake(oven, order):
    oven.heat(200)
    await oven.heat(180)
    return order['loaf'] + order["bun"]


def load(store):
    try:
        return store.fetch()
    except OSError:
        return store.fetch()
"""
SEARCHED = [
    (ASKED, [5]),
    (CodePattern(search="http.get(..., timeout=3, ...)"), [9]),
    (CodePattern(search="$X.heat(...)", unless_inside=("await $X.heat(...)",)), [13]),
    (CodePattern(search='order["loaf"]'), [15]),
    (CodePattern(search="$X.fetch(...)", unless_inside=("try:\n    ...\nexcept $T:\n    ...",)), []),
]


@pytest.mark.parametrize("tool", ["ast-grep", "semgrep"])
@pytest.mark.parametrize(("pattern", "lines"), SEARCHED)
def test_both_tools_hit_the_same_lines(tool: str, pattern: CodePattern, lines: list[int], tmp_path: Path) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    (tmp_path / "sample.py").write_text(SAMPLE)
    rule = tmp_path / "rule.yml"
    if tool == "ast-grep":
        rule.write_text(ast_grep_rules([shape(pattern)], commit=COMMIT))
        command = [tool, "scan", "--json=compact", "--rule", str(rule), "sample.py"]
    else:
        rule.write_text(semgrep_rules([shape(pattern)], commit=COMMIT))
        command = [
            tool,
            "scan",
            "--metrics=off",
            "--disable-version-check",
            "--json",
            "--config",
            str(rule),
            "sample.py",
        ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    hits = found if tool == "ast-grep" else found["results"]
    assert [h["range"]["start"]["line"] + 1 if tool == "ast-grep" else h["start"]["line"] for h in hits] == lines
