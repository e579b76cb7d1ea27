"""Which files of a tree are read, as what language, and why the others are not."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

EXTRA = "pip install 'incident-analyzer[languages]'"
"""brings the grammars"""

PYTHON = "python"
LANGUAGES: Mapping[str, tuple[str, str]] = {
    "javascript": ("JavaScript", "tree-sitter-javascript"),
    "typescript": ("TypeScript", "tree-sitter-typescript"),
    "tsx": ("TypeScript", "tree-sitter-typescript"),
    "go": ("Go", "tree-sitter-go"),
    "java": ("Java", "tree-sitter-java"),
}
"""language → its name and the package with its grammar"""

SUFFIXES: Mapping[str, str] = {
    ".py": PYTHON,
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".jsx": "javascript",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "tsx",
    ".go": "go",
    ".java": "java",
}
"""suffix → language"""

_COPIED = re.compile(r"(?:^|/)(?:node_modules|bower_components|jspm_packages|vendor|third_party)/")
_BUILT = re.compile(r"(?:^|/)dist/|[.-](?:min|bundle|chunk)\.[cm]?jsx?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Files of one language that were left out, and why."""

    language: str
    """as people write it: `Go`"""
    count: int
    reason: str

    def __str__(self) -> str:
        return f"{self.count:,} file{'s' * (self.count != 1)} of {self.language} not read: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The files to read: key of the index → paths; and what is not read."""

    paths_by_key: dict[str, list[str]]
    unread: tuple[Unread, ...]


def choose(files: Mapping[str, str]) -> Choice:
    """What to read of a tree (path → blob id). A Python file's key is its blob id.

    Another language's key names the grammar too: rows of an older grammar are no answer, and without the grammar
    there are no rows, so nothing is missed once it is installed.
    """
    paths_by_key: dict[str, list[str]] = {}
    left_out: dict[tuple[str, str], int] = {}
    for path in sorted(files):
        language = language_of_path(path)
        if not language:
            continue
        if language == PYTHON:
            paths_by_key.setdefault(files[path], []).append(path)
            continue
        name, package = LANGUAGES[language]
        reason = _why_not(path) or ("" if is_installed(language) else EXTRA)
        if reason:
            left_out[name, reason] = left_out.get((name, reason), 0) + 1
        else:
            paths_by_key.setdefault(f"{files[path]}:{language}:{_version(package)}", []).append(path)
    unread = (Unread(language=name, count=n, reason=reason) for (name, reason), n in sorted(left_out.items()))
    return Choice(paths_by_key=paths_by_key, unread=tuple(unread))


def language_of_key(key: str) -> str:
    """The language a key of the index is read as."""
    return key.split(":")[1] if ":" in key else PYTHON


def blob_of_key(key: str) -> str:
    """The blob id in a key of the index."""
    return key.split(":")[0]


def language_of_path(path: str) -> str:
    """The language a file is read as, by its suffix; empty for one that is not known here."""
    return SUFFIXES.get(posixpath.splitext(path)[1], "")


def is_source(path: str) -> bool:
    """True where a file is of a language known here, whether or not its grammar is installed."""
    return bool(language_of_path(path))


@cache
def is_installed(language: str) -> bool:
    """True where files of this language can be read here."""
    if language == PYTHON:
        return True
    package = LANGUAGES[language][1]
    return all(importlib.util.find_spec(name.replace("-", "_")) is not None for name in ("tree-sitter", package))


@cache
def _version(package: str) -> str:
    return importlib.metadata.version(package)


def _why_not(path: str) -> str:
    if _COPIED.search(path):
        return "a copy of somebody else's code"
    return "built from other files" if _BUILT.search(path) else ""
