"""What a reader sees of a place in the code: an excerpt, a link to the code host."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from urllib.parse import quote, urlsplit

from analyzer.model import ExcerptLine

_MAX_LINES = 7
_MAX_WIDTH = 240
_SCP = re.compile(r"(?:[\w.\-]+@)?(?P<host>[\w.\-]+):(?!//)(?P<path>[^\s]+)$")
_SCHEMES = frozenset({"https", "http", "ssh", "git", "git+ssh"})
_HOST = re.compile(r"[\w\-]+(?:\.[\w\-]+)+", re.ASCII)
_NAME = re.compile(r"[\w.~\-]+(?:/[\w.~\-]+)+", re.ASCII)
"""Owner and repository in plain words: whatever else stands in a remote (a password, a query) is never shown."""


def excerpt(source: Sequence[str], line: int, end_line: int, redact: Callable[[str], str]) -> tuple[ExcerptLine, ...]:
    """At most 7 lines around a statement, redacted together (a secret may span lines); its first line is marked."""
    if not 1 <= line <= len(source):
        return ()
    length = min(end_line, len(source)) - line + 1
    first = max(1, line - max(1, (_MAX_LINES - min(length, _MAX_LINES - 2)) // 2))
    shown = [text[:_MAX_WIDTH] for text in source[first - 1 : first - 1 + _MAX_LINES]]
    hidden = redact("\n".join(shown)).split("\n")
    if len(hidden) != len(shown):
        hidden = [redact(text).replace("\n", " ") for text in shown]
    return tuple(ExcerptLine(line=first + i, text=text, marked=first + i == line) for i, text in enumerate(hidden))


def code_host(remote: str | None) -> str | None:
    """Page of the repository at its code host, from a remote URL; None for hosts whose links are not known."""
    if not remote:
        return None
    if "://" in remote:
        try:
            parts = urlsplit(remote)
        except ValueError:
            return None
        if parts.scheme not in _SCHEMES:
            return None
        host, path = parts.hostname or "", parts.path
    else:
        found = _SCP.match(remote)
        if not found:
            return None
        host, path = found["host"], found["path"]
    name = path.strip("/").removesuffix(".git")
    if not _HOST.fullmatch(host) or not _NAME.fullmatch(name):
        return None
    if not any(known in host for known in ("github", "gitlab", "bitbucket")):
        return None
    return f"https://{host}/{name}"


def link(host: str | None, commit: str | None, path: str, line: int, end_line: int) -> str | None:
    """Permalink to lines of a file at a commit."""
    if host is None or commit is None:
        return None
    file = quote(path)
    name = urlsplit(host).hostname or ""
    if "gitlab" in name:
        return f"{host}/-/blob/{commit}/{file}#L{line}-{end_line}"
    if "bitbucket" in name:
        return f"{host}/src/{commit}/{file}#lines-{line}:{end_line}"
    return f"{host}/blob/{commit}/{file}#L{line}-L{end_line}"


def commit_link(host: str, commit: str) -> str:
    """Page of a commit."""
    name = urlsplit(host).hostname or ""
    if "gitlab" in name:
        return f"{host}/-/commit/{commit}"
    if "bitbucket" in name:
        return f"{host}/commits/{commit}"
    return f"{host}/commit/{commit}"
