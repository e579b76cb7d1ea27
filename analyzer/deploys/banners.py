"""The commit that a program says of itself when it starts: `commit abc1234`, `git sha: …`, `version=abc1234`."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from analyzer.deploys.audit import Told
from analyzer.deploys.commits import commit_of_labels
from analyzer.model import PrintedLine

_FIRST_LINES = 50
"""of each instance: what comes later speaks of other things"""
_MAX_CHARS = 500
_NAMED = re.compile(
    r"\b(?P<name>(?:git|build|app|source|vcs)?[ _-]?(?:commit|sha|revision|ref|version|release|build))"
    r"(?:[ _-](?:sha|hash|id))?['\"]?\s{0,3}[:= (]\s{0,3}['\"(]?(?P<commit>[0-9a-f]{7,40})(?![\w.-])",
    re.IGNORECASE,
)


def read_banners(printed: Iterable[PrintedLine]) -> dict[tuple[str, str], Told]:
    """(service, revision) → the commit that the first lines of all its instances agree on.

    A number that is all digits is none, and a revision whose lines name two commits names none: one of them is another
    thing.
    """
    lines: Counter[tuple[str, str, str]] = Counter()
    found: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(dict)
    for line in printed:
        instance = line.service, line.revision, line.instance
        lines[instance] += 1
        if line.service and lines[instance] <= _FIRST_LINES:
            for commit in commits_of_line(line):
                found[line.service, line.revision].setdefault(commit, []).append(line.entry_id)
    return {key: _told(commits) for key, commits in sorted(found.items()) if _agree(set(commits))}


def _told(commits: Mapping[str, list[str]]) -> Told:
    longest = max(commits, key=len)
    ids = tuple(i for i in commits[longest] if i)[:3]
    return Told(commit=longest, source="banner", text=f"a line of its start names {longest}", entry_ids=ids)


def commits_of_line(line: PrintedLine) -> set[str]:
    """The commits that a line names, by its words or by the keys of its payload."""
    said = {found["commit"].lower() for found in _NAMED.finditer(line.message[:_MAX_CHARS])}
    if (labelled := commit_of_labels(dict(line.fields))) is not None:
        said.add(labelled[1])
    return {commit for commit in said if not commit.isdecimal()}


def _agree(commits: set[str]) -> bool:
    """Whether all are one, some perhaps shortened."""
    longest = max(commits, key=lambda commit: (len(commit), commit), default="")
    return bool(longest) and all(longest.startswith(commit) for commit in commits)
