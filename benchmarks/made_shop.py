"""A made-up shop's repository for made timelines: a defect with two sites, and commits that cure it, or do not.

`build_shop(folder, kind)` → commit ids by name. `base` has the defect, `later` changes the read-me after `fix`. What
`fix` is depends on the kind: `right` repairs both sites, `words` only rewords a message, `half` repairs one site;
`picked` is the right fix on another branch, copied to the main one as `copy`; `taken_back` is the right one with its
`revert`; `again` is the right one and a later commit that brings the defect back; `rest_later` is the half one and a
later commit that repairs the `rest`; `useless` changes the line of the defect and repairs nothing.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

FILE = "shop/orders.py"
RAW, CURED = 'order.stage, "total"', 'order.stage.name, "total"'
_PLACING = 'log.debug("placing an order")'

_SOURCE = '''"""Orders: placed and cancelled, each written down as JSON."""

import json
import logging
from enum import Enum

log = logging.getLogger("shop")


class Stage(Enum):
    """Where an order stands."""

    OPEN = 1
    DONE = 2


def place(order):
    """Place an order."""
    log.debug("placing an order")
    try:
        record = {"id": order.id, "stage": order.stage, "total": order.total}
        return json.dumps(record)
    except Exception as error:
        log.error(f"Order could not be placed: {error}")
        raise


def cancel(order):
    """Cancel an order."""
    try:
        record = {"id": order.id, "stage": order.stage, "total": 0}
        return json.dumps(record)
    except Exception as error:
        log.error(f"Order could not be cancelled: {error}")
        raise
'''


def build_shop(folder: Path, kind: str) -> dict[str, str]:
    """A repository in a new folder; the full ids of its commits by name."""
    folder.mkdir(parents=True)
    shop = _Shop(folder)
    shop.git("init", "-q", "-b", "main", "--template=")
    ids = {"base": shop.commit("The shop", {FILE: _SOURCE, "README.md": "A shop.\n"}, at=0)}
    ids["before"] = shop.commit("Read-me: say more", {"README.md": "A shop, made up.\n"}, at=60)
    cured = _SOURCE.replace(RAW, CURED)
    if kind == "picked":
        shop.git("switch", "-q", "-c", "side")
        ids["fix"] = shop.commit("Write the name of the stage", {FILE: cured}, at=600)
        shop.git("switch", "-q", "main")
        shop.commit("Read-me: a note", {"README.md": "A shop, made up, with a note.\n"}, at=610)
        shop.git("cherry-pick", "--allow-empty", ids["fix"], at=620)
        ids["copy"] = shop.head()
    elif kind == "words":
        ids["fix"] = shop.commit(
            "Fix the stage", {FILE: _SOURCE.replace(_PLACING, 'log.debug("placing, stage by name")')}, at=600
        )
    elif kind in ("half", "rest_later"):
        ids["fix"] = shop.commit("Fix the stage", {FILE: _SOURCE.replace(RAW, CURED, 1)}, at=600)
    elif kind == "useless":
        same = _SOURCE.replace(RAW, 'getattr(order, "stage", None), "total"')
        ids["fix"] = shop.commit("Fix the stage", {FILE: same}, at=600)
    else:
        ids["fix"] = shop.commit("Write the name of the stage", {FILE: cured}, at=600)
    if kind == "rest_later":
        ids["rest"] = shop.commit("Write the name of the stage on cancelling too", {FILE: cured}, at=2600)
    if kind == "taken_back":
        shop.git("revert", "--no-edit", ids["fix"], at=640)
        ids["revert"] = shop.head()
    if kind == "again":
        broken = cured.replace(
            '"stage": order.stage.name', '"kind": "order", "stage": getattr(order, "stage", None)', 1
        )
        ids["broken"] = shop.commit("Orders: say what they are", {FILE: broken}, at=2600)
    ids["later"] = shop.commit("Read-me: how to deploy", {"README.md": "A shop, made up. Deployed by hand.\n"}, at=660)
    return ids


class _Shop:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def commit(self, subject: str, files: dict[str, str], *, at: int) -> str:
        for name, text in files.items():
            path = self._folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", subject, at=at)
        return self.head()

    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    def git(self, *arguments: str, at: int = 0) -> str:
        date = f"{1_770_109_200 + at} +0000"  # 2026-02-03T09:00:00Z, where the logs begin
        who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in (
            ("NAME", "Shop Author"), ("EMAIL", "author@example.com"), ("DATE", date))}  # fmt: skip
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        clean |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **who}
        done = subprocess.run(
            ["git", *arguments], cwd=self._folder, env=clean, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()
