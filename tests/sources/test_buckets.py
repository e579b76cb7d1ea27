"""Logs in a bucket, read by the official client from a server over loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from door_writers import sink_shards
from made_up_incident import incident
from storage_server import Storage, storage_server

from analyzer.errors import SourceError, SourceRefusedError
from analyzer.model import SourceResult, Window, parse_time
from analyzer.redaction import build_redactor
from analyzer.sources import read_files
from analyzer.sources.buckets import MAX_OBJECT_BYTES, Buckets

REDACTOR = build_redactor()


def read(address: str, window: Window | None = None) -> SourceResult:
    return read_files([address], redactor=REDACTOR, window=window)


def shards(folder: Path) -> dict[str, bytes]:
    root = sink_shards(incident(), folder)
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def at(monkeypatch: pytest.MonkeyPatch, storage: Storage) -> Storage:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", storage.endpoint)
    return storage


def test_a_bucket_holds_what_a_folder_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = read_files([str(sink_shards(incident(), tmp_path))], redactor=REDACTOR)
    with storage_server(Storage(shards(tmp_path), page=3)) as storage:
        found = read(f"gs://{at(monkeypatch, storage).bucket}")
        assert found.entries == inside.entries
        assert found.duplicates == inside.duplicates > 0
        listings = [path for path in storage.calls if path.endswith("/o")]
        assert len(listings) == -(-len(storage.objects) // 3)
        assert len(storage.calls) == len(listings) + len(storage.objects)


def test_an_address_is_an_object_a_folder_a_prefix_or_a_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["a/b.json", "a/b/1.json", "a/b/2.jsonl.gz", "a/b/notes.md", "a/b/sub/", "a/bc/3.json", "a/bc/4.log"]
    with storage_server(Storage(dict.fromkeys(names, b""))) as storage, Buckets() as buckets:
        at(monkeypatch, storage)

        def found(address: str) -> list[str]:
            wanted = (".json", ".jsonl.gz", ".log")
            return [n.removeprefix("gs://sink/") for n in buckets.names(address, lambda name: name.endswith(wanted))]

        assert found("gs://sink/a/b.json") == ["a/b.json"]
        assert found("gs://sink/a/b") == found("gs://sink/a/b/") == ["a/b/1.json", "a/b/2.jsonl.gz"]
        assert found("gs://sink/a/bc/3") == ["a/bc/3.json"]
        assert found("gs://sink/a/*/[34].*") == ["a/bc/3.json", "a/bc/4.log"]
        assert found("gs://sink/a/b/notes.md") == ["a/b/notes.md"]
        assert len(found("gs://sink")) == 5
        with pytest.raises(SourceError, match="no logs under gs://sink/zebra"):
            found("gs://sink/zebra")
        with pytest.raises(SourceError, match="no address of a bucket"):
            found("gs:///zebra")


@pytest.mark.parametrize("status", [429, 503])
def test_a_passing_refusal_is_asked_again(status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    objects = dict(list(shards(tmp_path).items())[:1])
    with storage_server(Storage(objects, faults=[status])) as storage:
        assert read(f"gs://{at(monkeypatch, storage).bucket}").entries
        assert len(storage.calls) == 3


def test_only_shards_of_the_window_s_hours_are_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    row = b'{"insertId":"i%02d","timestamp":"2026-11-24T%02d:30:00Z","logName":"projects/p/logs/l","textPayload":"x"}\n'
    objects = {f"l/2026/11/24/{hour:02}:00:00_{hour:02}:59:59_S0.json": row % (hour, hour) for hour in range(24)}
    start, end = parse_time("2026-11-24T08:00:00Z"), parse_time("2026-11-24T10:00:00Z")
    assert start is not None
    assert end is not None
    with storage_server(Storage(objects)) as storage:
        at(monkeypatch, storage)
        found = read("gs://sink/l", Window(from_ns=start, to_ns=end))
        assert [e.entry_id for e in found.entries] == ["i08", "i09"]
        assert len(storage.calls) == 3


def test_what_is_refused_says_why_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with storage_server(Storage({"a.json": b"{}"}, forbidden=True)) as storage:
        at(monkeypatch, storage)
        with pytest.raises(SourceRefusedError, match="not allowed to read gs://sink/a") as forbidden:
            read("gs://sink/a.json")
        assert "roles/storage.objectViewer" in forbidden.value.hint
        storage.forbidden = False
        with pytest.raises(SourceRefusedError, match="is not there") as missing:
            read("gs://elsewhere/a.json")
        assert missing.value.exit_code == 3
        storage.faults = [401]
        with pytest.raises(SourceRefusedError, match="no valid credentials") as unknown:
            read("gs://sink/a.json")
        assert "gcloud auth application-default login" in unknown.value.hint


def test_an_object_too_large_to_be_a_log_is_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    with storage_server(Storage({"a.json": b"{}"}, sizes={"a.json": MAX_OBJECT_BYTES + 1})) as storage:
        at(monkeypatch, storage)
        with pytest.raises(SourceError, match="larger than 4 GiB"):
            read("gs://sink/a.json")
        assert len(storage.calls) == 1


def run(program: str, **environment: str) -> str:
    """What a fresh interpreter prints: credentials and installed packages are settled when it starts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GOOGLE_", "STORAGE_"))}
    done = subprocess.run(
        [sys.executable, "-c", program], env=kept | environment, capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout


READ = """
from analyzer.errors import SourceError
from analyzer.redaction import build_redactor
from analyzer.sources import read_files
try:
    read_files(["gs://sink/a.json"], redactor=build_redactor())
except SourceError as err:
    print(err.exit_code, err.message, "|", err.hint)
"""


def test_without_credentials_it_says_how_to_get_some(tmp_path: Path) -> None:
    said = run(READ, NO_GCE_CHECK="true", HOME=str(tmp_path), CLOUDSDK_CONFIG=str(tmp_path), GOOGLE_CLOUD_PROJECT="p")
    assert said.startswith("3 no valid credentials to read gs://sink/a.json")
    assert "gcloud auth application-default login" in said


def test_without_the_extra_it_says_what_to_install() -> None:
    said = run("import sys; sys.modules['google.cloud.storage'] = None\n" + READ)
    assert said.startswith("2 gs://sink/a.json needs the client of Cloud Storage")
    assert "pip install 'incident-analyzer[gcs]'" in said


def test_reading_files_never_imports_google_or_grpc(tmp_path: Path) -> None:
    root = sink_shards(incident(), tmp_path)
    program = (
        "import sys, analyzer\n"
        f"analyzer.analyze({str(root)!r})\n"
        "print(sorted(n for n in sys.modules if n.split('.')[0] in ('grpc', 'google', 'requests')))"
    )
    assert run(program).strip() == "[]"
