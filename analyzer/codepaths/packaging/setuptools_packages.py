"""What setuptools puts into a distribution: packages by list or by search, and data files.

https://setuptools.pypa.io/en/latest/userguide/package_discovery.html and …/datafiles.html
"""

from __future__ import annotations

import ast
import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analyzer.codepaths.packaging.manifest import glob, manifest_verdict
from analyzer.codepaths.packaging.project import Project, keyword, literal, table, texts

_MODULES = (".py", ".pyi", ".so", ".pyd")
_NEVER_FOUND = frozenset(
    (
        "ci",
        "bin",
        "debian",
        "doc",
        "docs",
        "documentation",
        "manpages",
        "news",
        "newsfragments",
        "changelog",
        "test",
        "tests",
        "unit_test",
        "unit_tests",
        "example",
        "examples",
        "scripts",
        "tools",
        "util",
        "utils",
        "python",
        "build",
        "benchmark",
        "benchmarks",
        "exercise",
        "exercises",
        "htmlcov",
        "tasks",
    )
)
"""top-level folders that the automatic search of a flat layout leaves out"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A file that a package does not get, and the line of the project's settings that decides it."""

    file: str
    line: int
    pattern: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """How packages are found."""

    file: str
    listed: tuple[str, ...] | None = None
    """packages by name; None where they are searched for"""
    where: str = ""
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    namespaces: bool = False
    automatic: bool = False
    modules: tuple[str, ...] = ()
    data: Mapping[str, Sequence[str]] = field(default_factory=dict)
    manifest: bool = False
    """data files that MANIFEST.in names are taken too"""


def left_out_by_setuptools(project: Project, path: str) -> LeftOut | None:
    """Why a file is not in the distribution; None where it is, or where that cannot be told without running code."""
    search = _from_pyproject(project) or _from_cfg(project) or _from_setup(project)
    if search is None:
        return None
    where = f"{search.where.strip('/.')}/" if search.where.strip("/.") else ""
    if not path.startswith(where):
        return _out(project, search, f'"{search.where}"', f"packages are searched below {search.where}, not here")
    parts = path[len(where) :].split("/")
    package = ".".join(parts[:-1])
    if not package:
        return _module_left_out(project, search, parts[-1])
    out = _package_left_out(project, search, where, package)
    if out is None and not path.endswith(_MODULES):
        return _data_left_out(project, search, where, path, package)
    return out


def _package_left_out(project: Project, search: _Search, where: str, package: str) -> LeftOut | None:
    if search.listed is not None:
        if package in search.listed:
            return None
        return _out(project, search, "packages", f"`packages` lists each package, and {package} is not among them")
    for pattern in search.exclude:
        if fnmatch.fnmatchcase(package, pattern):
            return _out(project, search, f'"{pattern}"', f"the exclusion `{pattern}` leaves {package} out", pattern)
    if not any(fnmatch.fnmatchcase(package, pattern) for pattern in search.include):
        said = ", ".join(f"`{p}`" for p in search.include[:4])
        return _out(project, search, "include", f"only {said} are taken, and {package} is none of them")
    parts = package.split(".")
    if search.automatic and not where and parts[0] in _NEVER_FOUND:
        text = f"the automatic search of setuptools takes no top-level folder that is called {parts[0]}"
        return _out(project, search, "[project]", text)
    if not search.namespaces:
        for depth in range(1, len(parts) + 1):
            folder = where + "/".join(parts[:depth])
            if f"{folder}/__init__.py" not in project.files:
                text = f"packages are searched by their __init__.py, and {project.folder}{folder} has none"
                return _out(project, search, "find", text)
    return None


def _module_left_out(project: Project, search: _Search, name: str) -> LeftOut | None:
    stem, _, suffix = name.rpartition(".")
    if suffix != "py" or stem in search.modules or search.automatic:
        return None
    text = f"{name} lies in no package, and `py_modules` does not name it"
    return _out(project, search, "py-modules", text)


def _data_left_out(project: Project, search: _Search, where: str, path: str, package: str) -> LeftOut | None:
    parts = package.split(".")
    for depth in range(len(parts), 0, -1):
        holder, below = ".".join(parts[:depth]), path[len(where) :].split("/", depth)[-1]
        patterns = [p for key in (holder, "*", "") for p in search.data.get(key, ())]
        if any(glob(pattern, below) for pattern in patterns):
            return None
    requires = texts(table(project.pyproject, "build-system").get("requires"))
    if search.manifest:
        if any(r.startswith(("setuptools-scm", "setuptools_scm")) for r in requires):
            return None
        verdict = manifest_verdict(project.texts.get("MANIFEST.in", ""), path)
        if verdict is not None and verdict.included:
            return None
        if verdict is not None:
            text = "MANIFEST.in takes it out of the distribution"
            return LeftOut(file=f"{project.folder}MANIFEST.in", line=verdict.line, pattern="", sentence=text)
    text = "it is no module, and neither `package_data` nor MANIFEST.in names it"
    return _out(project, search, "package-data", text)


def _out(project: Project, search: _Search, wanted: str, sentence: str, pattern: str = "") -> LeftOut:
    near = (wanted, wanted.replace('"', "'"), wanted.strip('"'), wanted.replace("-", "_"), "packages", "[tool.setup")
    line = project.line(search.file, *near, "setup(")
    return LeftOut(file=project.folder + search.file, line=line, pattern=pattern, sentence=sentence)


def _from_pyproject(project: Project) -> _Search | None:
    tool = project.tool("setuptools")
    if not tool and ("project" not in project.pyproject or {"setup.py", "setup.cfg"} & project.texts.keys()):
        return None
    packages = tool.get("packages")
    find = table(tool, "packages", "find")
    listed = tuple(texts(packages)) if isinstance(packages, list) else None
    automatic = packages is None
    in_src = automatic and any(f.startswith("src/") for f in project.files)
    data = table(tool, "package-data")
    return _Search(
        file="pyproject.toml",
        listed=listed,
        where="src" if in_src else (texts(find.get("where")) or [str(table(tool, "package-dir").get("", ""))])[0],
        include=tuple(texts(find.get("include"))) or ("*",),
        exclude=tuple(texts(find.get("exclude"))),
        namespaces=bool(find.get("namespaces", True)),
        automatic=automatic and not in_src,
        modules=tuple(texts(tool.get("py-modules"))),
        data={str(key): texts(value) for key, value in data.items()},
        manifest=bool(tool.get("include-package-data", True)),
    )


def _from_cfg(project: Project) -> _Search | None:
    options = project.setup_cfg.get("options", {})
    packages = options.get("packages", "").strip()
    if not packages:
        return None
    find = project.setup_cfg.get("options.packages.find", {})
    searched = packages.startswith("find")
    data = project.setup_cfg.get("options.package_data", {})
    return _Search(
        file="setup.cfg",
        listed=None if searched else tuple(_lines(packages)),
        where=find.get("where", "").strip(),
        include=tuple(_lines(find.get("include", ""))) or ("*",),
        exclude=tuple(_lines(find.get("exclude", ""))),
        namespaces=packages.startswith("find_namespace"),
        modules=tuple(_lines(options.get("py_modules", ""))),
        data={key: _lines(value) for key, value in data.items()},
        manifest=options.get("include_package_data", "").strip().lower() in ("true", "1", "yes"),
    )


def _from_setup(project: Project) -> _Search | None:
    call = project.setup_call
    packages = keyword(call, "packages")
    if packages is None:
        return None
    listed: tuple[str, ...] | None = None
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    where, namespaces = "", False
    if isinstance(packages, ast.Call):
        name = ast.unparse(packages.func).rpartition(".")[2]
        if name not in ("find_packages", "find_namespace_packages", "find"):
            return None
        namespaces = "namespace" in name
        given: dict[str, ast.expr] = dict(zip(("where", "exclude", "include"), packages.args, strict=False))
        given |= {k.arg: k.value for k in packages.keywords if k.arg}
        where = str(literal(given.get("where")) or "")
        include = tuple(texts(literal(given.get("include")))) or ("*",)
        exclude = tuple(texts(literal(given.get("exclude"))))
    else:
        value = literal(packages)
        if not isinstance(value, list | tuple):
            return None
        listed = tuple(texts(value))
        where = str((literal(keyword(call, "package_dir")) or {}).get("", ""))
    data = literal(keyword(call, "package_data"))
    return _Search(
        file="setup.py",
        listed=listed,
        where=where,
        include=include,
        exclude=exclude,
        namespaces=namespaces,
        modules=tuple(texts(literal(keyword(call, "py_modules")))),
        data={str(k): texts(v) for k, v in data.items()} if isinstance(data, dict) else {},
        manifest=bool(literal(keyword(call, "include_package_data"))),
    )


def _lines(text: str) -> list[str]:
    return [part.strip() for line in text.split("\n") for part in line.split(",") if part.strip()]
