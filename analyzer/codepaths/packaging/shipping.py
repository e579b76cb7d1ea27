"""Who leaves a file of the tree out of what is deployed: an ignore file, a Dockerfile, a package's settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property, partial

from analyzer.codepaths.packaging.builds import Build, read_builds
from analyzer.codepaths.packaging.docker_ignore import docker_ignored, read_docker_ignore
from analyzer.codepaths.packaging.git_ignore import Ignored, IgnoreRule, ignored, read_ignore_file
from analyzer.codepaths.packaging.images import Delivery
from analyzer.codepaths.packaging.project import PROJECT_FILES, Project, read_project
from analyzer.codepaths.packaging.python_packages import left_out

_DEFAULT_GCLOUDIGNORE = "#!include:.gitignore"
"""what gcloud does where there is no `.gcloudignore`"""
_CLOUD_BUILD = re.compile(r"(?:^|/)[\w.-]*cloudbuild[\w.-]*\.(?:ya?ml|json)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """A line that leaves a file out."""

    tool: str
    """docker, gcloud, setuptools, hatch or poetry"""
    file: str
    line: int
    end_line: int
    pattern: str
    """as written; empty where the line is no pattern"""
    sentences: tuple[str, ...]
    proved: bool
    """a build of the tree is shown to hold the importing file and not this one, and none holds both"""
    builds: tuple[str, ...] = ()
    """the Dockerfiles that it counts for"""
    overruled: bool = False
    """another line brings the file back by the tool's own rules"""


class Shipping:
    """The packaging of one tree. `read` gives the text of a file of it; nothing else is ever opened."""

    def __init__(self, files: AbstractSet[str], read: Callable[[str], str]) -> None:
        self._files = files
        self._read = read
        self._projects: dict[str, Project] = {}
        self._held: dict[tuple[str, str], Delivery] = {}

    @cached_property
    def builds(self) -> tuple[Build, ...]:
        """The image builds of the tree."""
        return read_builds(self._files, self._read)

    def exclusions(self, path: str, beside: str | None = None, *, wanted_as: str = "") -> list[Exclusion]:
        """The lines that leave a file out, those that are proved first.

        `beside` is the file that needs it and is known to run: a build that does not hold that one is not the one
        that was deployed. `wanted_as` is how the path has to end in an image to be of use.
        """
        found = [*self._by_docker(path, beside, wanted_as), *self._by_packages(path, beside)]
        found.extend(self._by_gcloud(path, beside, proved=not self.builds and not found))
        return sorted(found or self._overruled(path, beside), key=lambda e: not e.proved)

    def ignored_by_git(self, path: str) -> Ignored | None:
        """The line of a `.gitignore` that names a file, whether or not it is committed."""
        return ignored(path, self._git_rules)

    def named_too(self, exclusion: Exclusion, path: str) -> list[str]:
        """Other folders and files of the tree that the same line of an ignore file names, the outermost of each way."""
        if exclusion.tool == "docker":
            build = next((b for b in self.builds if b.dockerfile in exclusion.builds), None)
            rules = [r for r in build.rules if r.line == exclusion.line] if build else []
            root, names = (build.context if build else ""), [(r.needed, r.names) for r in rules]
        else:
            same = [r for r in self._gcloud_rules[""] if (r.file, r.line) == (exclusion.file, exclusion.line)]
            root, names = "", [(r.needed, partial(_names, r, self._folders)) for r in same]
        found: set[str] = set()
        for needed, names_it in names:
            for place in self._folders_and_files:
                if needed in place and place.startswith(root) and names_it(place[len(root) :]):
                    found.add(place)
        found = {f for f in found if f != path and not path.startswith(f"{f}/")}
        return sorted((f for f in found if not _above(f) & found), key=lambda f: (f.count("/"), f))

    def _by_docker(self, path: str, beside: str | None, wanted_as: str) -> list[Exclusion]:
        if not self.builds:
            return self._without_dockerfile(path, beside)
        running = [b for b in self.builds if beside is None or self._holds(b, beside).there]
        running = [b for b in running if not b.aside] or running
        lacking = [b for b in running if not _usable(self._holds(b, path), wanted_as)]
        proved = beside is not None and bool(lacking) and len(lacking) == len(running)
        found: dict[tuple[str, int], Exclusion] = {}
        for build in lacking:
            one = self._of_build(build, path, beside, proved)
            if one is None:
                continue
            known = found.get((one.file, one.line))
            builds = (*(known.builds if known else ()), build.dockerfile)
            found[one.file, one.line] = replace(known or one, builds=builds)
        return list(found.values())

    def _without_dockerfile(self, path: str, beside: str | None) -> list[Exclusion]:
        """An ignore file at the root counts for builds that the tree does not hold."""
        if ".dockerignore" not in self._files:
            return []
        rules = read_docker_ignore(self._read(".dockerignore"), ".dockerignore")
        found = docker_ignored(path, rules)
        if found is None or (beside is not None and docker_ignored(beside, rules)):
            return []
        rule = found.rule
        sentences = (
            f"`{rule.pattern}` keeps {found.named} out of the context of a build from the root",
            "no Dockerfile is in the tree, so it cannot be told what is built",
        )
        return [
            Exclusion(
                tool="docker",
                file=rule.file,
                line=rule.line,
                end_line=rule.line,
                pattern=rule.pattern,
                sentences=sentences,
                proved=False,
            )
        ]

    def _overruled(self, path: str, beside: str | None) -> list[Exclusion]:
        """Lines that would leave a file out, were it not for a later one that brings back a folder around it."""
        found: dict[tuple[str, int], Exclusion] = {}
        for build in self.builds:
            pair = build.overruled(path) if not build.aside and self._holds(build, beside or path).there else None
            if pair is not None:
                rule, back = pair[0].rule, pair[1]
                known = found.get((rule.file, rule.line))
                sentences = (
                    f"`{rule.pattern}` names {build.context}{pair[0].named}",
                    f"`{back.pattern}` in line {back.line} brings it back where the last line that matches decides,"
                    " as in Docker, and does not where the file is read by git's rules",
                )
                found[rule.file, rule.line] = Exclusion(
                    tool="docker",
                    file=rule.file,
                    line=rule.line,
                    end_line=rule.line,
                    pattern=rule.pattern,
                    sentences=sentences,
                    proved=False,
                    builds=(*(known.builds if known else ()), build.dockerfile),
                    overruled=True,
                )
        return list(found.values())

    def _of_build(self, build: Build, path: str, beside: str | None, proved: bool) -> Exclusion | None:
        rest = f"{build.dockerfile} puts {beside} into its image" if beside else ""
        kept_out = build.ignored(path)
        if kept_out is not None:
            delivery = build.holds(path, whatever_is_ignored=True)
            if not delivery.there:
                return None  # it would not be copied anyway
            rule = kept_out.rule
            sentences = [f"`{rule.pattern}` keeps {build.context}{kept_out.named} out of the build's context"]
            sentences.append(rest or f"{build.dockerfile} would copy it otherwise")
            return Exclusion(
                tool="docker",
                file=rule.file,
                line=rule.line,
                end_line=rule.line,
                pattern=rule.pattern,
                sentences=tuple(sentences),
                proved=proved,
            )
        delivery = self._holds(build, path)
        copies = build.copies(path) or (build.copies(beside) if beside else [])
        if not copies:
            return None
        if delivery.removed is not None:
            line, text = delivery.removed, f"this `RUN` deletes {path} again"
            end = line
        elif delivery.places:
            line, end = copies[-1].line, copies[-1].end_line
            text = f"{path} comes into the image as {delivery.places[0]}, which does not end like its import"
        elif build.copies(path):
            line, end, text = copies[0].line, copies[0].end_line, f"{path} is copied into an earlier stage only"
        else:
            line, end, text = copies[0].line, copies[0].end_line, f"no `COPY` of {build.dockerfile} takes {path}"
        sentences = [text] + ([rest] if rest else [])
        unclear = delivery.unclear or self._holds(build, beside).unclear if beside else delivery.unclear
        if unclear:
            sentences.append(f"line {unclear[0]} may bring it in a way that is not followed")
        return Exclusion(
            tool="docker",
            file=build.dockerfile,
            line=line,
            end_line=end,
            pattern="",
            sentences=tuple(sentences),
            proved=proved and not unclear,
        )

    def _by_gcloud(self, path: str, beside: str | None, *, proved: bool) -> list[Exclusion]:
        if ".gcloudignore" not in self._files and not any(_CLOUD_BUILD.search(f) for f in self._files):
            return []
        found = ignored(path, self._gcloud_rules)
        if found is None or (beside is not None and ignored(beside, self._gcloud_rules)):
            return []
        rule = found.rule
        sentences = [f"`{rule.pattern}` keeps {found.named} out of what gcloud uploads"]
        if rule.file != ".gcloudignore":
            why = "includes it" if ".gcloudignore" in self._files else "is not there"
            sentences.append(f"{rule.file} counts there because .gcloudignore {why}")
        if not proved:
            sentences.append("it counts where gcloud submits the build, which the tree does not tell")
        return [
            Exclusion(
                tool="gcloud",
                file=rule.file,
                line=rule.line,
                end_line=rule.line,
                pattern=rule.pattern,
                sentences=tuple(sentences),
                proved=proved and beside is not None,
            )
        ]

    def _by_packages(self, path: str, beside: str | None) -> list[Exclusion]:
        """Only where the project is installed as a package: by a Dockerfile, or for want of any."""
        installing = [b for b in self.builds if self._holds(b, path).installed and not b.aside]
        in_place = [b for b in self.builds if self._holds(b, path).places and not b.aside]
        if self.builds and (not installing or in_place):
            return []
        project = self._project_of(path)
        if project is None or (beside is not None and not beside.startswith(project.folder)):
            return []
        below = path[len(project.folder) :]
        out = left_out(project, below, ignored_by_git=lambda p: self.ignored_by_git(project.folder + p))
        if out is None:
            return []
        if beside is not None and left_out(project, beside[len(project.folder) :]) is not None:
            return []
        how = (
            f"{installing[0].dockerfile} installs the project"
            if installing
            else "it counts where the package is installed"
        )
        return [
            Exclusion(
                tool=project.backend,
                file=out.file,
                line=out.line,
                end_line=out.line,
                pattern=out.pattern,
                sentences=(out.sentence, how),
                proved=bool(installing) and beside is not None,
                builds=tuple(b.dockerfile for b in installing),
            )
        ]

    def _holds(self, build: Build, path: str) -> Delivery:
        key = (build.dockerfile, path)
        if key not in self._held:
            self._held[key] = build.holds(path)
        return self._held[key]

    def _project_of(self, path: str) -> Project | None:
        """The innermost project around a file."""
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            base = f"{folder}/" if folder else ""
            if any(base + name in self._files for name in PROJECT_FILES):
                if base not in self._projects:
                    inside = {f[len(base) :] for f in self._files if f.startswith(base)}
                    self._projects[base] = read_project(base, inside, self._read)
                return self._projects[base]
        return None

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(folder for file in self._files for folder in _above(file))

    @cached_property
    def _folders_and_files(self) -> tuple[str, ...]:
        return (*sorted(self._folders), *sorted(self._files))

    @cached_property
    def _gcloud_rules(self) -> Mapping[str, tuple[IgnoreRule, ...]]:
        include = {name: name for name in self._files if "/" not in name}
        text = self._read(".gcloudignore") if ".gcloudignore" in self._files else _DEFAULT_GCLOUDIGNORE
        return {
            "": read_ignore_file(
                text, ".gcloudignore", include=lambda name: self._read(name) if name in include else None
            )
        }

    @cached_property
    def _git_rules(self) -> Mapping[str, tuple[IgnoreRule, ...]]:
        found = {}
        for file in sorted(f for f in self._files if f.rpartition("/")[2] == ".gitignore"):
            base = file[: -len(".gitignore")]
            found[base] = read_ignore_file(self._read(file), file, base)
        return found


def _usable(delivery: Delivery, wanted_as: str) -> bool:
    return delivery.installed or any(
        f"{place}/".endswith(f"/{wanted_as}/") or not wanted_as for place in delivery.places
    )


def _names(rule: IgnoreRule, folders: AbstractSet[str], path: str) -> bool:
    return rule.names(path, path in folders)


def _above(path: str) -> set[str]:
    """The folders around a path."""
    parts = path.split("/")
    return {"/".join(parts[:depth]) for depth in range(1, len(parts))}
