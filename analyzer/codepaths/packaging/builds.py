"""The image builds of a tree: each Dockerfile with the folder it is built from and the ignore file that counts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from analyzer.codepaths.packaging.docker_ignore import (
    DockerIgnored,
    DockerRule,
    docker_ignored,
    docker_overruled,
    read_docker_ignore,
)
from analyzer.codepaths.packaging.dockerfile import Copy, Stage, read_dockerfile
from analyzer.codepaths.packaging.images import Delivery, copied_from, deliver

_DOCKERFILE = re.compile(r"(?:Docker|Container)file(?:[._-][\w.-]*)?|[\w.-]+\.(?:docker|container)file", re.IGNORECASE)
_ASIDE = re.compile(
    r"(?:^|[/._-])(?:dev|devel|development|test|tests|testing|local|ci|e2e|debug|example|backup|bak|old|archive)(?=$|[/._-])",
    re.I,
)
_MAX_DOCKERFILES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One image. `context` is the folder it is built from: empty, or ending with `/`."""

    dockerfile: str
    context: str
    stages: tuple[Stage, ...]
    rules: tuple[DockerRule, ...]

    @property
    def aside(self) -> bool:
        """Named as one for development or tests, which does not run where logs are collected."""
        return bool(_ASIDE.search(self.dockerfile))

    def ignored(self, path: str) -> DockerIgnored | None:
        """The line of the ignore file that keeps a path of the tree out of the context."""
        inside = self._inside(path)
        return docker_ignored(inside, self.rules) if inside is not None else None

    def overruled(self, path: str) -> tuple[DockerIgnored, DockerRule] | None:
        """The line that names a path which a later line for a folder above brings back, and that line."""
        inside = self._inside(path)
        return docker_overruled(inside, self.rules) if inside is not None else None

    def holds(self, path: str, *, whatever_is_ignored: bool = False) -> Delivery:
        """What the image holds of a file of the tree."""
        inside = self._inside(path)
        if inside is None or (not whatever_is_ignored and docker_ignored(inside, self.rules)):
            return Delivery()
        return deliver(self.stages, inside)

    def copies(self, path: str) -> list[Copy]:
        """The instructions that copy a file of the tree into any stage."""
        inside = self._inside(path)
        return copied_from(self.stages, inside) if inside is not None else []

    def _inside(self, path: str) -> str | None:
        return path[len(self.context) :] if path.startswith(self.context) else None


def read_builds(files: AbstractSet[str], read: Callable[[str], str]) -> tuple[Build, ...]:
    """The builds of a tree, those that are named for development or tests last."""
    named = sorted(f for f in files if is_dockerfile(f) and not f.endswith(".dockerignore"))[:_MAX_DOCKERFILES]
    folders = _folders(files)
    builds = []
    for file in named:
        stages = read_dockerfile(read(file))
        if stages:
            context = _context(file, stages, files, folders)
            ignore = next((i for i in (f"{file}.dockerignore", f"{context}.dockerignore") if i in files), None)
            rules = read_docker_ignore(read(ignore), ignore) if ignore else ()
            builds.append(Build(dockerfile=file, context=context, stages=stages, rules=rules))
    return tuple(sorted(builds, key=lambda b: (b.aside, b.dockerfile)))


def is_dockerfile(path: str) -> bool:
    """Whether a file is called like one."""
    return bool(_DOCKERFILE.fullmatch(path.rpartition("/")[2]))


def _context(file: str, stages: Sequence[Stage], files: AbstractSet[str], folders: Mapping[str, bool]) -> str:
    """The folder above the Dockerfile in which most of what it copies lies.

    Of equals: the one with an ignore file, else the Dockerfile's own where it holds sources, else the root.
    """
    own = file.rpartition("/")[0]
    candidates = [f"{own}/" if own else ""]
    while own:
        own = own.rpartition("/")[0]
        candidates.append(f"{own}/" if own else "")
    copies = [s for stage in stages for s in stage.steps if isinstance(s, Copy) and not s.stage]
    wanted = {posixpath.normpath(source.lstrip("/") or ".") for c in copies for source in c.sources}
    wanted = {w for w in wanted if w != "." and not set(w) & set("*?[$\\")}

    def found(context: str) -> tuple[object, ...]:
        there = sum(context + w in files or context + w in folders for w in wanted)
        has_sources = folders.get(context.rstrip("/"), False) or not context
        return there, f"{context}.dockerignore" in files, has_sources, len(context) if context == candidates[0] else 0

    return max(candidates, key=found)


def _folders(files: AbstractSet[str]) -> dict[str, bool]:
    """Folder → whether sources lie in it or below."""
    found: dict[str, bool] = {}
    for file in files:
        source = file.endswith((".py", ".js", ".ts", ".go", ".java"))
        folder = file.rpartition("/")[0]
        while folder and not (folder in found and found[folder] >= source):
            found[folder] = source or found.get(folder, False)
            folder = folder.rpartition("/")[0]
    return found
