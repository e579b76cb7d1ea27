"""Which repository at which commit belongs to which service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analyzer.codepaths import RepositoryHistory, RepositoryIndex, open_history, open_repository, resolve_commit
from analyzer.errors import ConfigError, RepositoryError
from analyzer.model import Cluster
from analyzer.redaction import Redactor

Progress = Callable[[str], None]
_SHOWN = 3


@dataclass(slots=True)
class Repositories:
    """The repositories of a run, opened once for each (folder, commit). Empty where none was given."""

    folders: Mapping[str, tuple[Path, str]]
    """service → (folder, folder inside it); "" for all services without their own"""
    revisions: Mapping[str, str]
    """service → commit as given; "" for all services without their own"""
    redactor: Redactor
    cache_dir: Path | None = None
    jobs: int = 0
    progress: Progress | None = None
    _open: dict[tuple[Path, str, str | None], RepositoryIndex] = field(default_factory=dict)
    _histories: dict[tuple[Path, str], RepositoryHistory | None] = field(default_factory=dict)

    def of(self, service: str, commit: str | None = None) -> RepositoryIndex | None:
        """The repository of a service at its commit: the option's, else `commit` (told or inferred), else HEAD."""
        place = self._place(service)
        if place is None:
            return None
        asked = self.revisions.get(service) or self.revisions.get("")
        if asked is None and commit is not None:
            try:
                return self._at(place, commit)
            except RepositoryError:  # a label may name a commit that was never pushed, or another repository's
                return self._at(place, None)
        return self._at(place, asked)

    def at(self, service: str, commit: str) -> RepositoryIndex | None:
        """The repository of a service at exactly this commit; raises `RepositoryError` where it is not there."""
        place = self._place(service)
        return self._at(place, commit) if place is not None else None

    def of_cluster(self, cluster: Cluster, commits: Mapping[str, str | None]) -> RepositoryIndex | None:
        """The repository of a cluster's first service, at the commit that it ran; `commits` by service."""
        service = cluster.services[0] if cluster.services else ""
        return self.of(service, commits.get(service))

    def history(self, service: str) -> RepositoryHistory | None:
        """The commits that a service can have been built from; None without a repository, or without commits."""
        place = self._place(service)
        if place is None:
            return None
        if place not in self._histories:
            try:
                self._histories[place] = open_history(
                    place[0],
                    subdir=place[1],
                    redact=self.redactor.text,
                    cache_dir=self.cache_dir,
                    jobs=self.jobs,
                    progress=self.progress,
                )
            except RepositoryError:  # no git: a plain directory can be read all the same
                self._histories[place] = None
        return self._histories[place]

    def knows(self, service: str, commit: str) -> bool:
        """Whether a service's repository has this commit, or no repository was given to tell."""
        place = self._place(service)
        if place is None:
            return True
        try:
            return bool(resolve_commit(place[0], commit))
        except RepositoryError:
            return False

    def check(self) -> None:
        """Open every repository that options name, so that a wrong one fails before the work starts."""
        for service in {*self.folders, *self.revisions}:
            self.of(service)

    def commits(self) -> dict[str, str]:
        """Service → full commit id, for those that options name; "" for all services without their own."""
        found = {}
        for service in self.revisions:
            index = self.of(service)
            if index is not None and index.commit is not None:
                found[service] = index.commit
        return found

    def head(self) -> str | None:
        """HEAD of the one repository; None where there are several, or none."""
        if len(self.folders) != 1:
            return None
        index = self.of(next(iter(self.folders)))
        return index.head if index else None

    def warnings(self) -> tuple[str, ...]:
        """What of the repositories that were read so far could not be read in full, a sentence each."""
        found = []
        for folder, inside, revision in sorted(self._open, key=str):
            files = self._open[folder, inside, revision].unparsed
            if files:
                name = "/".join(part for part in (folder.name or "the repository", inside) if part)
                found.append(self.redactor.text(f"{name}: {_unparsed(files)}"))
        return tuple(dict.fromkeys(found))

    def holder(self, commit: str) -> Path | None:
        """The first of the given repositories that has a commit; None where none has."""
        for folder, _ in self.folders.values():
            try:
                resolve_commit(folder, commit)
            except RepositoryError:
                continue
            return folder
        return None

    def full_id(self, commit: str) -> str:
        """The 40 digits of a commit; raises `RepositoryError` where no repository has it."""
        if not self.folders:
            raise ConfigError("--fix without --repo", "say which repository holds the commit: --repo DIR")
        folder = self.holder(commit) or next(iter(self.folders.values()))[0]
        return resolve_commit(folder, commit)

    def _place(self, service: str) -> tuple[Path, str] | None:
        """Folder and folder inside it of a service; None where no repository was given for it."""
        return self.folders.get(service) or self.folders.get("")

    def _at(self, place: tuple[Path, str], revision: str | None) -> RepositoryIndex:
        key = (*place, revision)
        if key not in self._open:
            self._open[key] = open_repository(
                place[0],
                revision,
                subdir=place[1],
                cache_dir=self.cache_dir,
                redact=self.redactor.text,
                jobs=self.jobs,
                progress=self.progress,
            )
        return self._open[key]


def parse_repositories(
    repos: Sequence[str], revisions: Sequence[str]
) -> tuple[dict[str, tuple[Path, str]], dict[str, str]]:
    """`DIR`, `SERVICE=DIR[:SUBDIR]` and `COMMIT`, `SERVICE=COMMIT` as maps by service; raises `ConfigError`."""
    folders: dict[str, tuple[Path, str]] = {}
    for text in repos:
        service, equals, place = text.partition("=")
        if not equals or Path(text).exists():
            service, place = "", text
        folder, colon, inside = place.rpartition(":")
        if Path(place).exists() or not colon:
            folder, inside = place, ""
        if not place or service in folders:
            raise ConfigError(f"--repo {text}: a repository for {service or 'all services'} is already given", "")
        folders[service] = (Path(folder), inside)
    commits: dict[str, str] = {}
    for text in revisions:
        service, equals, commit = text.partition("=")
        if not equals:
            service, commit = "", text
        if not commit or service in commits:
            raise ConfigError(f"--revision {text}: needs one commit for {service or 'all services'}", "")
        commits[service] = commit
    if commits and not folders:
        raise ConfigError("--revision without --repo", "say which repository holds that commit: --repo DIR")
    return folders, commits


def _unparsed(files: Sequence[tuple[str, str]]) -> str:
    shown = ", ".join(f"{path} ({reason})" for path, reason in files[:_SHOWN])
    more = f" and {len(files) - _SHOWN:,} more" if len(files) > _SHOWN else ""
    count = "1 file" if len(files) == 1 else f"{len(files):,} files"
    return f"{count} could not be read as written and may hold more than was found: {shown}{more}"
