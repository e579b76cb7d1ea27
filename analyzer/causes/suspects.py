"""The commits that may have brought a defect in, each with the reason to look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.model import Blame, BlamedCommit, CodePath, Role, SuspectCommit, parse_time

MAX_SUSPECTS = 3
_SWEEPING = 100
"""files; a commit that touches more lays out, renames or vendors"""
_HOUR_NS = 3_600_000_000_000
_UNITS = (("day", 24 * _HOUR_NS), ("hour", _HOUR_NS), ("minute", _HOUR_NS // 60))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    commit: BlamedCommit
    path: CodePath
    position: int
    """of its place: 0 is the likeliest one"""
    doubt: str
    """why it ranks behind others; empty where nothing speaks against it"""


def suspect_commits(
    paths: Sequence[CodePath],
    blame: Sequence[Blame],
    *,
    deployed: str | None,
    baseline_commit: str | None,
    first_seen_ns: int | None,
) -> tuple[SuspectCommit, ...]:
    """At most three commits behind some places, the likeliest first; `blame` holds what changed each place.

    Places stand in the order of their weight: the expression to blame, what fails, what it calls. `baseline_commit` is
    the one of the last cycle that did not have the error: what is newer than it ranks first. Where `deployed` is not
    known, a commit made after the first occurrence is none. No clock is read.
    """
    best: dict[str, _Candidate] = {}
    for position, (path, changed) in enumerate(zip(paths, blame, strict=True)):
        for commit in changed.commits:
            if commit.cut or _is_later(commit, deployed, first_seen_ns):
                continue
            candidate = _Candidate(commit=commit, path=path, position=position, doubt=_doubt(commit))
            if position and not candidate.commit.newer and path.role is not Role.CAUSE:
                continue  # what is only near the failure has to be new to be suspected
            if commit.commit not in best or _order(candidate) < _order(best[commit.commit]):
                best[commit.commit] = candidate
    ranked = sorted(best.values(), key=_order)
    return tuple(
        SuspectCommit(
            commit=c.commit.commit,
            author_time=c.commit.author_time,
            why=_why(c, deployed, baseline_commit, first_seen_ns),
        )
        for c in ranked[:MAX_SUSPECTS]
    )


def _is_later(commit: BlamedCommit, deployed: str | None, first_seen_ns: int | None) -> bool:
    """Whether it cannot have been running when the error was first seen."""
    if deployed is not None or first_seen_ns is None:
        return False  # the deployed commit holds it, or nothing is known
    made = parse_time(commit.author_time)
    return made is not None and made > first_seen_ns


def _doubt(commit: BlamedCommit) -> str:
    if commit.files is not None and commit.files > _SWEEPING:
        return f"it touches {commit.files:,} files, as laying out or renaming does"
    if commit.merge:
        return "it is a merge: the change came with one of its sides"
    return ""


def _order(candidate: _Candidate) -> tuple[object, ...]:
    made = parse_time(candidate.commit.author_time) or 0
    return (candidate.commit.newer is False, bool(candidate.doubt), candidate.position, -made, candidate.commit.commit)


def _why(candidate: _Candidate, deployed: str | None, baseline_commit: str | None, first_seen_ns: int | None) -> str:
    commit, path = candidate.commit, candidate.path
    lines = [n for n in commit.lines if path.line <= n <= path.end_line] or [path.line]
    place = f"{path.file}:{lines[0]}"
    verb = "brought in" if commit.introduces else "changed"
    between = ""
    if commit.newer and baseline_commit:
        until = f" and this one's {deployed[:10]}" if deployed else " and what runs now"
        between = f" between the last good cycle's commit {baseline_commit[:10]}{until}"
    elif commit.newer is False and baseline_commit:
        between = f", but before the last good cycle's commit {baseline_commit[:10]}"
    parts = [f"{verb} {place}{between}{_before(commit, first_seen_ns)}"]
    if commit.summary:
        parts.append(f"“{commit.summary}”")
    if candidate.doubt:
        parts.append(candidate.doubt)
    elif commit.introduces is False:
        parts.append("the longest name in the line is older")
    return "; ".join(parts)


def _before(commit: BlamedCommit, first_seen_ns: int | None) -> str:
    """`, 3 hours before the first occurrence`; empty where the times do not tell."""
    made = parse_time(commit.author_time)
    if made is None or first_seen_ns is None or made > first_seen_ns:
        return ""
    apart = first_seen_ns - made
    for unit, size in _UNITS:
        if apart >= size:
            count = apart // size
            return f", {count:,} {unit if count == 1 else unit + 's'} before the first occurrence"
    return ", less than a minute before the first occurrence"
