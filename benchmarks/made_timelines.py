"""Made-up timelines of a fix: what was deployed when, what it answered, and the verdict that follows from that.

    timeline = make_timeline(seed, folder)      # a repository, log files of two or three cycles, the truth

The truth is computed from the script of what happens, never from the logs: which revision was built from which
commit, what share of its orders fails, how many orders it was asked for. What is enough silence is said by the same
rule of one in twenty as in the product. Eighteen kinds in turn; the seed draws the rest.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

from benchmarks.made_deploys import DeployLog, image_of, revision_of
from benchmarks.made_shop import build_shop

CLAIM = "Object of type Stage is not JSON serializable"
NEXT = "'NoneType' object has no attribute 'strip'"
KINDS = (
    "works", "unasked", "rolled_back", "split", "no_traffic", "refused", "quick_double", "unlabelled", "draining",
    "skewed", "wrong_path", "picked", "taken_back", "half", "again", "uncovered", "rest_later",
    "second_service",
)  # fmt: skip
_SERVICE = "shop"
_PLACE, _CANCEL = "https://shop.example.com/orders", "https://shop.example.com/cancel"
_REPOSITORY = {
    "wrong_path": "words", "picked": "picked", "taken_back": "taken_back", "half": "half", "again": "again",
    "rest_later": "rest_later", "second_service": "useless",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Cycles to analyse one after the other; the verdict on `fix` is asked of the last."""

    seed: int
    kind: str
    repository: Path
    fix: str
    logs: tuple[Path, ...]
    wanted: tuple[str, ...]
    """the verdicts that are right"""
    decidable: bool
    """whether anything but `inconclusive` can be known"""


class _Cycle:
    """One window of logs. Commits are told by the image's tag in the audit log, or by a label of every entry."""

    def __init__(self, drawn: random.Random, start: str, *, told: str, skew_s: float = 0.0) -> None:
        self.log = DeployLog(seed=drawn.getrandbits(32), start=start, audit_skew_s=skew_s)
        self._drawn = drawn
        self._told = told

    def deploy(self, revision: str, commit: str, *, at: float, ready: bool = True, **more: object) -> None:
        tag = commit if self._told == "image" else ""
        self.log.deploy(_SERVICE, at=at, image=image_of(_SERVICE, tag), **more)  # type: ignore[arg-type]
        if ready:
            self.log.ready(_SERVICE, revision, at=at + 20)

    def orders(
        self, revision: str, commit: str, *, begin: float, end: float, count: int, failing: float,
        error: str = CLAIM, url: str = _PLACE,
    ) -> int:  # fmt: skip
        """That many orders, a share of which fails; how many did."""
        failed = 0
        for number in range(count):
            at = begin + (end - begin) * (number + 0.5) / count
            fails = self._drawn.random() < failing or (failing > 0 and number == 0)
            trace = f"{self._drawn.getrandbits(128):032x}"
            labels = {"commit-sha": commit} if self._told == "label" else None
            if fails:
                word = "placed" if url == _PLACE else "cancelled"
                text = f"Order could not be {word}: {error}"
                self.log.line(_SERVICE, revision, text, at=at, severity="ERROR", trace=trace, labels=labels)
            status = 500 if fails else 200
            self.log.request(
                _SERVICE, revision, at=at, status=status, url=url, method="POST", trace=trace, labels=labels
            )
            failed += fails
        return failed

    def bills(self, *, status: int) -> None:
        """Requests to another service, on a route of the same name."""
        for number in range(30):
            self.log.request(
                "billing", revision_of("billing", 3), at=42 + number * 5, status=status, method="POST",
                url="https://billing.example.com/cancel",
            )  # fmt: skip

    def write(self, path: Path) -> Path:
        rows = self.log.entries(shuffled=self._drawn.getrandbits(16))
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path


def make_timeline(seed: int, folder: Path) -> Timeline:
    """The timeline of a seed, written into a new folder."""
    drawn = random.Random(seed)
    kind = KINDS[seed % len(KINDS)]
    ids = build_shop(folder / "repo", _REPOSITORY.get(kind, "right"))
    told = "none" if kind == "unlabelled" else "image" if kind == "quick_double" else drawn.choice(["image", "label"])
    share = drawn.uniform(0.4, 1.0)
    old, new = revision_of(_SERVICE, 7), revision_of(_SERVICE, 8)
    first = _Cycle(drawn, "2026-02-03T09:02:00Z", told=told)
    first.deploy(old, ids["before"], at=0)
    asked = drawn.randint(15, 40)
    failed = first.orders(old, ids["before"], begin=40, end=280, count=asked, failing=share)
    if kind in ("half", "rest_later"):
        first.orders(old, ids["before"], begin=40, end=280, count=15, failing=share, url=_CANCEL)
    elif kind == "second_service":
        first.orders(old, ids["before"], begin=40, end=280, count=2, failing=share, url=_CANCEL)
        first.bills(status=500)
    logs = [first.write(folder / "cycle-1.jsonl")]

    cycle = _Cycle(drawn, "2026-02-03T09:20:00Z", told=told, skew_s=drawn.choice([-50, 50]) if kind == "skewed" else 0)
    run = {"picked": ids.get("copy"), "taken_back": ids.get("revert")}.get(kind) or drawn.choice(
        [ids["fix"], ids["fix" if kind in ("again", "rest_later") else "later"]]
    )
    many = drawn.randint(30, 60)
    enough = (1 - failed / asked) ** many <= 0.05
    wanted: tuple[str, ...] = ("verified",)
    decidable = True
    if kind in ("works", "skewed", "picked", "again"):
        cycle.deploy(new, run, at=0)
        cycle.orders(new, run, begin=40, end=400, count=many, failing=0)
    elif kind == "unasked":
        cycle.deploy(new, run, at=0)
        for number in range(20):
            cycle.log.request(_SERVICE, new, at=40 + number, url="https://shop.example.com/health",
                              labels={"commit-sha": run} if told == "label" else None)  # fmt: skip
        wanted, decidable = ("inconclusive",), False
    elif kind == "rolled_back":
        cycle.deploy(new, run, at=0)
        cycle.orders(new, run, begin=40, end=100, count=10, failing=0)
        cycle.log.shift_traffic(_SERVICE, {old: 100}, at=110)
        cycle.orders(old, ids["before"], begin=120, end=400, count=many, failing=share)
        wanted = ("not_rolled_out", "partially_rolled_out")
    elif kind == "split":
        cycle.deploy(new, run, at=0, traffic={old: 50, "": 50})
        for begin in range(40, 400, 60):
            cycle.orders(new, run, begin=begin, end=begin + 60, count=8, failing=0)
            cycle.orders(old, ids["before"], begin=begin + 1, end=begin + 60, count=8, failing=share)
        wanted = ("partially_rolled_out",)
    elif kind == "no_traffic":
        cycle.deploy(new, run, at=0, traffic={old: 100})
        cycle.orders(old, ids["before"], begin=5, end=400, count=many, failing=share)
        wanted = ("not_rolled_out",)
    elif kind == "refused":
        cycle.deploy(new, run, at=0, ready=False, code=13, message="the image was not found")
        cycle.orders(old, ids["before"], begin=5, end=400, count=many, failing=share)
        wanted = ("not_rolled_out",)
    elif kind == "quick_double":
        cycle.deploy(new, ids["before"], at=0, ready=False)
        cycle.deploy(new, run, at=6)
        cycle.orders(new, run, begin=60, end=400, count=many, failing=0)
        wanted, decidable = ("inconclusive",), False
    elif kind == "unlabelled":
        cycle.deploy(new, run, at=0)
        cycle.orders(new, run, begin=40, end=400, count=many, failing=0)
        wanted, decidable = ("inconclusive",), False
    elif kind == "draining":
        cycle.deploy(new, run, at=0)
        cycle.orders(old, ids["before"], begin=5, end=50, count=6, failing=share)
        cycle.orders(new, run, begin=40, end=400, count=many, failing=0)
    elif kind in ("wrong_path", "taken_back"):
        cycle.deploy(new, run, at=0)
        cycle.orders(new, run, begin=40, end=400, count=many, failing=share)
        wanted = ("wrong_path",) if kind == "wrong_path" else ("not_rolled_out",)
    elif kind in ("half", "rest_later"):
        cycle.deploy(new, run, at=0)
        if kind == "rest_later":  # it drains
            cycle.orders(old, ids["before"], begin=5, end=18, count=3, failing=0)
        cycle.orders(new, run, begin=40, end=400, count=many, failing=0)
        cycle.orders(new, run, begin=40, end=400, count=15, failing=share, url=_CANCEL)
        wanted = ("other_sites_remain",)
    elif kind == "second_service":
        cycle.deploy(new, run, at=0)
        cycle.orders(new, run, begin=40, end=400, count=many, failing=share)
        cycle.bills(status=200)  # what another service cured is no place of this one
        wanted, decidable = ("inconclusive",), False
    elif kind == "uncovered":
        cycle.deploy(new, run, at=0)
        cycle.orders(new, run, begin=40, end=400, count=many, failing=share, error=NEXT)
        wanted = ("unmasked_next",)
    if wanted == ("verified",) and not enough:
        wanted, decidable = ("inconclusive",), False
    logs.append(cycle.write(folder / "cycle-2.jsonl"))
    if kind == "again":
        newest = revision_of(_SERVICE, 9)
        third = _Cycle(drawn, "2026-02-03T09:50:00Z", told=told)
        third.deploy(newest, ids["broken"], at=0)
        third.orders(newest, ids["broken"], begin=40, end=300, count=20, failing=share)
        logs.append(third.write(folder / "cycle-3.jsonl"))
        wanted, decidable = (("regressed",), True) if enough else (("regressed", "inconclusive"), False)
    elif kind == "rest_later":
        newest = revision_of(_SERVICE, 9)
        third = _Cycle(drawn, "2026-02-03T09:50:00Z", told=told)
        third.deploy(newest, ids["rest"], at=0)
        for url in (_PLACE, _CANCEL):
            third.orders(newest, ids["rest"], begin=40, end=400, count=60, failing=0, url=url)
        logs.append(third.write(folder / "cycle-3.jsonl"))
        wanted, decidable = ("inconclusive",), False  # gone, but it was seen to fail: another commit did the rest
    return Timeline(
        seed=seed, kind=kind, repository=folder / "repo", fix=ids["fix"], logs=tuple(logs), wanted=wanted,
        decidable=decidable,
    )  # fmt: skip
