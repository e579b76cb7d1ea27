"""`frame.incident`: any table of log rows, with the fingerprints of the report."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.analysis import Analysis, analyze, cluster_messages
from analyzer.errors import ConfigError, RuleError
from analyzer.notebook import NAMES, incident
from analyzer.tables import BINS, GROUPS, SIGNATURES, Schema

TRACE = [
    "Traceback (most recent call last):",
    '  File "/app/oven.py", line 12, in bake',
    "    heat(degrees)",
    "ValueError: too hot: 311 degrees",
]


def messages(*texts: str | None, **columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"message": pd.Series(texts, dtype="string"), **columns})


def follows(frame: pd.DataFrame, schema: Schema) -> bool:
    return {name: str(dtype) for name, dtype in frame.dtypes.items()} == {n: c.dtype for n, c in schema.items()}


@pytest.fixture(scope="module", params=["1", "4"])
def cycle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Analysis]:
    """The entries of a bundled cycle, and their analysis."""
    path = tmp_path_factory.mktemp("cycle") / "logs.jsonl"
    packed = resources.files("analyzer.demo").joinpath(f"cycle-{request.param}", "logs.jsonl.gz").read_bytes()
    path.write_bytes(gzip.decompress(packed))
    return path, analyze(path)


def test_entries_give_the_clusters_of_the_report(cycle: tuple[Path, Analysis]) -> None:
    path, found = cycle
    clusters = pd.read_json(path, lines=True).incident.cluster(level="WARNING")
    for column in ("fingerprint", "title", "template", "severity", "noise", "count", "services"):
        assert clusters[column].tolist() == found.clusters[column].tolist(), column
    assert clusters["first_seen"].dt.floor("us").tolist() == found.clusters["first_seen"].tolist()


def test_flattened_entries_are_the_same_entries(cycle: tuple[Path, Analysis]) -> None:
    path, _ = cycle
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    whole, flat = pd.DataFrame(rows), pd.json_normalize(rows)
    pd.testing.assert_frame_equal(flat.incident.cluster(), whole.incident.cluster())
    pd.testing.assert_frame_equal(flat.incident.signature(), whole.incident.signature())


def test_events_of_an_analysis_keep_their_fingerprints(cycle: tuple[Path, Analysis], tmp_path: Path) -> None:
    _, found = cycle
    loaded = Analysis.load(found.save(tmp_path / "report.json"))
    for events in (found.events, loaded.events, found.events.query("severity == 'ERROR'").iloc[::-1]):
        assert events.incident.signature()["fingerprint"].tolist() == events["fingerprint"].tolist()
        clusters = events.incident.cluster()
        titles = found.clusters.set_index("fingerprint")["title"]
        assert clusters["title"].tolist() == titles[clusters["fingerprint"]].tolist()
        assert clusters["count"].sum() == len(events)


def test_the_order_of_rows_decides_nothing(cycle: tuple[Path, Analysis]) -> None:
    path, _ = cycle
    frame = pd.read_json(path, lines=True)
    mixed = frame.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(mixed.incident.cluster(level="ERROR"), frame.incident.cluster(level="ERROR"))
    pd.testing.assert_frame_equal(mixed.incident.signature().sort_index(), frame.incident.signature())


def test_signatures_clusters_and_timelines_count_the_same_rows(cycle: tuple[Path, Analysis]) -> None:
    path, _ = cycle
    frame = pd.read_json(path, lines=True)
    clusters = frame.incident.cluster().set_index("fingerprint")
    rows = frame.incident.signature()["fingerprint"].value_counts()
    assert rows.to_dict() == clusters["rows"].to_dict()
    printed = frame.incident.timeline().groupby("fingerprint")["count"].sum()
    assert set(printed.index) == set(clusters.index)
    printed = printed[clusters.index]
    assert (clusters["count"] <= printed).all()
    assert (printed <= clusters["rows"]).all()


def test_the_lines_of_one_traceback_are_one_error() -> None:
    frame = messages("bake order 1", *TRACE, "bake order 2", severity=["INFO", *["ERROR"] * 4, "INFO"])
    signatures = frame.incident.signature()
    assert signatures["fingerprint"].iloc[1:5].nunique() == 1
    assert signatures["exception_type"].iloc[1:5].unique().tolist() == ["ValueError"]
    assert signatures["exception_type"].iloc[[0, 5]].isna().all()
    error = frame.incident.cluster(level="ERROR").iloc[0]
    assert (error["rows"], error["count"]) == (4, 1)


def test_a_column_of_stack_traces_beside_the_message_is_read() -> None:
    frame = messages("oven failed", severity=["ERROR"], exc_info=["\n".join(TRACE)])
    assert frame.incident.signature()["exception_type"].tolist() == ["ValueError"]
    assert frame.incident.signature(message="message")["exception_type"].isna().all()


def test_quiet_rows_have_the_templates_of_cluster_messages() -> None:
    texts = [f"order {n} baked in {n * 7} s" for n in range(30)]
    quiet = messages(*texts, level=["info"] * 30).incident.signature()
    mined = cluster_messages(texts)
    assert quiet["fingerprint"].tolist() == mined["fingerprint"].tolist()
    assert quiet["template"].tolist() == mined["template"].tolist()


def test_quiet_rows_change_nothing_about_errors() -> None:
    error = messages("ERROR no flour for order 5", "ERROR no flour for order 6")
    among = pd.concat([messages(*[f"no flour for order {n}" for n in range(50)]), error])
    assert (
        among.incident.cluster(level="ERROR")["fingerprint"].tolist()
        == error.incident.cluster()["fingerprint"].tolist()
    )


def test_columns_are_found_by_any_of_their_names_in_any_case() -> None:
    row = {"message": "ERROR no flour", "timestamp": "2026-03-02T10:00:00Z", "severity": "ERROR", "service": "oven"}
    wanted = pd.DataFrame([row]).incident.cluster()
    for role, names in NAMES.items():
        for name in names if role in row else ():
            for spelled in (name, name.upper()):
                renamed = pd.DataFrame([{spelled if key == role else key: value for key, value in row.items()}])
                pd.testing.assert_frame_equal(renamed.incident.cluster(), wanted)


def test_columns_can_be_named() -> None:
    frame = pd.DataFrame(
        {
            "text": ["not this"],
            0: ["no flour"],
            "when": ["2026-03-02T10:00:00Z"],
            "how bad": ["ERROR"],
            "who": ["oven"],
        }
    )
    cluster = frame.incident.cluster(message=0, timestamp="when", severity="how bad", service="who").iloc[0]
    assert (cluster["example"], cluster["severity"], cluster["services"]) == ("no flour", "ERROR", ["oven"])
    assert str(cluster["first_seen"]) == "2026-03-02 10:00:00+00:00"


def test_a_named_message_of_an_entry_takes_the_place_of_its_payload() -> None:
    frame = pd.DataFrame(
        {
            "jsonPayload": [{"message": "not this"}] * 2,
            "shown": ["no flour", None],
            "severity": ["ERROR", "INFO"],
            "resource": ['{"labels": {"service_name": "oven", "revision_name": "oven-7"}}'] * 2,
        }
    )
    assert frame.incident.signature(message="shown")["template"].fillna("").tolist() == ["no flour", ""]
    cluster = frame.incident.cluster(message="shown", instance="shown").iloc[0]
    assert (cluster["example"], cluster["services"]) == ("no flour", ["oven"])
    assert frame.incident.cluster(service="shown").iloc[0]["services"] == ["no flour"]


def test_instances_keep_interleaved_tracebacks_apart() -> None:
    lines = [line for pair in zip(TRACE, TRACE, strict=True) for line in pair]
    pods = ["oven-a", "oven-b"] * 4
    times = pd.date_range("2026-03-02T10:00:00Z", periods=8, freq="ms")
    frame = messages(*lines, pod=pods, timestamp=times, severity=["ERROR"] * 8)
    (cluster,) = frame.incident.cluster().to_dict("records")
    assert (cluster["rows"], cluster["count"]) == (8, 2)


def test_an_index_of_times_is_the_time() -> None:
    frame = messages("ERROR no flour").set_index(pd.DatetimeIndex(["2026-03-02T10:00:00.123456789Z"]))
    assert frame.incident.cluster()["first_seen"].iloc[0] == pd.Timestamp("2026-03-02T10:00:00.123456789Z")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_every_resolution_and_zone_are_the_same_time(unit: str) -> None:
    when = pd.Series([pd.Timestamp("2026-03-02T11:00:00+01:00")]).dt.as_unit(unit)
    frame = messages("ERROR no flour").assign(time=when)
    assert frame.incident.cluster()["first_seen"].tolist() == [pd.Timestamp("2026-03-02T10:00:00Z")]


@pytest.mark.parametrize("method", ["signature", "cluster", "timeline"])
def test_a_table_without_log_text_is_told_with_what_to_do(method: str) -> None:
    for frame in (pd.DataFrame(), pd.DataFrame({"price": [1.5]})):
        with pytest.raises(ConfigError, match="no column of this table holds log text") as caught:
            getattr(frame.incident, method)()
        assert "message=" in caught.value.hint


def test_a_column_that_is_not_there_or_there_twice_is_told() -> None:
    with pytest.raises(ConfigError, match="service='who' is no column"):
        messages("a").incident.cluster(service="who")
    twice = pd.DataFrame([["a", "b"]], columns=["message", "message"])
    with pytest.raises(ConfigError, match="2 columns"):
        twice.incident.cluster()


def test_a_level_or_a_width_that_does_not_exist_is_told() -> None:
    with pytest.raises(ConfigError, match="no such level: 'LOUD'"):
        messages("a").incident.cluster(level="LOUD")
    for width in ("soon", "0s", "-1min"):
        with pytest.raises(ConfigError, match="no width of time"):
            messages("a").incident.timeline(bin=width)


def test_a_rule_that_is_not_valid_is_told(tmp_path: Path) -> None:
    (tmp_path / "masks").mkdir()
    (tmp_path / "masks" / "own.toml").write_text("[[rule]]\nid = 'own.x'\n", encoding="utf-8")
    with pytest.raises(RuleError):
        messages("a").incident.cluster(rules=tmp_path)


@pytest.mark.parametrize(("method", "schema"), [("signature", SIGNATURES), ("cluster", GROUPS), ("timeline", BINS)])
def test_an_empty_table_gives_an_empty_table_of_the_same_schema(method: str, schema: Schema) -> None:
    found = getattr(messages().incident, method)()
    assert found.empty
    assert follows(found, schema)
    assert follows(getattr(messages("ERROR x", timestamp=["2026-03-02T10:00:00Z"]).incident, method)(), schema)


def test_a_row_without_text_has_no_fingerprint_and_stands_in_no_cluster() -> None:
    frame = pd.DataFrame({"message": ["no flour", None, np.nan, pd.NA, "", "  "], "service": ["oven"] * 6})
    assert frame.incident.signature()["fingerprint"].notna().tolist() == [True, False, False, False, False, False]
    assert frame.incident.cluster()["rows"].tolist() == [1]


def test_the_index_is_kept_with_its_duplicates_and_name() -> None:
    frame = messages("a", "b", "a").set_axis(pd.Index([7, 7, 3], name="line"), axis=0)
    signatures = frame.incident.signature()
    pd.testing.assert_index_equal(signatures.index, frame.index)
    assert signatures["template"].tolist() == ["a", "b", "a"]


def test_the_table_is_not_changed() -> None:
    frame = pd.DataFrame({"jsonPayload": [{"message": "no flour", "at": [1, {"x": None}]}], "severity": ["ERROR"]})
    before = frame.copy(deep=True)
    frame.incident.cluster()
    pd.testing.assert_frame_equal(frame, before)


def test_what_identifies_a_person_is_redacted() -> None:
    frame = messages("ERROR login of jane.roe@example.com failed", "seen 203.0.113.7")
    shown = frame.incident.cluster()[["title", "template", "example"]].to_string()
    assert "jane.roe" not in shown
    assert "203.0.113.7" not in shown


def test_rows_of_one_id_are_still_rows_of_their_own() -> None:
    frame = pd.DataFrame({"insertId": ["x", "x"], "textPayload": ["no flour", "no water"], "severity": ["ERROR"] * 2})
    assert frame.incident.signature()["template"].tolist() == ["no flour", "no water"]


def test_a_timeline_has_a_bin_for_everything_that_has_a_time() -> None:
    times = pd.to_datetime(["2026-03-02T10:00:59Z", "2026-03-02T10:01:00Z", "2026-03-02T10:01:30Z", None])
    frame = messages(*["ERROR no flour"] * 4, timestamp=times)
    timeline = frame.incident.timeline(bin="1min")
    assert timeline["time"].tolist() == [pd.Timestamp("2026-03-02T10:00Z"), pd.Timestamp("2026-03-02T10:01Z")]
    assert timeline["count"].tolist() == [1, 2]


@settings(max_examples=25)
@given(st.lists(st.integers(1_000_000_000, 2_000_000_000), min_size=1, max_size=40))
def test_a_width_that_is_not_given_makes_at_most_61_bins(seconds: list[int]) -> None:
    frame = messages(*["ERROR no flour"] * len(seconds), timestamp=pd.to_datetime(seconds, unit="s", utc=True))
    timeline = frame.incident.timeline()
    assert timeline["time"].nunique() <= 61
    assert timeline["count"].sum() == len(seconds)


def test_half_a_character_in_a_text_does_not_stop_it() -> None:
    frame = pd.DataFrame({"message": pd.Series(["cut \ud83d here", "ERROR cut \ud83d there"], dtype="object")})
    assert frame.incident.cluster()["rows"].sum() == 2


def test_the_function_for_type_checkers_is_the_accessor() -> None:
    frame = messages("no flour")
    pd.testing.assert_frame_equal(incident(frame).cluster(), frame.incident.cluster())


def test_the_accessor_is_there_only_when_asked_for() -> None:
    code = "import analyzer, pandas; analyzer.cluster_messages(['a']); print(hasattr(pandas.DataFrame, 'incident'))"
    code += "; import analyzer.notebook; print(hasattr(pandas.DataFrame, 'incident'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


@pytest.mark.full
def test_a_hundred_thousand_rows_are_clustered() -> None:
    rows = [
        f"WARNING user {n} waits for db-{n % 7}" if n % 5 == 0 else f"order {n} of {n % 91}" for n in range(100_000)
    ]
    found = messages(*rows, timestamp=pd.date_range("2026-03-02", periods=100_000, freq="100ms")).incident.cluster()
    assert found["rows"].sum() == 100_000
    assert len(found) < 20
