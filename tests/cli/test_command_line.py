"""The command as a user runs it: real processes, real files, documented exit codes."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from analyzer.reports import schema

Run = subprocess.CompletedProcess[str]


def analyzer(*args: str | Path, cwd: Path, stdin: str | None = None, **environ: str) -> Run:
    env = {k: v for k, v in os.environ.items() if not k.startswith("ANALYZER_")}
    env |= {"ANALYZER_CACHE_DIR": str(cwd / "cache"), "PYTHONWARNINGS": "ignore"} | environ
    return subprocess.run(
        [sys.executable, "-m", "analyzer", *map(str, args)],
        cwd=cwd, env=env, input=stdin, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def entry(number: int, text: str | None = None, severity: str | None = "ERROR", **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "insertId": f"id{number:04}",
        "timestamp": f"2026-05-01T10:{number // 60:02}:{number % 60:02}Z",
        "logName": "projects/demo/logs/run.googleapis.com%2Fstderr",
        "resource": {"type": "cloud_run_revision", "labels": {"service_name": "bakery", "revision_name": "bakery-1"}},
        "labels": {"instanceId": "i1"},
    }
    if severity:
        row["severity"] = severity
    if text is not None:
        row["textPayload"] = text
    return row | changes


ERROR = "Order refused: Object of type Oven is not JSON serializable"


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    rows = [entry(n, ERROR) for n in range(0, 50, 10)] + [entry(90, "oven preheated", "INFO")]
    path = tmp_path / "logs.json"
    path.write_text(json.dumps(rows))
    return path


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    (folder / "orders.py").write_text(
        "def order(oven):\n"
        "    try:\n"
        "        return bake(oven)\n"
        "    except Exception as e:\n"
        '        return Result(error_message=f"Order refused: {e}")\n'
    )
    git = ["git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@example.com"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "Take orders"], check=True)
    return folder


JUNIT = (
    '<testsuite name="e2e"><testcase classname="e2e.Orders" name="test_order" time="1.0">'
    f'<failure message="AssertionError: {ERROR}">E</failure></testcase>'
    '<testcase classname="e2e.Orders" name="test_menu" time="0.5"/></testsuite>'
)


def test_one_command_gives_every_report_and_the_json_follows_the_schema(
    tmp_path: Path, logs: Path, repository: Path
) -> None:
    (tmp_path / "junit.xml").write_text(JUNIT)
    done = analyzer(
        "analyze", logs, "--repo", repository, "--tests", "junit.xml", "--members",
        "-o", "r.json", "-o", "r.html", "-o", "r.md", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "r.json").read_text())
    Draft202012Validator(schema()).validate(report)
    (cluster,) = report["clusters"]
    assert (cluster["count"], len(cluster["members"]), cluster["change"]) == (5, 5, None)
    assert (cluster["code_paths"][0]["file"], cluster["code_paths"][0]["line"]) == ("orders.py", 5)
    assert cluster["code_paths"][0]["role"] == "author"
    assert report["tests"]["results"][1]["clusters"] == [cluster["fingerprint"]]
    assert "orders.py:5" in (tmp_path / "r.md").read_text()
    assert "orders.py" in (tmp_path / "r.html").read_text()
    assert len(done.stdout.splitlines()) <= 24
    assert "\x1b" not in done.stdout


def test_the_next_cycle_is_compared_with_the_one_before(tmp_path: Path, logs: Path) -> None:
    (tmp_path / "junit.xml").write_text(JUNIT)
    analyzer("analyze", logs, "--tests", "junit.xml", "--cycle", "1", "-o", "1.json", cwd=tmp_path)
    rows = [entry(100, ERROR), entry(101, "flour is out of stock at the mill")]
    (tmp_path / "next.json").write_text(json.dumps(rows))
    done = analyzer(
        "analyze", "next.json", "--tests", "junit.xml", "--baseline", "1.json", "--fail-on", "new", "-o", "2.json",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    report = json.loads((tmp_path / "2.json").read_text())
    Draft202012Validator(schema()).validate(report)
    assert {c["title"]: c["change"] for c in report["clusters"]} == {ERROR: "ongoing", rows[1]["textPayload"]: "new"}
    assert (report["cycle"]["name"], report["cycle"]["baseline"]) == ("2", "1")
    assert [t["change"] for t in report["tests"]["transitions"]] == ["same_error"]


def test_the_same_entries_shuffled_or_in_two_files_give_the_same_bytes(tmp_path: Path) -> None:
    rows = [entry(n, f"{ERROR} in order {n}") for n in range(40)] + [
        entry(n, f"oven {n} is cold") for n in range(40, 90)
    ]
    names = (("a.json", rows), ("b.json", rows[::-1]))
    for name, some in names:
        (tmp_path / name).write_text(json.dumps(some))
    random.Random(5).shuffle(rows)
    (tmp_path / "c.json").write_text(json.dumps(rows[::2]))
    (tmp_path / "d.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows[1::2]))
    for number, files in enumerate((["a.json"], ["b.json"], ["c.json", "d.jsonl"], ["a.json"])):
        analyzer("analyze", *files, "-o", f"{number}.json", "--quiet", cwd=tmp_path, PYTHONHASHSEED=str(number))
    assert len({(tmp_path / f"{n}.json").read_bytes() for n in range(4)}) == 1


def test_where_finds_the_statement_and_says_no_with_exit_1(tmp_path: Path, repository: Path) -> None:
    found = analyzer("where", ERROR, "--repo", repository, "--json", cwd=tmp_path)
    (path, *_) = json.loads(found.stdout)
    assert (path["file"], path["line"], path["function"]) == ("orders.py", 5, "order")
    assert "orders.py:5" in analyzer("where", ERROR, "--repo", repository, cwd=tmp_path).stdout
    missing = analyzer("where", "no statement says anything like this", "--repo", repository, cwd=tmp_path)
    assert (missing.returncode, missing.stdout) == (1, "")


def test_files_that_do_not_parse_are_warned_of_in_the_ledger(tmp_path: Path, repository: Path, logs: Path) -> None:
    for name in "abcd":
        (repository / f"{name}.py").write_text("def f(:\n    pass\n")
    report = analyzer("analyze", logs, "--repo", repository, "--json", "--quiet", cwd=tmp_path)
    (text,) = [w for w in json.loads(report.stdout)["ledger"]["warnings"] if "as written" in w]
    assert text.startswith("repo: 4 files could not be read as written and may hold more than was found: a.py (")
    assert "c.py (" in text
    assert text.endswith(" and 1 more")
    assert f"warning: {text}" in report.stderr


def test_standard_output_holds_the_json_and_nothing_but_that(tmp_path: Path, logs: Path) -> None:
    done = analyzer("analyze", "-", "--json", cwd=tmp_path, stdin=logs.read_text())
    assert json.loads(done.stdout)["ledger"]["entries"] == 6
    quiet = analyzer("analyze", logs, "--quiet", cwd=tmp_path)
    assert (quiet.stdout, quiet.stderr) == ("", "")


def test_show_and_report_read_a_saved_report(tmp_path: Path, logs: Path) -> None:
    analyzer("analyze", logs, "-o", "r.json", "-o", "r.html", "-o", "r.md", cwd=tmp_path)
    report = json.loads((tmp_path / "r.json").read_text())
    fingerprint = report["clusters"][0]["fingerprint"]
    assert ERROR in analyzer("show", "r.json", fingerprint[:8], cwd=tmp_path).stdout
    assert analyzer("show", "r.json", "cause", "1", cwd=tmp_path).stdout.startswith("Cause 1: ")
    shown = analyzer("show", "r.json", fingerprint, "--json", cwd=tmp_path)
    assert json.loads(shown.stdout)["fingerprint"] == fingerprint
    assert analyzer("show", "r.json", "s1:none", cwd=tmp_path).returncode == 2
    again = analyzer("report", "r.json", "-o", "again.html", "-o", "again.md", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    for suffix in ("html", "md"):
        assert (tmp_path / f"again.{suffix}").read_bytes() == (tmp_path / f"r.{suffix}").read_bytes()


def test_settings_rules_and_schema_can_be_looked_at(tmp_path: Path) -> None:
    (tmp_path / "analyzer.toml").write_text('fail_on = "new"\n[redact]\nsalt = "pepper"\n')
    shown = analyzer("config", "show", "--origin", cwd=tmp_path).stdout
    assert "fail_on = 'new'  # " in shown
    assert "analyzer.toml" in shown
    assert "pepper" not in shown
    assert json.loads(analyzer("schema", cwd=tmp_path).stdout)["$schema"]
    checked = analyzer("rules", "check", cwd=tmp_path)
    assert (checked.returncode, checked.stdout.strip().endswith("0 failed")) == (0, True)
    assert analyzer("--version", cwd=tmp_path).stdout.startswith("analyzer ")


def test_a_rule_whose_sample_fails_makes_rules_check_say_no(tmp_path: Path) -> None:
    folder = tmp_path / "own" / "noise"
    folder.mkdir(parents=True)
    (folder / "a.toml").write_text(
        '[[rule]]\nid = "own.stale"\nwhy = "w"\npattern = "stale"\nmatch = ["fresh"]\nmiss = ["x"]\n'
    )
    done = analyzer("rules", "check", "--rules", "own", cwd=tmp_path)
    assert done.returncode == 1
    assert "own.stale" in done.stdout


def test_a_noise_rule_of_a_project_sets_its_cluster_apart(tmp_path: Path, logs: Path) -> None:
    folder = tmp_path / "own" / "noise"
    folder.mkdir(parents=True)
    (folder / "a.toml").write_text(
        '[[rule]]\nid = "own.oven"\nwhy = "w"\npattern = "type Oven"\nmatch = ["type Oven"]\nmiss = ["x"]\n'
    )
    done = analyzer("analyze", logs, "--rules", "own", "--json", "--fail-on", "any", cwd=tmp_path)
    report = json.loads(done.stdout)
    assert (done.returncode, report["clusters"][0]["noise"], report["causes"]) == (0, "own.oven", [])
    assert report["ledger"]["noise"] == report["ledger"]["clustered"] == 5


GOOD = json.dumps([entry(1, ERROR), entry(2, ERROR)])
NEWER = json.dumps({"schema": "analyzer.report/9"})


@pytest.mark.parametrize(
    ("files", "args", "says"),
    [
        ({}, ["none.json"], "no such file"),
        ({"folder/a.png": "x"}, ["folder"], "no logs in folder"),
        ({"a.yaml": "insertId: x\nlogName: y\n"}, ["a.yaml"], "--format=json"),
        ({"a.json": GOOD}, ["a.json", "--repo", "nowhere"], "nowhere"),
        ({"a.json": GOOD}, ["a.json", "--repo", "repo", "--revision", "abcdef1"], "no such commit abcdef1"),
        ({"a.json": GOOD}, ["a.json", "--repo", "repo", "--fix", "abcdef1=x"], "no such commit abcdef1"),
        ({"a.json": GOOD}, ["a.json", "--revision", "HEAD"], "--repo"),
        ({"a.json": GOOD, "j.xml": "<html/>"}, ["a.json", "--tests", "j.xml"], "j.xml"),
        ({"a.json": GOOD, "j.xml": "no xml"}, ["a.json", "--tests", "j.xml"], "j.xml"),
        ({"a.json": GOOD, "b.json": NEWER}, ["a.json", "--baseline", "b.json"], "newer"),
        ({"a.json": GOOD}, ["a.json", "--baseline", "a.json"], "a.json"),
        ({"a.json": GOOD}, ["a.json", "-o", "nowhere/r.json"], "no folder"),
        ({"a.json": GOOD}, ["a.json", "-o", "r.pdf"], ".html"),
        ({"a.json": GOOD}, ["a.json", "--fail-on", "new"], "--baseline"),
        ({"a.json": GOOD}, ["a.json", "--fail-on", "sometimes"], "never"),
        ({"a.json": GOOD}, ["a.json", "--history", "sqlite:///a.json/x.db"], "a.json"),
        ({"a.json": GOOD}, ["a.json", "--history", "oracle://x"], "oracle"),
        ({"a.json": GOOD}, ["a.json", "--baseline", "unheard-of"], "unheard-of"),
        ({"a.json": GOOD}, ["a.json", "--project", "demo"], "together"),
        ({}, [], "no logs were given"),
        ({}, ["--since", "2h"], "no project was given"),
        ({"a.json": GOOD}, ["a.json", "--rules", "nowhere"], "nowhere"),
        ({"a.json": GOOD, "analyzer.toml": "x = 1"}, ["a.json"], "unknown setting"),
    ],
)
def test_bad_input_fails_before_the_work_with_a_hint_and_exit_2(
    tmp_path: Path, repository: Path, files: dict[str, str], args: list[str], says: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    done = analyzer("analyze", *args, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert "error: " in done.stderr
    assert "crashed" not in done.stderr
    assert "Traceback" not in done.stderr


def whole_log(*rows: dict[str, Any]) -> str:
    return json.dumps(list(rows))


@pytest.mark.parametrize(
    ("text", "warns", "entries", "errors"),
    [
        ("", "is empty", 0, 0),
        (whole_log(entry(1, ERROR), entry(2, ERROR))[:-30], "cut off", 2, 1),
        (json.dumps(entry(1, ERROR)) + "\nnot json\n" + json.dumps(entry(2, "x", "INFO")), "not JSON", 3, 1),
        (whole_log(entry(1, "ready", "INFO"), entry(2, "steady", None)), "", 2, 0),
        ("2026-05-01 10:00:00,000 ERROR the oven is cold\r\n2026-05-01 10:00:01,000 INFO ready\r\n", "", 2, 1),
        (whole_log(entry(1), entry(2), entry(3)), "", 3, 3),
    ],
    ids=["empty", "cut array", "bad line", "no errors", "plain text", "no payloads"],
)
def test_poor_input_is_a_valid_report_with_a_warning_and_exit_0(
    tmp_path: Path, text: str, warns: str, entries: int, errors: int
) -> None:
    (tmp_path / "a.log").write_text(text, newline="")
    done = analyzer("analyze", "a.log", "-o", "r.json", "-o", "r.html", "-o", "r.md", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert warns in done.stderr
    report = json.loads((tmp_path / "r.json").read_text())
    Draft202012Validator(schema()).validate(report)
    ledger = report["ledger"]
    assert (ledger["entries"], ledger["error_entries"]) == (entries, errors)
    parts = sum(ledger[k] for k in ("duplicates", "error_entries", "warning_entries", "other_entries"))
    assert ledger["entries"] == parts + sum(d["count"] for d in ledger["dropped"])
    assert ledger["clustered"] == ledger["error_events"] + ledger["warning_events"]


def test_a_window_without_payloads_leads_with_that(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(whole_log(*(entry(n) for n in range(9))))
    analyzer("analyze", "a.json", "-o", "r.json", "-o", "r.md", cwd=tmp_path)
    (cluster,) = json.loads((tmp_path / "r.json").read_text())["clusters"]
    assert (cluster["title"], cluster["count"]) == ("(no message)", 9)
    assert "payload" in "\n".join((tmp_path / "r.md").read_text().splitlines()[:12])


def test_an_unwritable_output_after_the_work_keeps_the_result_and_says_where(tmp_path: Path, logs: Path) -> None:
    device = Path("/dev/full")
    if not device.exists():
        pytest.skip("this system has no /dev/full")
    (tmp_path / "r.json").symlink_to(device)
    done = analyzer("analyze", logs, "-o", "r.json", cwd=tmp_path, TMPDIR=str(tmp_path))
    assert done.returncode == 2
    (kept,) = tmp_path.glob("analyzer-report-*.json")
    assert str(kept) in done.stderr
    assert json.loads(kept.read_text())["ledger"]["entries"] == 6
    assert ERROR[:40] in done.stdout


def test_sarif_and_a_short_markdown_are_written_by_suffix_and_option(
    tmp_path: Path, logs: Path, repository: Path
) -> None:
    names = ("-o", "r.sarif", "-o", "r.md")
    done = analyzer("analyze", logs, "--repo", repository, *names, "--markdown", "summary", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (run,) = json.loads((tmp_path / "r.sarif").read_text())["runs"]
    assert "orders.py" in {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]
    }
    text = (tmp_path / "r.md").read_text()
    assert "**Cause 1**" in text
    assert "## Ledger" not in text


def test_an_unknown_size_of_markdown_is_refused_before_the_work(tmp_path: Path, logs: Path) -> None:
    done = analyzer("analyze", logs, "-o", "r.md", "--markdown", "huge", cwd=tmp_path)
    assert done.returncode == 2
    assert "use one of summary, standard, full" in done.stderr
    assert not (tmp_path / "r.md").exists()


def test_hostile_text_reaches_neither_the_terminal_nor_the_page(tmp_path: Path) -> None:
    hostile = (
        "Oven failed: \x1b[31mred\x1b]0;owned\x07 <script>alert(1)</script> @everyone token=abcdefghijklmnop123456"
    )
    (tmp_path / "a.json").write_text(whole_log(entry(1, hostile), entry(2, hostile)))
    done = analyzer("analyze", "a.json", "-o", "r.html", "-o", "r.json", "-o", "r.md", cwd=tmp_path)
    assert "\x1b" not in done.stdout + done.stderr
    assert "<script>alert" not in (tmp_path / "r.html").read_text()
    prose = re.sub(r"(`+)[^`]+\1", "", (tmp_path / "r.md").read_text())  # code spans show tags as text
    assert "<script>" not in prose
    assert "@everyone" not in prose
    assert "abcdefghijklmnop123456" not in (tmp_path / "r.json").read_text()


def test_looking_for_help_imports_nothing_heavy() -> None:
    heavy = ("pandas", "pyarrow", "msgspec", "jinja2", "rich")
    code = f"import sys, analyzer.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_the_library_imports_neither_pandas_nor_a_cloud_client() -> None:
    code = "import sys, analyzer; analyzer.where; print('pandas' in sys.modules, 'google.cloud' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"
