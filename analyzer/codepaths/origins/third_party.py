"""A module of somebody else that is not installed: whether the tree asks for it, and where."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.packaging.requirements import (
    REMOVED,
    Requirement,
    distributions,
    read_requirements,
    requirement_files,
)
from analyzer.codepaths.packaging.shipping import Shipping
from analyzer.model import Proof

_MAX_FILES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What the requirements of a tree say of a module that is not installed."""

    sentences: tuple[str, ...]
    proof: Proof
    line: tuple[str, int] | None = None
    """(file, line) that asks for it in another setting than the one that ran"""
    reason: str | None = None


def missing_distribution(code: Code, module: str, near: str, shipping: Shipping) -> Missing:
    """Whether a distribution that may hold the module is asked for where the importing file runs."""
    names = distributions(module)
    asked = requirements_of(code, near)
    fitting = [r for r in asked if r.name in names]
    files = sorted({r.file for r in asked})
    top = module.partition(".")[0]
    if top in REMOVED:
        text = f"the standard library has no {top} from Python {REMOVED[top]} on"
        return Missing(sentences=(text,), proof=Proof.CAN_RAISE)
    if not files:
        why = "the tree holds no requirements, so it cannot be told what is to be installed"
        return Missing(sentences=(f"{top} is no module of the tree",), proof=Proof.NAMES, reason=why)
    installed = _installed_by(code, near, shipping, files)
    plain = [r for r in fitting if not r.group and (not installed or r.file in installed)]
    if plain:
        first = plain[0]
        text = f"{first.text} is asked for in {first.file}:{first.line}, so that it should have been installed"
        why = f"{text}: what was installed in the image is not visible here"
        return Missing(sentences=(text,), proof=Proof.NAMES, line=(first.file, first.line), reason=why)
    if fitting:
        first = fitting[0]
        where = f"only in the group {first.group}" if first.group not in ("", "file") else f"only in {first.file}"
        said = [f"{first.name} is asked for {where}, which is not what a deployment installs"]
        if installed and first.file not in installed:
            said = [f"{first.name} is asked for {where}, and the image installs {', '.join(installed)}"]
        return Missing(sentences=tuple(said), proof=Proof.CAN_RAISE, line=(first.file, first.line))
    shown = ", ".join((installed or files)[:4])
    text = f"{names[0]} is not among the requirements of {shown}; another one may bring it along"
    return Missing(sentences=(f"{top} is no module of the tree", text), proof=Proof.CAN_RAISE)


def requirements_of(code: Code, near: str) -> list[Requirement]:
    """What the tree asks for, the files nearest to `near` first; of other services nothing where `near` has its own."""
    files = [f for f in requirement_files(code.tree.files.keys()) if not code.is_test(f)]
    above = [f for f in files if near.startswith(_folder(f))]
    if above:
        files = above
    files.sort(key=lambda f: (-len(_folder(f)), f))
    return [r for file in files[:_MAX_FILES] for r in read_requirements(file, "\n".join(code.lines(file)))]


def _folder(file: str) -> str:
    folder = file.rpartition("/")[0].removesuffix("/requirements")
    folder = "" if folder == "requirements" else folder
    return f"{folder}/" if folder else ""


def _installed_by(code: Code, near: str, shipping: Shipping, files: list[str]) -> list[str]:
    """The requirement files that the Dockerfiles of the image name which holds the importing file."""
    named: set[str] = set()
    for build in shipping.builds:
        if near and not build.aside and build.holds(near).there:
            text = "\n".join(code.lines(build.dockerfile))
            named.update(f for f in files if f.rpartition("/")[2] in text)
    return [f for f in files if f in named]
