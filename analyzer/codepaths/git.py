"""git by its command line, read only: no hooks, no prompts, no locks, no network."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from analyzer.codepaths.languages import SUFFIXES
from analyzer.errors import RepositoryError

_SAFE = tuple(
    part
    for setting in (
        "core.fsmonitor=false",
        "core.hooksPath=/dev/null",
        "core.quotePath=false",
        "log.showSignature=false",  # would run the program that gpg.program names
        "blame.showRoot=false",
    )
    for part in ("-c", setting)
)
REGULAR_MODES = frozenset({"100644", "100755", "100664"})
_MAX_LINE = 100_000
_SOURCES = tuple(f"*{suffix}" for suffix in SUFFIXES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """One repository: `directory` is the one given, `prefix` where it lies below the root ('' or ending in '/')."""

    directory: Path
    prefix: str
    bare: bool

    def run(self, *args: str, check: bool = True, stdin: bytes | None = None) -> bytes:
        """Output of a git command. Raises RepositoryError with git's own words where `check` and it fails."""
        done = _start(self.directory, *args, stdin=stdin)
        if check and done.returncode:
            words = done.stderr.decode("utf-8", "replace").strip()
            raise RepositoryError(
                f"git {args[0]} failed in {self.directory}: {words}", "see whether `git fsck` is clean"
            )
        return done.stdout if not done.returncode else b""

    def resolve(self, revision: str) -> str:
        """Full id of a commit. Raises RepositoryError where there is none of that name."""
        found = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}", check=False)
        if not found.strip():
            raise RepositoryError(
                f"no such commit {revision} in {self.directory}",
                "`git fetch` it (a shallow clone needs `git fetch --unshallow`), or give another --revision",
            )
        return found.decode().strip()

    def head(self) -> str | None:
        """Id of HEAD, None in a repository without commits."""
        return self.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", check=False).decode().strip() or None

    def tree(self, commit: str) -> dict[str, str]:
        """Path from the repository's root → blob id, of every regular file of a commit."""
        files: dict[str, str] = {}
        for line in (
            self.run("ls-tree", "-r", "-z", "--full-tree", commit).decode("utf-8", "surrogateescape").split("\0")
        ):
            head, _, path = line.partition("\t")
            mode, _, blob = head.partition(" blob ")
            if blob and mode in REGULAR_MODES:
                files[path] = blob
        return files

    def changed(self) -> tuple[set[str], set[str]]:
        """Source files of the work tree that differ from HEAD or are new, and those that are gone; from the root."""
        listed = self.run(
            "diff", "--no-ext-diff", "--no-textconv", "--no-renames", "--name-status", "-z", "HEAD", "--", *_SOURCES
        )
        fields = listed.decode("utf-8", "surrogateescape").split("\0")
        changed: set[str] = set()
        gone: set[str] = set()
        for state, path in zip(fields[::2], fields[1::2], strict=False):
            (gone if state == "D" else changed).add(path)
        new = self.run("ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", *_SOURCES)
        changed.update(p for p in new.decode("utf-8", "surrogateescape").split("\0") if p)
        return changed, gone

    def grep(self, text: str, commit: str, patterns: Sequence[str], *, limit: int) -> list[tuple[str, int, str]]:
        """(path from the root, line, text of the line) where a text stands in a commit's files, whatever its case.

        At most `limit` lines, each cut at 400 characters; the text is no pattern.
        """
        command = [
            "git",
            *_SAFE,
            "-C",
            str(self.directory),
            "grep",
            "--no-color",
            "--full-name",
            "-n",
            "-I",
            "-i",
            "-z",
        ]
        command += ["-F", "-e", text, commit, "--", *(f":(top,glob,icase){p}" for p in patterns)]
        found: list[tuple[str, int, str]] = []
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
        ) as process:
            assert process.stdout is not None
            while len(found) < limit and (raw := process.stdout.readline(_MAX_LINE)):
                name, _, rest = raw.decode("utf-8", "surrogateescape").partition("\0")
                number, _, line = rest.partition("\0" if "\0" in rest else ":")  # versions of git differ
                if number.isdigit():  # else it goes on with a line that was too long
                    found.append((name.partition(":")[2], int(number), line.rstrip("\r\n")[:400]))
            process.kill()
        return found

    def root(self) -> Path:
        """Top of the work tree."""
        return Path(os.fsdecode(self.run("rev-parse", "--show-toplevel").rstrip(b"\n")))

    def remote(self) -> str | None:
        """URL of `origin`."""
        return self.run("config", "--get", "remote.origin.url", check=False).decode("utf-8", "replace").strip() or None

    def blobs(self, ids: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
        """Each blob's content in the order asked for; None where the object database does not hold it."""
        command = ["git", *_SAFE, "-C", str(self.directory), "cat-file", "--batch", "--buffer"]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            asking = threading.Thread(target=_ask, args=(process.stdin, ids), daemon=True)
            asking.start()
            for blob in ids:
                header = process.stdout.readline().split()
                if len(header) != 3:
                    yield blob, None
                    continue
                content = process.stdout.read(int(header[2]))
                process.stdout.read(1)
                yield blob, content if header[1] == b"blob" else None
            asking.join()


def open_git(directory: Path) -> Git | None:
    """The repository a directory is or lies in; None where it belongs to none. Raises RepositoryError without git."""
    done = _start(directory, "rev-parse", "--is-bare-repository", "--is-inside-git-dir", "--show-prefix")
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip()
        if "dubious ownership" in words:
            raise RepositoryError(
                f"git refuses {directory}: another user owns it",
                f"if you trust it: git config --global --add safe.directory {directory}",
            )
        return None
    lines = os.fsdecode(done.stdout).split("\n")
    inside = "true" in lines[:2]
    return Git(directory=directory, prefix="" if inside else lines[2], bare=inside)


def git_version() -> str:
    """The version of git, such as `2.39.5`. Raises RepositoryError without git."""
    return _start(Path(), "--version").stdout.decode("utf-8", "replace").removeprefix("git version").strip()


def _start(directory: Path, *args: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["git", *_SAFE, "-C", str(directory), *args],
            capture_output=True,
            env=_environment(),
            check=False,
            input=stdin,
        )
    except FileNotFoundError as err:
        raise RepositoryError(
            "git is not installed, or not on PATH", "install git, or give a directory without --revision"
        ) from err


def _environment() -> dict[str, str]:
    """The caller's, without what would point git elsewhere or make it ask, lock, page or fetch."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k.startswith("GIT_CONFIG_")}
    return kept | {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}


def _ask(pipe: IO[bytes], ids: Sequence[str]) -> None:
    try:
        pipe.write("".join(f"{blob}\n" for blob in ids).encode())
        pipe.close()
    except OSError:  # the reader gave up first
        return
