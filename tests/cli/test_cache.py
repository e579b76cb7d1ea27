"""`analyzer cache` as one runs it: what is listed, what goes, what is damaged, and what is never in there."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from analyzer.sources.cloud_logging.rows import encode_json, rfc3339
from tests.logging_server import LoggingServer, Mix, logging_server, make_entries
from tests.logging_server.fleet import PLANTED
from tests.sources.cloud_logging.killing import written
from tests.sources.cloud_logging.running import clean, pull_words, run, run_pull

MIX = Mix(count=3_000, seed=8, huge_texts=False)
MANIFEST = "manifest-1.sqlite3"
STEP_S = 0.02


@pytest.fixture(scope="module")
def running() -> Iterator[LoggingServer]:
    with logging_server(made=MIX) as server:
        yield server


@pytest.fixture
def server(running: LoggingServer) -> Iterator[LoggingServer]:
    running.reset()
    yield running
    running.set_faults()


@pytest.fixture(scope="module")
def once_pulled(running: LoggingServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything of a window long past, pulled by somebody whose files are for everybody by default."""
    folder = tmp_path_factory.mktemp("pulled")
    before = os.umask(0)
    try:
        done = run_pull(folder, MIX, "--all", "--endpoint", running.grpc_endpoint)
    finally:
        os.umask(before)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def folder(once_pulled: Path, tmp_path: Path) -> Path:
    """A copy of what was pulled."""
    shutil.copytree(once_pulled, tmp_path / "copy")
    return tmp_path / "copy"


def cache(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "cache", *words)


def pull_again(folder: Path, server: LoggingServer, *options: str) -> subprocess.CompletedProcess[str]:
    return run_pull(folder, MIX, "--all", "--endpoint", server.grpc_endpoint, *options)


def parts(folder: Path) -> list[Path]:
    return sorted((folder / "cache" / "pulled").glob("*/*.parquet"))


def span(part: Path) -> tuple[int, int]:
    times = pq.read_table(part, columns=["timestamp"])["timestamp"].to_pylist()
    return min(times), max(times)


@contextmanager
def pulling(folder: Path, server: LoggingServer, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A pull over a slow server, of which a page is kept already."""
    server.set_faults(slow=1.0, slow_s=0.7)
    command = [sys.executable, "-m", "analyzer", *pull_words(MIX, "--endpoint", server.grpc_endpoint, *options)]
    process = subprocess.Popen(
        command,
        env=clean(dict(os.environ), folder),
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        while process.poll() is None and server.stats()["calls"] < 2:
            time.sleep(STEP_S)
        yield process
    finally:
        process.kill()
        process.wait()


def test_an_empty_cache_says_how_to_begin(tmp_path: Path) -> None:
    listed, verified, pruned = (cache(tmp_path, *words) for words in (["list"], ["verify"], ["prune", "--all"]))
    assert listed.stdout == "nothing was pulled yet; analyzer pull --project ID --since 2h\n"
    assert verified.stdout == "every file is as it was written\n"
    assert pruned.stdout == "deleted 0 files, 0.0 kB\n"
    assert [done.returncode for done in (listed, verified, pruned)] == [0, 0, 0]
    assert not (tmp_path / "cache").exists()


def test_a_window_that_is_pulled_is_listed_as_final(folder: Path) -> None:
    done = cache(folder, "list")
    assert done.stdout.startswith(
        f"projects/{MIX.project}  all  2026-07-01 10:00:00 to 2026-07-01 11:00:00 UTC  3,000 entries  "
    )
    assert done.stdout.rstrip().endswith(f"in {len(parts(folder))} files  final")
    assert done.returncode == 0


def test_a_window_of_just_now_is_not_final(server: LoggingServer, tmp_path: Path) -> None:
    words = ("--project", MIX.project, "--since", "10m", "--all", "--endpoint", server.grpc_endpoint)
    assert run(tmp_path, "pull", *words).returncode == 0
    assert cache(tmp_path, "list").stdout.rstrip().endswith("0 entries  0.0 kB in 0 files  not final")


def test_what_a_killed_pull_left_is_listed_as_unfinished_and_whole(server: LoggingServer, tmp_path: Path) -> None:
    with pulling(tmp_path, server, "--all"):
        pass
    assert (
        cache(tmp_path, "list").stdout.rstrip().endswith("1,000 entries  " + size(tmp_path) + "  1 slices unfinished")
    )
    assert cache(tmp_path, "verify").returncode == 0


def size(folder: Path) -> str:
    found = parts(folder)
    return f"{sum(part.stat().st_size for part in found) / 1e3:,.1f} kB in {len(found)} files"


@pytest.mark.parametrize(
    ("words", "goes"),
    [
        (["--all"], True),
        (["--older-than", "1h"], True),
        (["--older-than", "1h", "--project", MIX.project], True),
        (["--project", f"projects/{MIX.project}"], True),
        (["--older-than", "1h", "--project", "another"], False),
    ],
    ids=str,
)
def test_what_is_named_is_pruned_and_nothing_else(folder: Path, words: list[str], goes: bool) -> None:
    before = len(parts(folder))
    done = cache(folder, "prune", *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"deleted {before if goes else 0} files")
    assert len(parts(folder)) == (0 if goes else before)
    assert ("nothing was pulled yet" in cache(folder, "list").stdout) == goes


def test_what_is_newer_than_named_stays(server: LoggingServer, folder: Path) -> None:
    words = ("--project", MIX.project, "--since", "10m", "--all", "--endpoint", server.grpc_endpoint)
    assert run(folder, "pull", *words).returncode == 0
    assert cache(folder, "prune", "--older-than", "1h").stdout.startswith("deleted 2 files")
    assert "0 entries" in cache(folder, "list").stdout


@pytest.mark.parametrize("words", [[], ["--older-than", "yesterweek"], ["--older-than", ""]], ids=str)
def test_prune_without_a_clear_word_deletes_nothing(folder: Path, words: list[str]) -> None:
    before = parts(folder)
    done = cache(folder, "prune", *words)
    assert done.returncode == 2
    assert "hint: " in done.stderr
    assert parts(folder) == before


def cut_short(part: Path) -> None:
    os.truncate(part, part.stat().st_size // 2)


def change_a_byte(part: Path) -> None:
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)


@pytest.mark.parametrize(
    ("which", "damage", "reason"),
    [
        (0, cut_short, "its size is not what was written"),
        (-1, Path.unlink, "cannot be read: No such file or directory"),
        (0, change_a_byte, "its content is not what was written"),
    ],
)
def test_damage_is_named_and_once_repaired_just_its_time_is_pulled_again(
    server: LoggingServer, folder: Path, damage: Callable[[Path], None], reason: str, which: int
) -> None:
    part = parts(folder)[which]
    (first, last), name = span(part), f"{part.parent.name}/{part.name}"
    damage(part)
    told = cache(folder, "verify")
    assert (told.returncode, told.stdout) == (1, f"{name}: {reason}\n1 damaged files\n")
    assert cache(folder, "verify", "--repair").returncode == 0
    assert cache(folder, "verify").returncode == 0
    output = folder / "pulled.jsonl"
    assert pull_again(folder, server, "-o", str(output)).returncode == 0
    assert sorted(written(output)) == sorted(server.truth())
    within = f'timestamp>="{rfc3339(first)}" AND timestamp<"{rfc3339(last + 1)}"'
    assert all(call["filter"].endswith(within) for call in server.journal())
    assert 1 <= server.stats()["calls"] <= 3


def test_a_damaged_file_is_never_passed_off_as_entries(server: LoggingServer, folder: Path) -> None:
    cut_short(parts(folder)[0])
    done = pull_again(folder, server, "-o", str(folder / "pulled.jsonl"))
    assert done.returncode == 2
    assert "crashed" not in done.stderr
    assert "hint: analyzer cache verify --repair" in done.stderr
    assert not (folder / "pulled.jsonl").exists()


def test_what_a_dying_pull_left_half_written_is_named_and_cleared_away(folder: Path) -> None:
    left = parts(folder)[0].parent / ".writing-abc"
    left.write_bytes(b"half")
    told = cache(folder, "verify")
    assert told.returncode == 1
    assert f"{left.parent.name}/{left.name}: left over" in told.stdout
    assert cache(folder, "verify", "--repair").returncode == 0
    assert not left.exists()
    assert cache(folder, "verify").returncode == 0


def test_prune_leaves_alone_what_is_being_pulled(server: LoggingServer, tmp_path: Path) -> None:
    output = tmp_path / "pulled.jsonl"
    with pulling(tmp_path, server, "--all", "-o", str(output)) as process:
        assert cache(tmp_path, "prune", "--all").stdout == "deleted 0 files, 0.0 kB\n"
        assert process.poll() is None
        assert len(parts(tmp_path)) == 1
        server.set_faults()
        assert process.wait(60) == 0
    assert sorted(written(output)) == sorted(server.truth())
    assert cache(tmp_path, "verify").returncode == 0


def test_layers_deleted_before_their_turn_came_are_begun_anew(server: LoggingServer, tmp_path: Path) -> None:
    output = tmp_path / "pulled.jsonl"
    with pulling(tmp_path, server, "--sample", "1", "-o", str(output)) as process:
        assert cache(tmp_path, "prune", "--all").returncode == 0
        assert process.poll() is None
        server.set_faults()
        assert process.wait(60) == 0
    assert cache(tmp_path, "verify").returncode == 0
    listed = cache(tmp_path, "list").stdout
    assert "rest  2026-07-01 10:00:00" in listed
    server.reset()
    words = ("--sample", "1", "--endpoint", server.grpc_endpoint, "-o", str(output))
    assert run_pull(tmp_path, MIX, *words).returncode == 0
    assert sorted(written(output)) == sorted(server.truth())


@pytest.mark.parametrize("verb", ["list", "verify", "pull"])
@pytest.mark.parametrize("keep", [0, 3_000], ids=["no database", "a torn one"])
def test_a_manifest_that_is_none_is_told_with_what_to_do(
    server: LoggingServer, folder: Path, verb: str, keep: int
) -> None:
    pulled = folder / "cache" / "pulled"
    for beside in pulled.glob(MANIFEST + "-*"):
        beside.unlink()
    data = (pulled / MANIFEST).read_bytes()
    (pulled / MANIFEST).write_bytes(data[:keep] + b"this is no database\n" * 300 + data[keep + 6_000 :])
    done = pull_again(folder, server) if verb == "pull" else cache(folder, verb)
    assert done.returncode == 2
    assert "crashed" not in done.stderr
    assert f"rm -r {pulled}" in done.stderr
    if verb == "pull":
        shutil.rmtree(pulled)
        assert pull_again(folder, server).returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_what_was_pulled_is_its_owners_alone_whatever_the_umask(once_pulled: Path) -> None:
    top = once_pulled / "cache"
    found = {path.relative_to(top): stat.S_IMODE(path.stat().st_mode) for path in (top, *top.rglob("*"))}
    folders = {mode for path, mode in found.items() if (top / path).is_dir()}
    assert folders == {0o700}
    assert {path: oct(mode) for path, mode in found.items() if mode & 0o077} == {}
    assert any(path.suffix == ".parquet" for path in found)


def test_no_secret_of_the_logs_is_anywhere_in_the_cache_or_the_output(server: LoggingServer, folder: Path) -> None:
    lines, table = folder / "out.jsonl", folder / "out.parquet"
    for output in (lines, table):
        assert pull_again(folder, server, "-o", str(output)).returncode == 0
    assert server.stats()["calls"] == 0
    files = [path for path in (folder / "cache").rglob("*") if path.is_file()] + [lines, table]
    texts = {path: path.read_bytes() for path in files}
    for path in (*parts(folder), table):
        texts[path] += encode_json(pq.read_table(path).to_pylist())
    secrets = [secret.encode() for kind in PLANTED.values() for secret in kind]
    plain = encode_json(list(make_entries(MIX)))
    assert all(sum(secret.encode() in plain for secret in kind) >= 6 for kind in PLANTED.values())
    assert [(path.name, secret) for path, text in texts.items() for secret in secrets if secret in text] == []
    assert all(len(text) > 1_000_000 for path, text in texts.items() if path in (lines, table))
