"""Implements `model.CodeHistory`: facts of the logs laid over the commits of a repository."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from analyzer.codepaths.alignment import Fit
from analyzer.codepaths.fitting import Version, can_be_checked
from analyzer.codepaths.frames import FilePaths
from analyzer.codepaths.git import Git, open_git
from analyzer.codepaths.history import Stretch, read_line, read_stretch
from analyzer.codepaths.indexing import index
from analyzer.codepaths.scoring import Hit, is_test
from analyzer.codepaths.search import Search
from analyzer.codepaths.trees import Tree
from analyzer.codepaths.wording import count_letters, words
from analyzer.model import CodeFact, DatedCommit, FactKind

Progress = Callable[[str], None]
_MAX_REPLACED = 600
"""replaced versions of Python files that are searched for a text: some hundred commits of a usual repository"""
_ALL_HITS = 10_000


class RepositoryHistory:
    """The first-parent history of HEAD. Not to be shared between threads."""

    def __init__(
        self,
        git: Git,
        head: str,
        *,
        below: str = "",
        redact: Callable[[str], str],
        cache_dir: Path | None = None,
        jobs: int = 0,
        progress: Progress | None = None,
    ) -> None:
        self._git = git
        self._below = below
        self._redact = redact
        self._cache_dir = cache_dir
        self._jobs = jobs
        self._progress = progress
        self._line = read_line(git, head)
        self._stretches: dict[tuple[int, int], Stretch] = {}

    @property
    def line(self) -> Sequence[DatedCommit]:
        """First-parent history of HEAD, newest first; times never rise."""
        return self._line

    def fit(self, facts: Sequence[CodeFact], *, newest: int, count: int) -> list[tuple[float, ...] | None]:
        """Per fact its fit at each commit; see `model.CodeHistory`."""
        stretch = self._stretch(newest, count)
        found: list[tuple[float, ...] | None] = [None] * len(facts)
        texts = [n for n, fact in enumerate(facts) if fact.kind is FactKind.TEXTS]
        for n, fits in self._fit_places(facts, stretch):
            found[n] = fits
        if texts:
            told = self._fit_texts([facts[n].text for n in texts], stretch)
            for n, fit in zip(texts, told, strict=True):
                found[n] = fit
        return found

    def merged(self, index: int) -> RepositoryHistory | None:
        """The history that a merge at this index of `line` brought in; see `model.CodeHistory`."""
        merge = self._line[index].commit
        parents = self._git.run("rev-list", "--parents", "-n", "1", "--end-of-options", merge).decode().split()[1:]
        if len(parents) < 2:
            return None
        return RepositoryHistory(
            self._git,
            parents[1],
            below=self._below,
            redact=self._redact,
            cache_dir=self._cache_dir,
            jobs=self._jobs,
            progress=self._progress,
        )

    def _stretch(self, newest: int, count: int) -> Stretch:
        for (start, length), stretch in self._stretches.items():
            if start <= newest and newest + count <= start + length:
                return stretch.part(newest - start, count)
        commits = [point.commit for point in self._line[newest : newest + count]]
        self._stretches[newest, count] = read_stretch(self._git, commits, below=self._below)
        return self._stretches[newest, count]

    def _fit_places(self, facts: Sequence[CodeFact], stretch: Stretch) -> Iterator[tuple[int, tuple[float, ...]]]:
        """File by file, so that the versions of one file are in memory and no more."""
        files = FilePaths(stretch.versions)
        numbers_by_path: dict[str, list[int]] = {}
        fits: dict[int, list[float]] = {}
        for n, fact in enumerate(facts):
            if fact.kind is FactKind.TEXTS:
                continue
            paths = _paths_of(fact, files)
            if paths and can_be_checked(fact, paths):
                fits[n] = [0.0] * stretch.count
                for path in paths:
                    numbers_by_path.setdefault(path, []).append(n)
        for path, numbers in sorted(numbers_by_path.items()):
            ranges: dict[str, list[range]] = {}
            for where, blob in stretch.blobs(path):
                ranges.setdefault(blob, []).append(where)
            for blob, code in self._git.blobs(list(ranges)):
                if code is None:  # a partial clone: what is not here speaks neither for nor against a commit
                    for n in numbers:
                        fits.pop(n, None)
                    continue
                version = Version(code, self._redact)
                for n in (n for n in numbers if n in fits):
                    fit = version.fit(facts[n])
                    for i in (i for where in ranges[blob] for i in where):
                        fits[n][i] = max(fits[n][i], fit)
        yield from ((n, tuple(found)) for n, found in fits.items())

    def _fit_texts(self, texts: Sequence[str], stretch: Stretch) -> list[tuple[float, ...] | None]:
        """1 where some statement outside the tests can print a text.

        Where too many files changed, the oldest commit looked at speaks for those before it.
        """
        ranges, looked_at = _versions(stretch)
        # every version is a file of its own here: its "path" is its blob
        tree = Tree(files={blob: blob for blob in ranges}, commit=None, git=self._git)
        store, blobs = index(tree, sorted(ranges), self._cache_dir, self._jobs, self._progress)
        search = Search(store, blobs, {blob: [blob] for blob in ranges})
        found: list[tuple[float, ...] | None] = []
        for text in texts:
            fits = [0.0] * stretch.count
            for hit in search.find(text, limit=_ALL_HITS):
                if _tells(hit, text):
                    for i in (i for where in ranges[hit.path] for i in where):
                        fits[i] = 1.0
            fits[looked_at:] = [fits[looked_at - 1]] * (stretch.count - looked_at)
            found.append(tuple(fits) if any(fits) else None)
        store.close()
        return found


def open_history(
    path: Path,
    *,
    subdir: str = "",
    redact: Callable[[str], str],
    cache_dir: Path | None = None,
    jobs: int = 0,
    progress: Progress | None = None,
) -> RepositoryHistory | None:
    """The history of a checkout or a bare repository; None where there is none."""
    git = open_git(path) if path.is_dir() else None
    head = git.head() if git is not None else None
    if git is None or head is None:
        return None
    folder = (git.prefix + subdir).strip("/")
    below = f"{folder}/" if folder else ""
    return RepositoryHistory(git, head, below=below, redact=redact, cache_dir=cache_dir, jobs=jobs, progress=progress)


def _paths_of(fact: CodeFact, files: FilePaths) -> list[str]:
    """The files that a fact may mean: those that agree longest with what was printed."""
    matches = files.labelled(fact.file) if fact.kind is FactKind.LABELS else files.match(fact.file)
    return [match.path for match in matches if match.parts == matches[0].parts]


def _versions(stretch: Stretch) -> tuple[dict[str, list[range]], int]:
    """Blob → the commits that have it, of Python files that are no tests; and how many commits, newest first."""
    replaced = sorted(
        start for path, versions in stretch.versions.items() if _may_run(path) for start, blob in versions[1:] if blob
    )
    looked_at = replaced[_MAX_REPLACED] if len(replaced) > _MAX_REPLACED else stretch.count
    ranges: dict[str, list[range]] = {}
    for path in stretch.versions:
        if _may_run(path):
            for where, blob in stretch.blobs(path):
                if where.start < looked_at:
                    ranges.setdefault(blob, []).append(where)
    return ranges, looked_at


def _may_run(path: str) -> bool:
    return path.endswith(".py") and not is_test(path.lower())


def _tells(hit: Hit, text: str) -> bool:
    """Whether a statement prints the whole text with words of its own: a bare `{key}: {value}` prints anything."""
    template = hit.statement.text
    letters = count_letters(template)
    return (
        hit.alignment.fit is Fit.WHOLE
        and letters >= 8
        and len(words(template)) > 1
        and letters >= 0.3 * count_letters(text)
    )
