"""Who owns a file: CODEOWNERS as GitHub and GitLab read it. The last pattern that matches decides.

GitHub: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
GitLab: https://docs.gitlab.com/user/project/codeowners/reference/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

OWNER_FILES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Only the first that is there is read: GitHub's order, then GitLab's own place."""

_FIELD = re.compile(r"(?:\\.|[^\s\\])+")
_SECTION = re.compile(r"\^?\[(?P<name>[^\]]+)\](?:\[\d+\])?(?P<owners>(?:\s.*)?)$")
_TOKEN = re.compile(r"\\.|.", re.DOTALL)
_P = TypeVar("_P")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerRule:
    """One line of a CODEOWNERS file."""

    pattern: str
    owners: str
    """as written; empty where the line takes its files out of ownership"""
    section: str = ""
    """GitLab: each section names owners of its own"""
    exclude: bool = False
    """GitLab: `!pattern`, nothing of this section owns these files"""


def read_owners(text: str) -> tuple[OwnerRule, ...]:
    """Rules of a CODEOWNERS file, in its order. Lines that the code host would refuse are left out.

    A file with `[sections]` is GitLab's: a path without a leading `/` then means any folder, and `!` excludes.
    """
    lines = [line.strip() for line in text.splitlines()]
    gitlab = any(_SECTION.match(line) for line in lines)
    rules = []
    section = default = ""
    for line in lines:
        head = _SECTION.match(line)
        if head:
            section, default = head["name"].strip().lower(), " ".join(_fields(head["owners"]))
            continue
        fields = _fields(line)
        if not fields:
            continue
        pattern = fields[0]
        exclude = pattern.startswith("!")
        if (exclude and not gitlab) or pattern.startswith("["):
            continue
        pattern = pattern.removeprefix("!")
        if gitlab and not pattern.startswith(("/", "**/")):
            pattern = f"**/{pattern}"
        owners = " ".join(fields[1:]) or default
        rules.append(OwnerRule(pattern=pattern, owners=owners, section=section, exclude=exclude))
    return tuple(rules)


def owner_of(path: str, rules: Sequence[OwnerRule]) -> str | None:
    """Owners of a path, from the root with `/`; those of several sections one after the other."""
    found: dict[str, str] = {}
    for rule in reversed(rules):
        decided = rule.section in found
        if (rule.exclude or not decided) and _matches(rule.pattern, path):
            found[rule.section] = "" if rule.exclude else rule.owners  # an exclusion holds whatever follows it
    sections = dict.fromkeys(rule.section for rule in rules)
    owners = [name for section in sections for name in found.get(section, "").split()]
    return " ".join(dict.fromkeys(owners)) or None


def _fields(line: str) -> list[str]:
    """What blanks separate, up to a comment; `\\ ` and `\\#` are no blank and no comment."""
    fields = _FIELD.findall(line)
    comment = next((n for n, field in enumerate(fields) if field.startswith("#")), len(fields))
    return fields[:comment]


def _matches(pattern: str, path: str) -> bool:
    return _fits(_segments(pattern), path.split("/"), "**", _named)


@lru_cache(maxsize=2_000)
def _segments(pattern: str) -> tuple[str, ...]:
    """The folders of a pattern from the root; `**` is any number of them."""
    parts = [p for p in pattern.strip("/").split("/") if p]
    if "/" not in pattern.rstrip("/"):
        parts.insert(0, "**")  # a bare name means any folder
    if pattern.endswith("/"):
        parts += ["*", "**"]
    elif parts[-1:] == ["**"]:
        parts[-1:] = ["*", "**"]
    elif not pattern.endswith("/*"):  # `docs/*` is the files of docs only, any other name also all below it
        parts.append("**")
    return tuple(parts)


def _named(segment: str, name: str) -> bool:
    return _fits(_TOKEN.findall(segment), name, "*", lambda token, char: token == "?" or token[-1] == char)


def _fits(pattern: Sequence[_P], text: Sequence[_T], star: _P, same: Callable[[_P, _T], bool]) -> bool:
    """Whether a pattern covers a whole text, `star` being anything; never worse than length times length."""
    at = read = 0
    retry: tuple[int, int] | None = None
    while read < len(text):
        if at < len(pattern) and pattern[at] == star:
            retry = (at, read)
            at += 1
        elif at < len(pattern) and same(pattern[at], text[read]):
            at += 1
            read += 1
        elif retry is not None:
            retry = (retry[0], retry[1] + 1)
            at, read = retry[0] + 1, retry[1]
        else:
            return False
    return all(piece == star for piece in pattern[at:])
