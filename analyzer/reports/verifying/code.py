"""A report against its repository: excerpts, lines, functions and commits, each at the commit that is cited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from analyzer.reports.verifying.checking import Checking
from analyzer.reports.verifying.parts import Report, evidence_of, paths_of


class Source(Protocol):
    """What the given repositories hold at their commits; nothing outside their objects is read."""

    def has(self, commit: str) -> bool:
        """Whether one of them has this commit."""

    def is_whole(self) -> bool:
        """Whether all of them have their whole history: then what none has is nowhere."""

    def parent(self, commit: str) -> str | None:
        """The first parent; None where there is none."""

    def length(self, commit: str, file: str) -> int | None:
        """Number of lines of a file; None where the commit has no such file."""

    def excerpt(self, commit: str, file: str, line: int, end_line: int) -> list[dict[str, Any]]:
        """The lines that a report shows of a statement, redacted as it redacts them."""

    def encloses(self, commit: str, file: str, line: int, function: str) -> bool | None:
        """Whether the function is there and holds the line; None where the language does not tell."""

    def link(self, commit: str, file: str, line: int, end_line: int) -> str | None:
        """The page of these lines at the code host; None where the host is not known."""

    def page(self, commit: str) -> str | None:
        """The page of a commit at the code host; None where the host is not known."""

    def times(self, commit: str) -> tuple[str, str]:
        """(when its author wrote it, when it was committed), as a report writes times."""


def check_code(report: Report, source: Source, checking: Checking) -> None:
    """Every place and commit that is cited. Commits that no repository has are named as not checked."""
    with checking.part("causes"):
        for where, path in paths_of(report):
            with checking.part(where):
                _path(path, where, source, checking)
    with checking.part("causes"):
        for number, cause in enumerate(report["causes"]):
            with checking.part(f"causes/{number}"):
                _suspects(cause, f"causes/{number}", source, checking)
    with checking.part("fixes"):
        for number, fix in enumerate(report["fixes"]):
            where = f"fixes/{number}"
            with checking.part(where):
                if _known(fix["commit"], source, checking) and fix.get("committed"):
                    checking.equals(fix["committed"], source.times(fix["commit"])[1], f"{where}/committed", "code")
    with checking.part("deploys"):
        for commit in _commits(report):
            _known(commit, source, checking)
    with checking.part("causes"):
        _places(report, source, checking)
    with checking.part("commit_links"):
        for commit, page in (report.get("commit_links") or {}).items():
            if _known(commit, source, checking) and (true := source.page(commit)) is not None:
                checking.equals(page, true, f"commit_links/{commit}", "code")
    checking.skip("why a place was chosen, owners, and what a commit can do: they are searched anew by analyze")


def _path(path: Mapping[str, Any], where: str, source: Source, checking: Checking) -> None:
    commit, file, line = path["commit"], path["file"], path["line"]
    if commit is None:
        checking.skip(f"{file}: read from a work tree that differs from its commit")
        return
    if not _known(commit, source, checking):
        return
    length = source.length(commit, file)
    said = f"{commit[:10]} has no such file"
    if not checking.holds(length is not None, f"{where}/file", file, said, "code") or length is None:
        return
    fits = path["end_line"] <= length
    if not checking.holds(fits, f"{where}/line", [line, path["end_line"]], f"the file has {length} lines", "code"):
        return
    if path["excerpt"]:
        true = source.excerpt(commit, file, line, path["end_line"])
        _excerpt(path["excerpt"], true, f"{where}/excerpt", checking)
    if path["function"] is not None:
        encloses = source.encloses(commit, file, line, path["function"])
        if encloses is not None:
            said = f"line {line} of {file} is in another function"
            checking.holds(encloses, f"{where}/function", path["function"], said, "code")
    if path.get("link") is not None:
        true_link = source.link(commit, file, line, path["end_line"])
        if true_link is None:
            checking.skip("links to the code host: the repository does not name it")
        else:
            checking.equals(path["link"], true_link, f"{where}/link", "code")


def _excerpt(
    claimed: Sequence[Mapping[str, Any]], true: Sequence[Mapping[str, Any]], where: str, checking: Checking
) -> None:
    """Line by line, so that the one that is false is named."""
    checking.equals([row["line"] for row in claimed], [row["line"] for row in true], where, "code")
    texts = {row["line"]: row["text"] for row in true}
    for number, row in enumerate(claimed):
        if row["line"] in texts:
            checking.equals(row["text"], texts[row["line"]], f"{where}/{number}/text", "code")


def _suspects(cause: Mapping[str, Any], where: str, source: Source, checking: Checking) -> None:
    """A suspect is older than the commit that has the defect: a repository with that one and all before it has both."""
    read = [path["commit"] for path in cause["code_paths"] if path["commit"]]
    whole = source.is_whole() and any(source.has(commit) for commit in read)
    for number, suspect in enumerate(cause["suspect_commits"]):
        here, commit = f"{where}/suspect_commits/{number}", suspect["commit"]
        if whole and not source.has(commit):
            checking.holds(False, f"{here}/commit", commit, "the history has no such commit", "code")
        elif _known(commit, source, checking):
            checking.equals(suspect["author_time"], source.times(commit)[0], f"{here}/author_time", "code")


def _places(report: Report, source: Source, checking: Checking) -> None:
    """Files and lines of evidence, look-alikes and actions: each is in a tree that the report is about."""
    cited = [*_commits(report), *(fix["commit"] for fix in report["fixes"])]
    trees = [commit for commit in dict.fromkeys(cited) if source.has(commit)]
    # what one of them does not have may stand in a tree that cannot be seen here
    whole = len(trees) == len(set(cited)) and all(path["commit"] for _, path in paths_of(report))
    parents = [source.parent(fix["commit"]) for fix in report["fixes"] if fix["commit"] in trees]
    trees += [parent for parent in parents if parent is not None and parent not in trees]
    for where, file, line in _cited(report) if trees else ():
        lengths = [found for commit in trees if (found := source.length(commit, file)) is not None]
        fits = any(line is None or line <= length for length in lengths)
        place = f"{file}:{line}" if line is not None else file
        if not fits and not whole:
            checking.skip(f"{place}: in none of the trees that could be read")
            continue
        said = f"of {len(trees)} commits, none has that {'line' if lengths else 'file'}"
        checking.holds(fits, where, place, said, "code")


def _cited(report: Report) -> Iterator[tuple[str, str, int | None]]:
    for where, evidence in evidence_of(report):
        if evidence.get("file") is not None:
            yield where, evidence["file"], evidence.get("line")
    for number, cause in enumerate(report["causes"]):
        for place, like in enumerate(cause["look_alikes"]):
            yield f"causes/{number}/look_alikes/{place}", like["file"], like["line"]
    for number, action in enumerate(report["actions"]):
        if action["file"] is not None:
            yield f"actions/{number}", action["file"], action["line"]


def _commits(report: Report) -> list[str]:
    """Every commit that code was read at or that was deployed, in the order of the report."""
    deploys = report["deploys"]
    found = [path["commit"] for _, path in paths_of(report)]
    for row in deploys["services"]:
        found += [row["commit"], *(row["inferred_commits"] or ())]
    for row in deploys.get("revisions") or ():
        found += [row["commit"], row["oldest"], row["newest"]]
    return list(dict.fromkeys(commit for commit in [*found, deploys["head"]] if commit))


def _known(commit: str, source: Source, checking: Checking) -> bool:
    if source.has(commit):
        checking.checks += 1
        return True
    checking.skip(f"commit {commit}: in none of the repositories that were given")
    return False
