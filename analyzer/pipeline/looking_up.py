"""`where`: one text, one repository, the statements that can have produced it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.model import CodePath
from analyzer.pipeline.repositories import Repositories, parse_repositories
from analyzer.redaction import build_redactor

_CONCEIVABLE = 0.02
_LIKELY = 0.05
"""where the best place is less likely than that, the text is unmapped: a few words in common are no answer"""
_RIVAL = 0.3
"""of the first answer's confidence: an answer above that is a rival"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a repository says of a text."""

    paths: tuple[CodePath, ...]
    """best first"""
    location: str
    """unique, ambiguous or unmapped, as in the report"""
    why: str
    """for the reader: who the rivals are, or why there is no answer"""
    commit: str | None
    """what was read; None for a work tree that differs from its commit, or a folder without git"""
    unparsed: tuple[tuple[str, str], ...]
    """(path, reason) of the files that were read without their syntax, or not at all"""


def look_up(
    message: str,
    *,
    repo: str | Path,
    revision: str | None = None,
    limit: int = 10,
    cache_dir: Path | None = None,
    rules: Sequence[Path] = (),
    salt: str | None = None,
    history: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Answer:
    """The statements that can produce a text, with a verdict. Raises `RepositoryError` for a wrong folder or commit.

    `history` adds who changed the first one last, which may cost a second in a file of many commits.
    """
    folders, commits = parse_repositories([str(repo)], [revision] if revision else [])
    repositories = Repositories(
        folders=folders,
        revisions=commits,
        redactor=build_redactor(tuple(rules), salt),
        cache_dir=cache_dir,
        progress=progress,
    )
    index = repositories.of(next(iter(folders)))
    assert index is not None
    found = tuple(p for p in index.statements(message, limit=limit) if p.confidence >= _CONCEIVABLE)
    if found and found[0].confidence < _LIKELY:
        found = ()
    if history and found:
        found = (*index.with_history(found[:1]), *found[1:])
    location, why = _verdict(found)
    if not found:
        why = index.why_unmapped(message)
    return Answer(paths=found, location=location, why=why, commit=index.commit, unparsed=index.unparsed)


def where(
    message: str,
    *,
    repo: str | Path,
    revision: str | None = None,
    limit: int = 10,
    cache_dir: Path | None = None,
    rules: Sequence[Path] = (),
    salt: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[CodePath]:
    """The statements of a repository that can produce this text, best first; empty where none can."""
    answer = look_up(
        message,
        repo=repo,
        revision=revision,
        limit=limit,
        cache_dir=cache_dir,
        rules=rules,
        salt=salt,
        progress=progress,
    )
    return list(answer.paths)


def _verdict(paths: Sequence[CodePath]) -> tuple[str, str]:
    if not paths:
        return "unmapped", ""
    if paths[0].unique:
        return "unique", "no other statement is close"
    rivals = [p for p in paths if p.confidence >= _RIVAL * paths[0].confidence]
    if len(rivals) > 1:
        return "ambiguous", f"{len(rivals)} places are about as likely; the text alone cannot tell them apart"
    if paths[0].confidence >= 2 * _RIVAL:
        return "ambiguous", "who builds the text is known, but not whether something else writes it too"
    return "ambiguous", "the words fit in part only"
