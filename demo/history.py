#!/usr/bin/env python3
"""Build the git repository of the demo: the files of base/ in a few commits, then the patches.

    python demo/history.py DIR        DIR must not exist; prints `number id subject` per commit

Needs git and the standard library only. Contents, authors and dates are fixed: the commit ids are the same everywhere.
"""

import gzip
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent


def git(repo: Path, *arguments: str, **environment: str) -> bytes:
    """What git prints; blind to the settings of the machine."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    clean |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "TZ": "UTC", **environment}
    plain = ["-c", "core.autocrlf=false", "-c", "commit.gpgsign=false", "-c", "core.filemode=false"]
    done = subprocess.run(["git", *plain, *arguments], cwd=repo, env=clean, capture_output=True)
    if done.returncode:
        raise SystemExit(f"git {' '.join(arguments)}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def build(repo: Path) -> list[tuple[str, str]]:
    """Make the repository; (commit id, subject) of each commit, oldest first."""
    repo.mkdir(parents=True)
    git(repo, "init", "-q", "-b", "main", "--object-format=sha1", "--template=")
    commits = tomllib.loads((HERE / "history.toml").read_text(encoding="utf-8"))["commit"]
    return [(_commit(repo, commit), commit["subject"]) for commit in commits]


def _commit(repo: Path, commit: dict) -> str:
    for name in commit.get("files", []):
        source, target = HERE / "base" / name, repo / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)
    if "patch" in commit:
        git(repo, "apply", str(HERE / "patches" / commit["patch"]))
    git(repo, "add", "-A", "-f")
    name, _, mail = commit["author"].rstrip(">").partition(" <")
    who = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", name), ("EMAIL", mail), ("DATE", commit["date"]))
    }
    text = "\n\n".join(filter(None, (commit["subject"], commit.get("body"))))
    git(repo, "commit", "-q", "--no-verify", "-m", text, **who)
    return git(repo, "rev-parse", "HEAD").decode().strip()


def export(repo: Path, target: Path) -> None:
    """The whole history as a gzipped `git fast-import` stream, the same bytes each time."""
    target.write_bytes(gzip.compress(git(repo, "fast-export", "--all"), mtime=0))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    for number, (commit, subject) in enumerate(build(Path(sys.argv[1])), 1):
        print(f"{number:2} {commit} {subject}")
