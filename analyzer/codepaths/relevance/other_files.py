"""Files that are no Python: what kind they are, and whether the change of one is only words, comments or layout."""

from __future__ import annotations

import posixpath
import re

from analyzer.codepaths.languages import is_source

_DEPENDENCY = re.compile(
    r"(?:requirements|constraints)[\w.-]*\.(?:txt|in)|Pipfile(?:\.lock)?|poetry\.lock|uv\.lock|pdm\.lock|environment\.ya?ml"
    r"|package(?:-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|go\.(?:mod|sum)|pom\.xml|build\.gradle(?:\.kts)?"
)
_PACKAGING = re.compile(
    r"(?:.*\.)?Dockerfile(?:\..*)?|Containerfile|\.?[\w.-]*ignore|MANIFEST\.in|Procfile|cloudbuild\.ya?ml"
    r"|pyproject\.toml|setup\.(?:py|cfg)|compose\.ya?ml|docker-compose[\w.-]*\.ya?ml"
)
_CONFIGURATION = (
    ".yaml",
    ".yml",
    ".toml",
    ".ini",
    ".cfg",
    ".conf",
    ".env",
    ".json",
    ".properties",
    ".tf",
    ".sh",
    ".xml",
)
_PROSE = (".md", ".rst", ".adoc")
_PROSE_NAME = re.compile(
    r"(?:readme|licen[cs]e|changelog|changes|authors|contributing|codeowners|notice)(?:\.\w{1,8})?", re.I
)
_HASH_COMMENTS = re.compile(
    r"(?:.*\.)?Dockerfile(?:\..*)?|Containerfile|.*ignore|.*\.(?:in|txt|toml|cfg|ini|env|ya?ml)|Procfile|Pipfile"
)
_DIRECTIVE = re.compile(r"#\s*+(?:syntax|escape|check)\s*+=|#!")
_BLOCK_TEXT = re.compile(r'[|>][-+]?\s*+$|"""|\'\'\'|<<', re.MULTILINE)


def kind_of(path: str) -> str:
    """document, dependency, packaging, configuration or code."""
    name = posixpath.basename(path)
    if _DEPENDENCY.fullmatch(name):
        return "dependency"
    if _PACKAGING.fullmatch(name):
        return "packaging"
    if path.endswith(_PROSE) or _PROSE_NAME.fullmatch(name):
        return "document"
    if path.endswith(_CONFIGURATION) or name.startswith(".env"):
        return "configuration"
    return "code" if is_source(name) else "configuration"


def only_comments(path: str, before: str, after: str) -> str:
    """`comment` or `blank` where nothing else of a line-based file changed; else empty."""
    old, new = [[line.rstrip() for line in text.split("\n")] for text in (before, after)]
    if [line for line in old if line] == [line for line in new if line]:
        return "blank"
    if not _HASH_COMMENTS.fullmatch(posixpath.basename(path)) or any(_BLOCK_TEXT.search(t) for t in (before, after)):
        return ""
    left = [[line for line in side if line and not _is_comment(line)] for side in (old, new)]
    return "comment" if left[0] == left[1] else ""


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#") and not _DIRECTIVE.match(line.lstrip())


def changed_lines(before: str, after: str) -> list[tuple[str, int]]:
    """(text, line after the change; before it where it is gone) of lines that only one side has."""
    old, new = before.split("\n"), after.split("\n")
    had, has = set(old), set(new)
    found = [(line, n) for n, line in enumerate(new, 1) if line not in had and line.strip()]
    return found + [(line, n) for n, line in enumerate(old, 1) if line not in has and line.strip()]
