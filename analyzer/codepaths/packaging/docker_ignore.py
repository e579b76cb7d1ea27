"""`.dockerignore` as Docker reads it: other rules than git's.

Patterns are relative to the root of the build's context, with or without a leading `/`; a name without a folder is one
at the root only. The last line that matches a path or a folder above it decides, so that `!` brings back what lies in
an ignored folder. https://docs.docker.com/build/concepts/context/#dockerignore-files
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.codepaths.wildcards import MAX_PATTERN, MAX_RULES, CharacterSet, Token, Wild, literal, matches


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerRule:
    """One line of a `.dockerignore`."""

    file: str
    line: int
    pattern: str
    """as written"""
    negated: bool
    tokens: tuple[Token, ...]
    needed: str
    """a text that stands in every path it names"""
    suffix: str | None = None
    """the pattern is `**` and a text: any path that ends with the text"""

    def names(self, path: str) -> bool:
        """Whether the line names exactly this file or folder, not what lies inside."""
        if self.suffix is not None:
            return path.endswith(self.suffix) or (self.suffix.startswith("/") and path == self.suffix[1:])
        return self.needed in path and matches(self.tokens, path)


@dataclass(frozen=True, slots=True)
class DockerIgnored:
    """A path that does not come into the context, by which line, and the file or folder that the line names."""

    rule: DockerRule
    named: str


def read_docker_ignore(text: str, file: str) -> tuple[DockerRule, ...]:
    """Rules of the file, in its order; lines that Docker would refuse are left out."""
    rules = []
    for number, raw in enumerate(text.removeprefix("\ufeff").split("\n")[:MAX_RULES], 1):
        written = raw.strip()
        if not written or raw.startswith("#") or len(written) > MAX_PATTERN:
            continue
        negated = written.startswith("!")
        pattern = written[1:].strip() if negated else written
        if not pattern:
            continue
        pattern = posixpath.normpath(pattern).lstrip("/")
        tokens = _tokens(pattern)
        if tokens is None:
            continue
        plain = pattern[2:] if pattern.startswith("**") else ""
        suffix = plain if plain.strip("/") and not set(plain) & set("*?[]\\") else None
        rules.append(
            DockerRule(
                file=file,
                line=number,
                pattern=written,
                negated=negated,
                tokens=tokens,
                needed=literal(tokens),
                suffix=suffix,
            )
        )
    return tuple(rules)


def docker_ignored(path: str, rules: Sequence[DockerRule]) -> DockerIgnored | None:
    """The line that keeps a path, relative to the context's root, out of the context; None where it comes in."""
    parts = path.split("/")
    ways = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
    out: DockerIgnored | None = None
    for rule in rules:
        if rule.negated != (out is not None):
            continue  # it could only say again what is decided
        named = next((way for way in ways if rule.names(way)), None)
        if named is not None:
            out = None if rule.negated else DockerIgnored(rule, named)
    return out


def docker_overruled(path: str, rules: Sequence[DockerRule]) -> tuple[DockerIgnored, DockerRule] | None:
    """The line that names a path which comes in all the same, and the `!` line for a folder above that brings it back.

    Docker goes by the last line that matches. Who expects the rules of git, where a folder that is brought back does
    not bring back what other lines leave out of it, reads such a file otherwise.
    """
    parts = path.split("/")
    ways = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
    out: DockerIgnored | None = None
    back: DockerRule | None = None
    for rule in rules:
        named = next((way for way in ways if rule.names(way)), None)
        if named is None:
            continue
        if not rule.negated:
            out, back = DockerIgnored(rule, named), None
        elif out is not None and named != out.named and out.named.startswith(named + "/"):
            back = back or rule
        else:
            out = back = None
    return (out, back) if out is not None and back is not None else None


def _tokens(pattern: str) -> tuple[Token, ...] | None:
    """The pattern read; None where it is malformed, which makes a build fail."""
    out: list[Token] = []
    at = 0
    while at < len(pattern):
        character = pattern[at]
        at += 1
        if character == "*" and pattern.startswith("*", at):
            at += 1
            at += pattern.startswith("/", at)
            out.append(Wild.ANYTHING if at == len(pattern) else Wild.FOLDERS)
        elif character == "*":
            out.append(Wild.NAME)
        elif character == "?":
            out.append(Wild.ONE)
        elif character == "\\":
            if at == len(pattern):
                return None
            out.append(pattern[at])
            at += 1
        elif character == "[":
            found = _set(pattern, at)
            if found is None:
                return None
            token, at = found
            out.append(token)
        else:
            out.append(character)
    return tuple(out)


def _set(pattern: str, at: int) -> tuple[CharacterSet, int] | None:
    """The set after a `[` and where reading goes on; None where Go's `filepath.Match` refuses it."""
    negated = pattern.startswith("^", at)
    at += negated
    ranges: list[tuple[str, str]] = []
    while True:
        if pattern.startswith("]", at) and ranges:
            return CharacterSet(tuple(ranges), negated, crosses=negated), at + 1
        low = _member(pattern, at)
        if low is None:
            return None
        low_character, at = low
        high_character = low_character
        if pattern.startswith("-", at):
            high = _member(pattern, at + 1)
            if high is None:
                return None
            high_character, at = high
        ranges.append((low_character, high_character))


def _member(pattern: str, at: int) -> tuple[str, int] | None:
    escaped = pattern.startswith("\\", at)
    at += escaped
    if at >= len(pattern) or (not escaped and pattern[at] in "-]"):
        return None
    return pattern[at], at + 1
