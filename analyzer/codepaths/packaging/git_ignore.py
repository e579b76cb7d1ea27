"""Ignore files in the syntax of git: `.gitignore`, and `.gcloudignore`, which may include another.

The last pattern that matches decides, in the file nearest to the path; what lies in an ignored folder is ignored
whatever is said of it. https://git-scm.com/docs/gitignore, https://cloud.google.com/sdk/gcloud/reference/topic/gcloudignore
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analyzer.codepaths.wildcards import MAX_PATTERN, MAX_RULES, CharacterSet, Token, Wild, literal, matches

_INCLUDE = "#!include:"
_POSIX: dict[str, tuple[tuple[str, str], ...]] = {
    "alnum": (("0", "9"), ("A", "Z"), ("a", "z")),
    "alpha": (("A", "Z"), ("a", "z")),
    "blank": ((" ", " "), ("\t", "\t")),
    "cntrl": (("\x00", "\x1f"), ("\x7f", "\x7f")),
    "digit": (("0", "9"),),
    "graph": (("!", "~"),),
    "lower": (("a", "z"),),
    "print": ((" ", "~"),),
    "punct": tuple((c, c) for c in string.punctuation),
    "space": tuple((c, c) for c in " \t\n\r\v\f"),
    "upper": (("A", "Z"),),
    "xdigit": (("0", "9"), ("A", "F"), ("a", "f")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoreRule:
    """One line of an ignore file."""

    file: str
    line: int
    pattern: str
    """as written"""
    negated: bool
    folders_only: bool
    anywhere: bool
    """it names no folder, so it counts at any depth"""
    base: str
    """the folder it is relative to: empty, or ending with `/`"""
    tokens: tuple[Token, ...]
    needed: str
    """a text that stands in every path it names"""

    def names(self, path: str, is_folder: bool) -> bool:
        """Whether the line names exactly this file or folder, not what lies inside."""
        if (self.folders_only and not is_folder) or self.needed not in path or not path.startswith(self.base):
            return False
        below = path[len(self.base) :]
        return matches(self.tokens, below.rpartition("/")[2] if self.anywhere else below)


@dataclass(frozen=True, slots=True)
class Ignored:
    """A path that is left out, by which line, and the file or folder that the line names."""

    rule: IgnoreRule
    named: str


def read_ignore_file(
    text: str, file: str, base: str = "", *, include: Callable[[str], str | None] | None = None
) -> tuple[IgnoreRule, ...]:
    """Rules of an ignore file, in its order. `include` gives the text of a file that a line `#!include:` names."""
    rules: list[IgnoreRule] = []
    for number, raw in enumerate(text.removeprefix("\ufeff").split("\n")[:MAX_RULES], 1):
        line = raw.removesuffix("\r")
        if include is not None and line.startswith(_INCLUDE):
            name = line[len(_INCLUDE) :].strip()
            included = include(name) if "/" not in name else None
            if included is not None:
                rules.extend(read_ignore_file(included, base + name, base))
            continue
        rule = _rule(line, file, number, base)
        if rule is not None:
            rules.append(rule)
    return tuple(rules)


def ignored(path: str, rules_by_folder: Mapping[str, Sequence[IgnoreRule]]) -> Ignored | None:
    """The line that leaves a file out; None where it is kept. Folders are keyed as bases: empty, or ending with `/`."""
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        named, is_folder = "/".join(parts[:depth]), depth < len(parts)
        rule = _deciding(named, is_folder, rules_by_folder)
        if rule is not None and not rule.negated:
            return Ignored(rule, named)
    return None


def _deciding(path: str, is_folder: bool, rules_by_folder: Mapping[str, Sequence[IgnoreRule]]) -> IgnoreRule | None:
    folder = path.rpartition("/")[0]
    while True:
        for rule in reversed(rules_by_folder.get(f"{folder}/" if folder else "", ())):
            if rule.names(path, is_folder):
                return rule
        if not folder:
            return None
        folder = folder.rpartition("/")[0]


def _rule(line: str, file: str, number: int, base: str) -> IgnoreRule | None:
    pattern = _without_trailing_spaces(line)
    if not pattern or pattern.startswith("#") or len(pattern) > MAX_PATTERN:
        return None
    negated = pattern.startswith("!")
    bare = pattern[1:] if negated else pattern
    folders_only = bare.endswith("/")
    bare = bare.removesuffix("/")
    anywhere = "/" not in bare
    tokens = _tokens(bare if anywhere else bare.removeprefix("/"), anywhere)
    if not tokens:
        return None
    return IgnoreRule(
        file=file,
        line=number,
        pattern=pattern,
        negated=negated,
        folders_only=folders_only,
        anywhere=anywhere,
        base=base,
        tokens=tokens,
        needed=literal(tokens),
    )


def _without_trailing_spaces(line: str) -> str:
    end = len(line)
    while end and line[end - 1] == " ":
        end -= 1
    backslashes = len(line[:end]) - len(line[:end].rstrip("\\"))
    return line[: end + 1] if end < len(line) and backslashes % 2 else line[:end]


def _tokens(pattern: str, anywhere: bool) -> tuple[Token, ...]:
    """The pattern read; nothing where git would match nothing with it."""
    out: list[Token] = []
    plain = next((n for n, character in enumerate(pattern) if character in "*?[\\"), len(pattern))
    at = 0
    while at < len(pattern):
        character = pattern[at]
        if character == "\\":
            if at + 1 == len(pattern):
                return ()
            out.append(pattern[at + 1])
            at += 2
        elif character == "?":
            out.append(Wild.ONE)
            at += 1
        elif character == "*":
            end = at
            while end < len(pattern) and pattern[end] == "*":
                end += 1
            # git compares what stands before the first wildcard by itself, so that `a**/b` begins anew at `**`
            whole = end - at > 1 and not anywhere and (at == plain or pattern[at - 1] == "/")
            if whole and end == len(pattern):
                out.append(Wild.ANYTHING)
            elif whole and pattern[end] == "/":
                out.append(Wild.FOLDERS)
                end += 1
            else:
                out.append(Wild.NAME)
            at = end
        elif character == "[":
            found = _set(pattern, at + 1)
            if found is None:
                return ()
            token, at = found
            out.append(token)
        else:
            out.append(character)
            at += 1
    return tuple(out)


def _set(pattern: str, at: int) -> tuple[CharacterSet, int] | None:
    """The set after a `[` and where reading goes on; None where it is not closed or not known."""
    negated = pattern[at : at + 1] in ("!", "^")
    at += negated
    ranges: list[tuple[str, str]] = []
    before, first = "", True
    while at < len(pattern):
        character = pattern[at]
        if character == "]" and not first:
            return CharacterSet(tuple(ranges), negated), at + 1
        first = False
        if character == "-" and before and pattern[at + 1 : at + 2] not in ("", "]"):
            at += 1
            if pattern[at] == "\\":
                at += 1
                if at == len(pattern):
                    return None
            ranges.append((before, pattern[at]))
            before = ""
        elif pattern.startswith("[:", at) and (end := pattern.find("]", at + 2)) > 0 and pattern[end - 1] == ":":
            known = _POSIX.get(pattern[at + 2 : end - 1])
            if known is None:
                return None
            ranges.extend(known)
            at, before = end, ""
        else:
            if character == "\\":
                at += 1
                if at == len(pattern):
                    return None
                character = pattern[at]
            ranges.append((character, character))
            before = character
        at += 1
    return None
