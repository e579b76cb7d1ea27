"""What a Python project's own settings leave out of its distribution: setuptools, hatch, poetry.

Hatch: https://hatch.pypa.io/latest/config/build/, poetry: https://python-poetry.org/docs/pyproject/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from analyzer.codepaths.packaging.docker_ignore import docker_ignored, read_docker_ignore
from analyzer.codepaths.packaging.git_ignore import Ignored, ignored, read_ignore_file
from analyzer.codepaths.packaging.project import Project, texts
from analyzer.codepaths.packaging.setuptools_packages import LeftOut, left_out_by_setuptools


def left_out(
    project: Project, path: str, *, ignored_by_git: Callable[[str], Ignored | None] = lambda _: None
) -> LeftOut | None:
    """Why a file of a project is not in what is installed; None where it is, or where its tool is not known.

    `path` is relative to the project's folder. `ignored_by_git` counts for hatch, which leaves such files out even
    where they are committed.
    """
    if project.backend == "hatch":
        return _by_hatch(project, path, ignored_by_git)
    if project.backend == "poetry":
        return _by_poetry(project, path)
    return left_out_by_setuptools(project, path) if project.backend == "setuptools" else None


def _by_hatch(project: Project, path: str, ignored_by_git: Callable[[str], Ignored | None]) -> LeftOut | None:
    build, wheel = project.tool("hatch", "build"), project.tool("hatch", "build", "targets", "wheel")
    forced = [*_keys(build.get("force-include")), *_keys(wheel.get("force-include"))]
    if any(path == f or path.startswith(f"{f.rstrip('/')}/") for f in forced):
        return None
    for pattern in _either(wheel, build, "exclude"):
        if ignored(path, {"": read_ignore_file(pattern, "")}):
            return _out(project, pattern, f"the exclusion `{pattern}` leaves it out")
    artifacts = _either(wheel, build, "artifacts")
    if not wheel.get("ignore-vcs", build.get("ignore-vcs", False)) and not _any(artifacts, path):
        found = ignored_by_git(path)
        if found is not None:
            rule = found.rule
            text = f"hatch leaves out what git ignores, and `{rule.pattern}` of {rule.file} names {found.named}"
            return LeftOut(file=rule.file, line=rule.line, pattern=rule.pattern, sentence=text)
    packages = [*_either(wheel, build, "packages"), *_either(wheel, build, "only-include")]
    included = _either(wheel, build, "include")
    if packages or included:
        if any(path == p or path.startswith(f"{p.strip('/')}/") for p in packages) or _any(included, path):
            return None
        return _out(project, "packages" if packages else "include", "the wheel takes only what is listed here")
    return _not_the_package(project, path, "[project]")


def _by_poetry(project: Project, path: str) -> LeftOut | None:
    poetry = project.tool("poetry")
    for entry in _entries(poetry.get("exclude"), "path"):
        if docker_ignored(path, read_docker_ignore(entry["path"], "")):
            return _out(project, entry["path"], f"the exclusion `{entry['path']}` leaves it out")
    packages = _entries(poetry.get("packages"), "include")
    included = [e["path"] for e in _entries(poetry.get("include"), "path")]
    if any(docker_ignored(path, read_docker_ignore(pattern, "")) for pattern in included):
        return None
    if not packages:
        return _not_the_package(project, path, "[tool.poetry]")
    for entry in packages:
        pattern = "/".join(part.strip("/") for part in (entry.get("from", ""), entry["include"]) if part.strip("/"))
        if docker_ignored(path, read_docker_ignore(pattern, "")):
            return None
    return _out(project, "packages", "only the packages that are listed here are taken")


def _not_the_package(project: Project, path: str, section: str) -> LeftOut | None:
    """Without any setting the one package is taken that is called like the project."""
    name = project.name
    if not name or path.startswith((f"{name}/", f"src/{name}/")) or path == f"{name}.py":
        return None
    if not any(f.startswith((f"{name}/", f"src/{name}/")) for f in project.files):
        return None  # it is called otherwise, which we do not follow
    return _out(project, section, f"nothing but the package {name} is taken where no other is listed")


def _out(project: Project, wanted: str, sentence: str) -> LeftOut:
    pattern = wanted if "exclusion" in sentence else ""
    line = project.line("pyproject.toml", f'"{wanted}"', f"'{wanted}'", wanted)
    return LeftOut(file=f"{project.folder}pyproject.toml", line=line, pattern=pattern, sentence=sentence)


def _either(first: Mapping[str, Any], second: Mapping[str, Any], name: str) -> list[str]:
    return texts(first.get(name)) or texts(second.get(name))


def _any(patterns: Sequence[str], path: str) -> bool:
    return bool(patterns) and ignored(path, {"": read_ignore_file("\n".join(patterns), "")}) is not None


def _keys(value: object) -> list[str]:
    return [str(key) for key in value] if isinstance(value, Mapping) else []


def _entries(value: object, key: str) -> list[dict[str, str]]:
    """Entries that are texts, or tables with this key."""
    found = []
    for entry in value if isinstance(value, list) else ():
        if isinstance(entry, str):
            found.append({key: entry})
        elif isinstance(entry, Mapping) and isinstance(entry.get(key), str):
            found.append({str(k): v for k, v in entry.items() if isinstance(v, str)})
    return found
