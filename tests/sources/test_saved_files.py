"""Saved logs of every shape, whole and broken."""

from __future__ import annotations

import gzip
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest

from analyzer.errors import SourceError
from analyzer.model import Severity, SourceResult
from analyzer.redaction import build_redactor
from analyzer.sources import open_source, read_files

REDACTOR = build_redactor()


def read(*specs: Path | str, stdin: bytes | None = None) -> SourceResult:
    return read_files(
        [str(s) for s in specs], redactor=REDACTOR, stdin=io.BytesIO(stdin) if stdin is not None else None
    )


def entry(number: int, **changes: Any) -> dict[str, Any]:
    row = {
        "insertId": f"id{number:04}",
        "timestamp": f"2026-05-01T10:00:{number % 60:02}.{number:06}Z",
        "logName": "projects/demo/logs/run.googleapis.com%2Fstderr",
        "severity": "ERROR",
        "resource": {"type": "cloud_run_revision", "labels": {"service_name": "bakery", "revision_name": "bakery-1"}},
        "labels": {"instanceId": "i1"},
        "textPayload": f"oven {number} is cold",
    }
    return row | changes


def save(path: Path, rows: Any) -> Path:
    path.write_text(json.dumps(rows))
    return path


def adds_up(result: SourceResult) -> bool:
    return result.read == len(result.entries) + result.duplicates + sum(d.count for d in result.dropped)


def test_arrays_lines_and_archives_hold_the_same_entries(tmp_path: Path) -> None:
    rows = [entry(n) for n in range(7)]
    lines = "".join(json.dumps(r) + "\n" for r in rows)
    array = read(save(tmp_path / "a.json", rows))
    (tmp_path / "b.jsonl").write_text(lines)
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    import pyarrow as pa

    (tmp_path / "d.jsonl.zst").write_bytes(pa.compress(lines.encode(), codec="zstd", asbytes=True))
    for name in ("b.jsonl", "c.jsonl.gz", "d.jsonl.zst"):
        assert read(tmp_path / name).entries == array.entries
    assert read("-", stdin=lines.encode()).entries == array.entries
    assert read(str(tmp_path / "*.jsonl")).entries == array.entries
    assert array.files[0].format == "JSON array"


def test_a_pretty_printed_array_and_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    rows = [entry(n) for n in range(3)]
    plain = read(save(tmp_path / "a.json", rows))
    text = "\ufeff" + json.dumps(rows, indent=2).replace("\n", "\r\n")
    (tmp_path / "b.json").write_bytes(text.encode("utf-8"))
    assert read(tmp_path / "b.json").entries == plain.entries


def test_overlapping_files_count_an_entry_once(tmp_path: Path) -> None:
    a = save(tmp_path / "a.json", [entry(n) for n in range(6)])
    b = save(tmp_path / "b.json", [entry(n) for n in range(4, 9)])
    result = read(a, b)
    assert (len(result.entries), result.duplicates) == (9, 2)
    assert adds_up(result)


def test_shuffled_or_split_input_gives_the_same_entries(tmp_path: Path) -> None:
    rows = [entry(n) for n in range(30)] + [{k: v for k, v in entry(5).items() if k != "insertId"}] * 2
    whole = read(save(tmp_path / "a.json", rows))
    random.Random(4).shuffle(rows)
    shuffled = read(save(tmp_path / "b.json", rows))
    split = read(save(tmp_path / "c.json", rows[::2]), save(tmp_path / "d.json", rows[1::2]))
    assert whole.entries == shuffled.entries == split.entries
    assert whole.gaps == split.gaps
    assert {e.entry_id[-2:] for e in whole.entries if e.entry_id.startswith("x-")} == {"-1", "-2"}


def test_one_id_in_two_logs_is_two_entries(tmp_path: Path) -> None:
    other = entry(1, logName="projects/demo/logs/run.googleapis.com%2Frequests")
    result = read(save(tmp_path / "a.json", [entry(1), other]))
    assert sorted(e.entry_id for e in result.entries) == [
        "id0001@run.googleapis.com/requests",
        "id0001@run.googleapis.com/stderr",
    ]


def test_the_wrappers_of_collectors_are_opened(tmp_path: Path) -> None:
    snake = {
        "insert_id": "w1",
        "timestamp": "2026-05-01T10:00:00.5+00:00",
        "severity": "ERROR",
        "resource": {"type": "cloud_run_revision", "labels": {"service_name": "bakery"}},
        "text_payload": None,
        "json_payload": {"message": "oven is cold", "attempt": 3.0},
        "raw_payload": "{'message': 'oven is cold'}",
        "http_request": {"method": "GET", "url": "https://shop.example.com/bread", "status": 503.0, "latency": "2.5s"},
    }
    lost = snake | {"insert_id": "w2", "json_payload": None}
    wrapped = {"collection_time": "x", "logs_by_severity": {"ERROR": [snake], "INFO": []}, "raw_logs": [lost]}
    first, second = read(save(tmp_path / "a.json", wrapped)).entries
    assert first.json_payload == {"message": "oven is cold", "attempt": 3}
    assert first.http_request is not None
    assert (first.http_request.status, first.http_request.latency_ns) == (503, 2_500_000_000)
    assert second.json_payload == {"message": "oven is cold"}


def test_an_array_cut_in_the_middle_keeps_what_parsed_and_says_so(tmp_path: Path) -> None:
    whole = json.dumps([entry(n) for n in range(5)], indent=1)
    (tmp_path / "a.json").write_text(whole[: int(len(whole) * 0.7)])
    result = read(tmp_path / "a.json")
    assert len(result.entries) == 3
    assert [(d.reason, d.count) for d in result.dropped] == [("array cut off", 1)]
    assert result.gaps
    assert "cut off" in result.warnings[0]
    assert adds_up(result)


def test_bad_lines_are_counted_and_the_rest_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(entry(1)) + "\n{oops\n" + json.dumps(entry(2)) + "\n[1, 2]\n")
    result = read(tmp_path / "a.jsonl")
    assert len(result.entries) == 2
    assert {d.reason: d.count for d in result.dropped} == {"not JSON": 1, "not a log entry": 1}
    assert adds_up(result)


@pytest.mark.parametrize("first", ["oven 0 is cold", ' is cold", "severity": "ERROR"}', "[1, 2", "{oops"])
def test_entries_line_by_line_are_told_also_where_the_first_line_is_none(tmp_path: Path, first: str) -> None:
    (tmp_path / "a.jsonl").write_text("\n".join([first, *(json.dumps(entry(n)) for n in (1, 2, 3))]))
    result = read(tmp_path / "a.jsonl")
    assert {e.service for e in result.entries} == {"bakery"}
    assert {d.reason: d.count for d in result.dropped} == {"not JSON": 1}
    assert adds_up(result)


def test_an_empty_file_is_a_warning_not_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("  \n")
    result = read(tmp_path / "a.json")
    assert result.entries == ()
    assert "is empty" in result.warnings[0]


@pytest.mark.parametrize(
    "text", ["insertId: abc\nlogName: x\ntextPayload: y\n", "---\ninsertId: abc\njsonPayload:\n  message: x\n"]
)
def test_a_yaml_export_is_refused_with_the_command_that_exports_json(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(SourceError) as caught:
        read(tmp_path / "a.yaml")
    assert "--format=json" in caught.value.hint


def test_a_missing_file_and_a_folder_without_logs_are_errors(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        read(tmp_path / "none.json")
    (tmp_path / "picture.png").write_bytes(b"x")
    with pytest.raises(SourceError, match="no logs in folder"):
        read(tmp_path)


def test_a_broken_archive_is_an_error_and_a_cut_one_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(b"\x1f\x8b" + b"broken")
    with pytest.raises(SourceError, match="broken"):
        read(tmp_path / "a.gz")
    rng = random.Random(1)
    rows = [entry(n, textPayload=f"oven {rng.random()} is cold") for n in range(400)]
    packed = gzip.compress("".join(json.dumps(r) + "\n" for r in rows).encode())
    (tmp_path / "b.gz").write_bytes(packed[: len(packed) // 2])
    result = read(tmp_path / "b.gz")
    assert 50 < len(result.entries) < 400
    assert any("too early" in w for w in result.warnings)


def test_invalid_utf8_is_replaced_and_said(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"2026-05-01 10:00:00 ERROR caf\xe9 closed\n")
    result = read(tmp_path / "a.log")
    assert result.entries[0].text_payload == "2026-05-01 10:00:00 ERROR caf\ufffd closed"
    assert "not UTF-8" in result.warnings[0]


def test_a_line_of_20_megabytes_is_cut_and_said(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("ERROR " + "x" * 20_000_000 + "\nERROR next\n")
    result = read(tmp_path / "a.log")
    assert len(result.entries) == 2
    assert len(result.entries[0].text_payload or "") <= 1_000_000
    assert "longer than" in result.warnings[0]


def test_a_traceback_in_plain_text_stays_one_entry_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(
        "2026-05-01 10:00:00,123 ERROR baking failed\n"
        "Traceback (most recent call last):\n"
        '  File "/srv/oven.py", line 3, in bake\n'
        "    raise ValueError(1)\n"
        "ValueError: 1\n"
        "2026-05-01 10:00:01,000 INFO ready\n"
        "2026-05-01 10:00:02,000 INFO steady\n"
    )
    result = read(tmp_path / "a.log")
    assert len(result.entries) == 3
    assert (result.entries[0].text_payload or "").endswith("ValueError: 1")
    assert result.entries[0].time_ns is not None
    assert result.files[0].format == "plain text"


def test_plain_text_without_times_keeps_its_order(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("zebra\napple\nmango\n")
    assert [e.text_payload for e in read(tmp_path / "a.txt").entries] == ["zebra", "apple", "mango"]


def test_an_application_s_own_json_lines_become_entries(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"event": "oven is cold", "level": "error", "timestamp": "2026-05-01T10:00:00Z"}\n'
        '{"message": "ready", "levelname": "INFO", "time": "2026-05-01T10:00:01Z"}\n'
    )
    first, second = read(tmp_path / "a.jsonl").entries
    assert (first.severity, second.severity) == (Severity.ERROR, Severity.INFO)
    assert first.json_payload is not None
    assert first.json_payload["event"] == "oven is cold"


def test_a_round_count_is_shown_as_a_cap(tmp_path: Path) -> None:
    (gap,) = read(save(tmp_path / "a.json", [entry(n) for n in range(1000)])).gaps
    assert gap.reason == "cap of 1,000 entries"
    assert read(save(tmp_path / "b.json", [entry(n) for n in range(999)])).gaps == ()
    rows = [entry(n) for n in range(50)] + [entry(100 + n, severity="WARNING") for n in range(50)]
    rows += [entry(200 + n, severity="NOTICE") for n in range(6)]
    reasons = [g.reason for g in read(save(tmp_path / "c.json", rows)).gaps]
    assert sorted(reasons) == ["cap of 50 entries of severity ERROR", "cap of 50 entries of severity WARNING"]


def test_secrets_never_get_past_reading(tmp_path: Path) -> None:
    token = "Bearer " + "abcdefghijklmnopqrstuvwxyz0123456789"
    rows = [entry(1, textPayload=f"call with {token} failed for baker@example.com"), entry(2, jsonPayload={"password": "rye-bread-17"}, textPayload=None)]  # fmt: skip  # noqa: E501
    shown = repr(read(save(tmp_path / "a.json", rows)).entries)
    for secret in ("abcdefghijklmnopqrstuvwxyz0123456789", "baker@example.com", "rye-bread-17"):
        assert secret not in shown


def test_files_are_a_registered_source(tmp_path: Path) -> None:
    source = open_source(save(tmp_path / "a.json", [entry(1)]))
    assert len(source.read().entries) == 1
