"""What brought lines in: the commits behind them, their size, and whether they are newer than a commit."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from analyzer.codepaths.blaming import read_blame
from analyzer.codepaths.contents import Contents
from analyzer.codepaths.git import Git
from analyzer.codepaths.origins.calls import resolve
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.trees import Tree
from analyzer.model import Blame, BlamedCommit, CodePath, Role, format_time

_MAX_COMMITS = 6
"""of one place: a statement of more authors is nobody's change"""
_MAX_PACKAGING_FILES = 12
_WORD = re.compile(r"[\w.]+(?:\[?['\"][\w./-]+['\"]\]?)?")
_SHORTEST = 6
_PACKAGING = re.compile(
    r"(?:\.(?:docker|gcloud|eb|helm)ignore|.*\.dockerignore|(?:.*\.)?Dockerfile(?:\..*)?|Containerfile|Procfile"
    r"|(?:requirements|constraints)[\w.-]*\.(?:txt|in)|pyproject\.toml|setup\.(?:py|cfg)|Pipfile|MANIFEST\.in|cloudbuild\.ya?ml"
    r"|environment\.ya?ml|poetry\.lock|uv\.lock|Pipfile\.lock)"
)
_ID = re.compile(r"[0-9a-f]{7,64}")
_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@")


class LineChanges:
    """Asks git of a tree, at the commit that is read."""

    def __init__(self, tree: Tree, contents: Contents, clean: Callable[[str], str]) -> None:
        self._tree = tree
        self._contents = contents
        self._clean = clean

    def of(self, path: CodePath, blame: Blame, since: str | None) -> Blame:
        """A blame with what tells a change from a sweep; where lines were only laid out, also with their origin."""
        git, commit = self._tree.git, self._tree.commit_of(path.file)
        if git is None or commit is None or not blame.commits:
            return blame
        found: dict[str, BlamedCommit] = {}
        for one in blame.commits[:_MAX_COMMITS]:
            brought = _brought_in(git, commit, path.file, self._words(path.file, one.lines))
            told = replace(_told(git, one, since), introduces=None if brought is None else brought == one.commit)
            found.setdefault(one.commit, told)
            if brought is not None and brought not in found and told.introduces is False:
                earlier = self._read(git, brought, one.lines)
                if earlier is not None:
                    found[brought] = replace(_told(git, earlier, since), introduces=True)
        commits = sorted(found.values(), key=lambda c: (c.author_time, c.commit), reverse=True)
        return replace(blame, commits=tuple(commits))

    def packaging(self, names: Sequence[str], since: str) -> list[tuple[str, int, Blame]]:
        """(file, line, blame) of lines that speak of one of the names and changed after a commit; a line that is gone
        stands where it was, with the last commit that touched the file."""
        git, head = self._tree.git, self._tree.head
        wanted = {part.casefold() for name in names for part in _spellings(name)}
        if git is None or head is None or not wanted or not _is_commit(git, since):
            return []
        out = []
        files = [f for f in sorted(self._tree.files) if _PACKAGING.fullmatch(posixpath.basename(f))]
        for file in files[:_MAX_PACKAGING_FILES]:
            printed = git.run(
                *(
                    "diff",
                    "-U0",
                    "--no-ext-diff",
                    "--no-textconv",
                    "--no-color",
                    since,
                    head,
                    "--",
                    f":(top,literal){file}",
                ),
                check=False,
            ).decode("utf-8", "replace")
            line, added = _first_speaking(printed, wanted)
            if line is None:
                continue
            if added:
                blame = read_blame(git, head, file, line, line, ignored=(), clean=self._clean)
            else:
                last = git.run(
                    "log", "-n1", "--format=%H", f"{since}..{head}", "--", f":(top,literal){file}", check=False
                )
                known = self._read(git, last.decode().strip(), ()) if last.strip() else None
                blame = Blame(file=file, line=line, end_line=line, commits=(known,) if known is not None else ())
            told = tuple(_told(git, c, since) for c in blame.commits)
            out.append((file, line, replace(blame, commits=told)))
        return out

    def _words(self, file: str, lines: Sequence[int]) -> str:
        """The longest run of code words in these lines, by which their origin is searched for."""
        source = self._contents.lines(file) if file in self._tree.files else []
        found = [w for n in lines if 0 < n <= len(source) for w in _WORD.findall(source[n - 1].partition("#")[0])]
        longest = max(found, key=len, default="")
        return longest if len(longest) >= _SHORTEST else ""

    def _read(self, git: Git, commit: str, lines: Sequence[int]) -> BlamedCommit | None:
        printed = git.run("log", "-n1", "--format=%an%x00%at%x00%s", "--encoding=UTF-8", commit, check=False)
        parts = printed.decode("utf-8", "replace").rstrip("\n").split("\0")
        if len(parts) != 3 or not parts[1].isdecimal():
            return None
        return BlamedCommit(
            commit=commit,
            author=self._clean(_plain(parts[0])),
            author_time=format_time(min(int(parts[1]), 253_402_300_799) * 1_000_000_000) or "",
            summary=self._clean(_plain(parts[2])),
            lines=tuple(lines),
        )


def called_from(code: Code, path: CodePath, limit: int) -> list[CodePath]:
    """Functions that the lines of a code path call, where one definition only can be meant."""
    if path.function is None:
        return []
    out: list[CodePath] = []
    seen: set[tuple[str, str]] = set()
    for call in code.facts.calls_in(path.file, path.function):
        if not path.line <= call.row.line <= path.end_line:
            continue
        targets = resolve(code, call)
        if len(targets) == 1 and (targets[0].path, targets[0].row.name) not in seen and len(out) < limit:
            target = targets[0]
            seen.add((target.path, target.row.name))
            out.append(code.place(target.path, target.row.line, target.row.end_line, role=Role.FRAME, confidence=0.5))
    return out


def _told(git: Git, commit: BlamedCommit, since: str | None) -> BlamedCommit:
    head = git.run("cat-file", "commit", commit.commit, check=False).split(b"\n\n", 1)[0]
    parents = [line.split()[1].decode() for line in head.split(b"\n") if line.startswith(b"parent ")]
    names = git.run(
        *("diff-tree", "--no-commit-id", "--name-only", "-r", "-z", "-m", "--root", commit.commit), check=False
    )
    newer = None
    if since is not None and _is_commit(git, since):
        newer = bool(git.run("rev-list", "-n1", commit.commit, f"^{since}", "--", check=False).strip())
    return replace(
        commit,
        files=len(set(names.split(b"\0")) - {b""}),
        merge=len(parents) > 1,
        cut=bool(parents) and not _is_commit(git, parents[0]),
        newer=newer,
    )


def _brought_in(git: Git, commit: str, file: str, words: str) -> str | None:
    """The commit, at or before one, that last changed how often these words stand in a file."""
    if not words:
        return None
    found = git.run(
        *("log", "-n1", "--format=%H", "--no-textconv", f"-S{words}", commit, "--", f":(top,literal){file}"),
        check=False,
    )
    return found.decode().strip() or None


def _is_commit(git: Git, commit: str) -> bool:
    """Whether there is such a commit; a name that is no id, which a report may hold, is never handed to git."""
    return bool(_ID.fullmatch(commit)) and git.run("cat-file", "-t", commit, check=False).strip() == b"commit"


def _first_speaking(diff: str, wanted: set[str]) -> tuple[int | None, bool]:
    """(line after the change, whether it was added) of the first changed line with one of the words."""
    at = 0
    for line in diff.split("\n"):
        header = _HUNK.match(line)
        if header:
            at = max(int(header[1]), 1)
            continue
        if not at or line[:1] not in "+-" or line[1:].lstrip().startswith("#"):
            continue
        if {w.casefold() for w in re.findall(r"[\w-]+", line[1:])} & wanted:
            return at, line.startswith("+")
        at += line.startswith("+")
    return None, False


def _spellings(name: str) -> set[str]:
    """The parts of a module, path or package, with `_` and `-` alike."""
    parts = [p for p in re.split(r"[./\\]", name) if len(p) > 2 and p not in ("py", "app", "src", "lib")]
    return {spelled for p in parts for spelled in (p, p.replace("_", "-"), p.replace("-", "_"))}


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text[:480]).split())[:120]
