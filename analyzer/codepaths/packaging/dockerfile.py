"""A Dockerfile read: its stages, what they copy from the context and from each other, what they install or remove.

https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

_ESCAPE = re.compile(r"#\s*escape\s*=\s*([\\`])\s*$", re.IGNORECASE)
_DIRECTIVE = re.compile(r"#\s*\w+\s*=")
_HEREDOC = re.compile(r"<<-?([\"']?)(\w+)\1")
_FLAG = re.compile(r"--([a-z-]+)(?:=(\S*))?\s+")
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::-([^{}$]*))?\}|(\w+))")
_COMMANDS = re.compile(r"&&|\|\||[;|&\n]")
_BUILDS = re.compile(r"\bsetup\.py (?:install|bdist)|\b-m build\b|\b(?:hatch|poetry|uv) build\b")
_PROJECT = re.compile(r"\.{1,2}(?:/[\w./-]*)?(?:\[[\w,-]*\])?$")
_ELSEWHERE = re.compile(r"\bgit clone\b|\brsync\b|\bcp\s|\bmv\s|\btar\s|\bunzip\b|--mount=type=bind|\bgsutil\b")
_MAX_LINES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One instruction with its lines joined."""

    name: str
    """in capitals"""
    text: str
    """what follows the name and its flags"""
    flags: Mapping[str, str]
    line: int
    end_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One `COPY` or `ADD`."""

    sources: tuple[str, ...]
    target: str
    """absolute; ends with `/` where it is a folder whatever is copied"""
    stage: str
    """name or number of the stage it copies from; empty for the context"""
    parents: bool
    """`--parents`: folders of the sources are kept"""
    line: int
    end_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One `RUN` that matters to what files are there."""

    installs: bool
    """builds and installs the project as a package"""
    elsewhere: bool
    """brings or moves files in a way that is not followed"""
    removed: tuple[str, ...]
    """absolute paths that it deletes"""
    line: int
    end_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """From one `FROM` to the next."""

    name: str
    base: str
    steps: tuple[Copy | Run, ...]
    workdir: str
    """the last one"""
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """What is in force while a stage is read."""

    workdir: str = "/"
    variables: Mapping[str, str]


def read_dockerfile(text: str) -> tuple[Stage, ...]:
    """The stages of a Dockerfile, in its order; the last one makes the image. Empty where it is none."""
    stages: list[Stage] = []
    scope = _Scope(variables={})
    outside: dict[str, str] = {}
    workdirs: dict[str, str] = {}
    for instruction in instructions(text):
        if instruction.name == "FROM":
            words = _filled(instruction.text, outside).split()
            base = words[0] if words else ""
            name = words[2] if len(words) > 2 and words[1].lower() == "as" else ""
            scope = _Scope(workdir=workdirs.get(base.lower(), "/"), variables=dict(outside))
            stages.append(Stage(name=name, base=base, steps=(), workdir=scope.workdir, line=instruction.line))
        elif not stages:
            if instruction.name == "ARG":
                outside |= _assigned(instruction.text, outside)
        else:
            scope, step = _read(instruction, scope)
            steps = (*stages[-1].steps, step) if step is not None else stages[-1].steps
            stages[-1] = replace(stages[-1], steps=steps, workdir=scope.workdir)
            workdirs[stages[-1].name.lower()] = scope.workdir
    return tuple(stages)


def instructions(text: str) -> Iterator[Instruction]:
    """The instructions of a Dockerfile; comments and bodies of here-documents are left out."""
    lines = text.removeprefix("\ufeff").split("\n")[:_MAX_LINES]
    escape = "\\"
    for line in lines:
        if not _DIRECTIVE.match(line):
            break
        found = _ESCAPE.match(line)
        escape = found[1] if found else escape
    at = 0
    while at < len(lines):
        first = at
        parts: list[str] = []
        while at < len(lines):
            line = lines[at].strip()
            at += 1
            if line.startswith("#") or (parts and not line):
                continue
            parts.append(line.removesuffix(escape).strip())
            if not line.endswith(escape):
                break
        last = at
        joined = " ".join(parts)
        for heredoc in _HEREDOC.findall(joined) if joined[:4].upper() in ("RUN ", "COPY", "ADD ") else ():
            while at < len(lines) and lines[at].strip("\t\r ") != heredoc[1]:
                at += 1
            at += 1
        name, _, rest = joined.partition(" ")
        if name.isalpha():
            skipped = next((n for n in range(first, last) if lines[n].strip() and lines[n].strip()[0] != "#"), first)
            flags, rest = _flags(rest.lstrip())
            yield Instruction(name=name.upper(), text=rest.strip(), flags=flags, line=skipped + 1, end_line=last)


def _flags(text: str) -> tuple[dict[str, str], str]:
    flags: dict[str, str] = {}
    while found := _FLAG.match(text):
        flags[found[1]] = found[2] or ""
        text = text[found.end() :]
    return flags, text


def _read(instruction: Instruction, scope: _Scope) -> tuple[_Scope, Copy | Run | None]:
    name, text = instruction.name, _filled(instruction.text, scope.variables)
    if name == "WORKDIR":
        return replace(scope, workdir=posixpath.normpath(posixpath.join(scope.workdir, text.strip("\"'")))), None
    if name in ("ENV", "ARG"):
        return replace(scope, variables={**scope.variables, **_assigned(text, scope.variables)}), None
    if name in ("COPY", "ADD"):
        return scope, _copy(instruction, text, scope.workdir)
    if name == "RUN":
        return scope, _run(instruction, text, scope.workdir)
    return scope, None


def _copy(instruction: Instruction, text: str, workdir: str) -> Copy | None:
    words = _words(text)
    if len(words) < 2:
        return None
    target = posixpath.normpath(posixpath.join(workdir, words[-1]))
    folder = words[-1].endswith("/") or words[-1] in (".", "..") or len(words) > 2 or target == workdir
    return Copy(
        sources=tuple(w for w in words[:-1] if "://" not in w and not w.startswith("<<")),
        target=target.rstrip("/") + "/" if folder else target,
        stage=instruction.flags.get("from", ""),
        parents="parents" in instruction.flags,
        line=instruction.line,
        end_line=instruction.end_line,
    )


def _run(instruction: Instruction, text: str, workdir: str) -> Run | None:
    removed = tuple(_removed(text, workdir)) if "rm " in text else ()
    installs = any(_installs(command) for command in _COMMANDS.split(text))
    elsewhere = bool(_ELSEWHERE.search(text)) or instruction.flags.get("mount", "").startswith("type=bind")
    if not (installs or removed or elsewhere):
        return None
    return Run(
        installs=installs,
        elsewhere=elsewhere,
        removed=removed,
        line=instruction.line,
        end_line=instruction.end_line,
    )


def _installs(command: str) -> bool:
    """Whether it installs the project itself, as a copy of its packages and not in place."""
    if _BUILDS.search(command):
        return True
    words = _words(command)
    if "install" not in words or not {"pip", "pip3"} & {word.rpartition("/")[2] for word in words}:
        return False
    given = words[words.index("install") + 1 :]
    return not {"-e", "--editable"} & set(given) and any(
        _PROJECT.match(word) and before not in ("-r", "--requirement", "-c", "--constraint", "-t", "--target")
        for before, word in zip(["", *given], given, strict=False)
    )


def _removed(text: str, workdir: str) -> Iterator[str]:
    """Plain paths that `rm` is called with; nothing with wildcards, and nothing after a `cd`."""
    for command in _COMMANDS.split(text):
        words = _words(command)
        if words[:1] == ["cd"]:
            return
        if words[:1] == ["rm"]:
            for word in words[1:]:
                if not word.startswith("-") and not set(word) & set("*?[$`"):
                    yield posixpath.normpath(posixpath.join(workdir, word))


def _words(text: str) -> list[str]:
    if text.startswith("["):
        try:
            listed = json.loads(text)
        except (ValueError, RecursionError):
            listed = None
        if isinstance(listed, list):
            return [str(word) for word in listed]
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _assigned(text: str, known: Mapping[str, str]) -> dict[str, str]:
    words = _words(_filled(text, known))
    if words and "=" not in words[0]:
        return {words[0]: " ".join(words[1:])} if len(words) > 1 else {}
    pairs = (word.partition("=") for word in words)
    return {name: value for name, equals, value in pairs if equals}


def _filled(text: str, known: Mapping[str, str]) -> str:
    """The text with the variables that are known; others stay as written."""
    return _VARIABLE.sub(lambda m: known.get(m[1] or m[3]) or (m[2] if m[2] else m[0]), text)[:100_000]
