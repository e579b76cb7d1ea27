"""Where in an image a file of the context ends up: through copies, stages, deletions and installed packages."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.codepaths.packaging.docker_ignore import read_docker_ignore
from analyzer.codepaths.packaging.dockerfile import Copy, Run, Stage

_PACKAGES = (
    "site-packages",
    "dist-packages",
    "venv",
    "wheel",
    ".whl",
    "/dist",
    "/usr/local",
    "/install",
    "/root/.local",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a stage holds of one file."""

    places: tuple[str, ...] = ()
    """absolute paths in the image"""
    installed: bool = False
    """the project was installed as a package where the file was there"""
    removed: int | None = None
    """line of the `RUN` that deletes it"""
    unclear: tuple[int, ...] = ()
    """lines that may bring files in a way that is not followed"""

    @property
    def there(self) -> bool:
        """Whether the file is in the image as a file, or may be as part of an installed package."""
        return bool(self.places) or self.installed


def deliver(stages: Sequence[Stage], path: str) -> Delivery:
    """What the last stage holds of a file that is in the context; `path` is relative to the context."""
    held: dict[str, Delivery] = {}
    last = Delivery()
    for number, stage in enumerate(stages):
        last = held.get(stage.base.lower(), Delivery())
        for step in stage.steps:
            last = _copied(last, step, path, held) if isinstance(step, Copy) else _ran(last, step)
        held[str(number)] = last
        if stage.name:
            held[stage.name.lower()] = last
    return last


def copied_from(stages: Sequence[Stage], path: str) -> list[Copy]:
    """The instructions that copy a file of the context, in any stage."""
    steps = [step for stage in stages for step in stage.steps]
    return [
        s for s in steps if isinstance(s, Copy) and not s.stage and any(_below(path, x) is not None for x in s.sources)
    ]


def _copied(now: Delivery, copy: Copy, path: str, held: dict[str, Delivery]) -> Delivery:
    if not copy.stage:
        return _with(now, _targets(copy, path))
    other = held.get(copy.stage.lower())
    if other is None:
        return now  # an image from elsewhere
    found = [target for place in other.places for target in _targets(copy, place.lstrip("/"))]
    carries = other.installed and any(mark in source for source in copy.sources for mark in _PACKAGES)
    now = _with(now, found)
    if carries or other.unclear:
        now = Delivery(
            places=now.places,
            installed=now.installed or carries,
            removed=now.removed,
            unclear=(*now.unclear, *other.unclear),
        )
    return now


def _with(now: Delivery, places: Sequence[str]) -> Delivery:
    if not places:
        return now
    return Delivery(places=tuple(dict.fromkeys((*now.places, *places))), installed=now.installed, unclear=now.unclear)


def _ran(now: Delivery, run: Run) -> Delivery:
    places = tuple(p for p in now.places if not any(p == r or p.startswith(f"{r}/") for r in run.removed))
    return Delivery(
        places=places,
        installed=now.installed or (run.installs and bool(now.places)),
        removed=run.line if now.places and not places else now.removed,
        unclear=(*now.unclear, run.line) if run.elsewhere else now.unclear,
    )


def _targets(copy: Copy, path: str) -> list[str]:
    found = []
    for source in copy.sources:
        below = _below(path, source)
        if below is None:
            continue
        if copy.parents:
            found.append(posixpath.join(copy.target, path))
        elif below:
            found.append(posixpath.join(copy.target, below))
        elif copy.target.endswith("/"):
            found.append(copy.target + path.rpartition("/")[2])
        else:
            found.append(copy.target)
    return found


def _below(path: str, source: str) -> str | None:
    """The path from a source on, empty where it is the source itself; None where it is not copied by it."""
    clean = posixpath.normpath(source.lstrip("/") or ".")
    if clean == ".":
        return path
    if not set(clean) & set("*?[\\"):
        if path == clean:
            return ""
        return path[len(clean) + 1 :] if path.startswith(clean + "/") else None
    rules = read_docker_ignore(clean, "")  # the same wildcards
    parts = path.split("/")
    depth = clean.count("/") + 1
    if rules and len(parts) >= depth and rules[0].names("/".join(parts[:depth])):
        return "/".join(parts[depth:])
    return None
