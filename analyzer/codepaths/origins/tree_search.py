"""Where a text stands in the files that configure and deploy a tree, or in its code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.codepaths.origins.code import Code

CONFIGURATION = (
    "**/*.yml",
    "**/*.yaml",
    "**/*.toml",
    "**/*.tf",
    "**/*.tfvars",
    "**/*.sh",
    "**/*.ps1",
    "**/*.ini",
    "**/*.cfg",
    "**/*.conf",
    "**/*.properties",
    "**/.env*",
    "**/*.env",
    "**/*config*.json",
    "**/*settings*.json",
    "**/*secrets*.json",
    "**/app.json",
    "**/Dockerfile*",
    "**/*.Dockerfile",
    "**/Containerfile*",
    "**/Makefile",
    "**/Procfile",
)
CODE = ("**/*.py",)
SQL = ("**/*.sql",)
_FILE = re.compile(
    r"(?:^|/)(?:[^/]*\.(?:ya?ml|toml|tf|tfvars|sh|ps1|ini|cfg|conf|properties|env|dockerfile)|\.env[^/]*"
    r"|[^/]*(?:config|settings|secrets)[^/]*\.json|app\.json|(?:Docker|Container)file[^/]*|Makefile|Procfile)$",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"(?:^|/)(?:docs?|documentation|examples?|samples?|fixtures|archived?|backups?[^/]*|old|generated)/", re.IGNORECASE
)
_SAMPLE = re.compile(
    r"[._-](?:example|sample|template|dist|bak|backup[\w-]*)$|\.(?:example|sample|template)\.", re.IGNORECASE
)
_ENVIRONMENTS = {
    "staging": re.compile(r"stag(?:ing|e)\b|(?<![a-z])stg(?![a-z])", re.IGNORECASE),
    "production": re.compile(r"(?<![a-z])prod(?:uction)?(?![a-z])", re.IGNORECASE),
    "development": re.compile(
        r"(?<![a-z])(?:dev|develop|development|local|test|tests|testing|ci)(?![a-z])", re.IGNORECASE
    ),
}
_DEPLOYS = re.compile(
    r"deploy|terraform|\.tf$|helm|k8s|kubernetes|infra|provision|cloudbuild|cloud[_-]?run", re.IGNORECASE
)
_UNUSABLE = re.compile(r"[\x00-\x1f\x7f]")
_MAX_LINES = 400
_MAX_FILES = 3_000
_MAX_BYTES = 300_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the tree that holds a text."""

    path: str
    line: int
    text: str

    @property
    def environment(self) -> str:
        """staging, production or development, as the path or the line says; empty where neither does."""
        for place in (self.path, self.text):
            for name, pattern in _ENVIRONMENTS.items():
                if pattern.search(place):
                    return name
        return ""

    @property
    def deploys(self) -> bool:
        """Named as what brings a service to where it runs."""
        return bool(_DEPLOYS.search(self.path))

    @property
    def why_not(self) -> str | None:
        """Why this line is not what configures a deployment; None where it may be."""
        if Code.is_test(self.path):
            return "test code"
        if _ASIDE.search(self.path):
            return "documentation, an example or a copy"
        if _SAMPLE.search(self.path):
            return "a template that is copied, not read"
        if self.text.lstrip().startswith(("#", "//", "--", ";")):
            return "a comment"
        return None


def lines_with(code: Code, text: str, patterns: Sequence[str] = (*CONFIGURATION, *CODE)) -> list[Line]:
    """The lines that hold a text, whatever its case, sorted by path; nothing for a text of less than four letters.

    Of a tree under git it is read as committed, and as it is now where a file differs.
    """
    text = text.strip()
    if len(text) < 4 or len(text) > 300 or _UNUSABLE.search(text):
        return []
    tree, found = code.tree, []
    scanned: Sequence[str]
    if tree.git is not None and tree.head is not None:
        rows = tree.git.grep(text, tree.head, patterns, limit=_MAX_LINES)
        found = [Line(path=p, line=n, text=t) for p, n, t in rows if p in tree.files and p not in tree.dirty]
        scanned = sorted(tree.dirty & tree.files.keys())
    else:
        scanned = sorted(tree.files)
    for path in [p for p in scanned if _is_wanted(p, patterns)][:_MAX_FILES]:
        lines = code.lines(path)
        if sum(map(len, lines)) < _MAX_BYTES:
            rows = [(path, n, line[:400]) for n, line in enumerate(lines, 1) if text.lower() in line.lower()]
            found.extend(Line(path=p, line=n, text=t) for p, n, t in rows)
    return sorted(found, key=lambda x: (x.path, x.line))[:_MAX_LINES]


def _is_wanted(path: str, patterns: Sequence[str]) -> bool:
    suffixes = tuple(p.removeprefix("**/*") for p in (*CODE, *SQL) if p in patterns)
    return path.endswith(suffixes) or (CONFIGURATION[0] in patterns and bool(_FILE.search(path)))
