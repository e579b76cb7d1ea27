"""A made-up report as large as a bad day: many clusters with long traces and code, many tests, many causes."""

from __future__ import annotations

import random
from typing import Any

from analyzer.model import (
    Cause,
    ChainLink,
    Change,
    Cluster,
    CodePath,
    CycleInfo,
    Deploys,
    EventKind,
    Evidence,
    ExcerptLine,
    Exemplar,
    Facet,
    Ledger,
    LookAlike,
    Report,
    Role,
    Severity,
    SuspectCommit,
    TestResult,
    TestRun,
    TestStatus,
)
from analyzer.model.report import Action

START_NS = 1_772_445_600_000_000_000
SECOND_NS = 1_000_000_000
COMMIT = "c7f3a1e0b95d4c2288e6410fd7a9b3e5561f0a4d"

_WORDS = (
    *("order", "receipt", "oven", "till", "flour", "price", "batch", "shelf", "label", "timer", "recipe", "delivery"),
    *(
        "customer",
        "basket",
        "voucher",
        "stock",
        "crate",
        "scale",
        "printer",
        "window",
        "counter",
        "invoice",
        "supplier",
    ),
    *("allergen", "tray", "rack", "mixer", "dough", "yeast", "sugar", "butter", "salt"),
)
_SERVICES = ("orders", "ovens", "shop", "labels", "stock")


def made_large_report(*, clusters: int = 1_000, tests: int = 300, causes: int = 50, seed: int = 7) -> dict[str, Any]:
    """The report JSON, the same for the same numbers: three exemplars a cluster, two code paths with excerpts."""
    dice = random.Random(seed)
    found = tuple(_cluster(dice, number) for number in range(clusters))
    results = tuple(_result(dice, number, found) for number in range(tests))
    passed = sum(result.status is TestStatus.PASSED for result in results)
    printed = sum(cluster.count for cluster in found)
    entries = sum(cluster.entries for cluster in found)
    return Report(
        cycle=CycleInfo(
            name="2", from_ns=START_NS, to_ns=START_NS + 3600 * SECOND_NS, services=_SERVICES, baseline="1"
        ),
        ledger=Ledger(
            entries=entries, error_entries=entries, error_events=printed, clustered=printed, covered_from_ns=START_NS
        ),
        tests=TestRun(
            total=tests,
            passed=passed,
            failed=tests - passed,
            pass_rate=passed / tests if tests else None,
            pass_rate_interval=(0.8, 0.9) if tests else None,
            results=results,
        ),
        clusters=found,
        causes=tuple(_cause(dice, rank, found) for rank in range(1, causes + 1)),
        deploys=Deploys(head=COMMIT),
        actions=tuple(
            Action(priority=n, text=f"Look at {_sentence(dice, 6)}", command=f"git show {COMMIT} | sed -n '{n},{n}p'")
            for n in range(1, 11)
        ),
    ).to_dict()


def _cluster(dice: random.Random, number: int) -> Cluster:
    core = f"{_sentence(dice, 5)} {number} did not {_sentence(dice, 4)}"
    service = dice.choice(_SERVICES)
    count = dice.randrange(1, 400)
    first = START_NS + dice.randrange(3000) * SECOND_NS
    entry_ids = [f"{dice.getrandbits(80):020x}" for _ in range(6)]
    return Cluster(
        fingerprint=f"s2:{dice.getrandbits(64):016x}",
        title=f"Could not close the {_sentence(dice, 2)}: {core}",
        template=f"Could not close the <*>: {core}",
        exception_type="bakery.errors.OvenError",
        exception_message=core,
        core=core,
        wrappers=("Could not close the <*>: ",),
        severity=dice.choice((Severity.ERROR, Severity.ERROR, Severity.CRITICAL, Severity.WARNING)),
        kind=EventKind.APPLICATION,
        count=count,
        entries=2 * count,
        first_seen_ns=first,
        last_seen_ns=first + dice.randrange(600) * SECOND_NS,
        services=(service,),
        revisions=(f"{service}-00042-kip",),
        change=dice.choice(tuple(Change)),
        facets=(Facet(slot=0, values=tuple((f"{dice.choice(_WORDS)}-{n}", n + 1) for n in range(5)), others=12),),
        exemplars=tuple(
            Exemplar(
                entry_ids=tuple(entry_ids[2 * n : 2 * n + 2]),
                message=_trace(dice, core),
                roles={entry_ids[2 * n]: "raise", entry_ids[2 * n + 1]: "wrap"},
            )
            for n in range(3)
        ),
        code_paths=(_path(dice, Role.EMIT), _path(dice, Role.RAISE)),
    )


def _sentence(dice: random.Random, words: int) -> str:
    return " ".join(dice.choice(_WORDS) for _ in range(words))


def _trace(dice: random.Random, core: str) -> str:
    """A Python trace of about 2,500 characters."""
    frames = [
        f'  File "/srv/app/bakery/{dice.choice(_WORDS)}/{dice.choice(_WORDS)}.py", line {dice.randrange(1, 900)}, in '
        f"{dice.choice(_WORDS)}_{dice.choice(_WORDS)}\n    return self.{dice.choice(_WORDS)}({_sentence(dice, 3)!r})"
        for _ in range(18)
    ]
    return "\n".join(["Traceback (most recent call last):", *frames, f"bakery.errors.OvenError: {core}"])


def _path(dice: random.Random, role: Role) -> CodePath:
    line = dice.randrange(10, 900)
    lines = tuple(
        ExcerptLine(line=n, text=f"        {dice.choice(_WORDS)} = self.{_sentence(dice, 1)}({_sentence(dice, 2)!r})"
                    , marked=n == line)
        for n in range(line - 3, line + 4)
    )  # fmt: skip
    return CodePath(
        file=f"bakery/{dice.choice(_WORDS)}/{dice.choice(_WORDS)}.py",
        line=line,
        end_line=line,
        function=f"{dice.choice(_WORDS).title()}.{dice.choice(_WORDS)}",
        commit=COMMIT,
        role=role,
        confidence=round(dice.random(), 3),
        evidence=(f"the only statement that prints {_sentence(dice, 3)}", f"line {line} reads as the trace printed it"),
        excerpt=lines,
        owner="@till-team",
    )


def _cause(dice: random.Random, rank: int, clusters: tuple[Cluster, ...]) -> Cause:
    root, symptom = (dice.choice(clusters) for _ in range(2))
    return Cause(
        rank=rank,
        fingerprints=(root.fingerprint, symptom.fingerprint),
        summary=f"{root.core}, from {_sentence(dice, 2)}",
        kind="code",
        code_paths=(_path(dice, Role.CAUSE), _path(dice, Role.RAISE), _path(dice, Role.FRAME)),
        siblings=(_path(dice, Role.SIBLING),),
        look_alikes=(LookAlike(file="bakery/cards.py", line=14, why_not="passes default=str"),),
        suspect_commits=(SuspectCommit(commit=COMMIT, author_time="2026-03-01T17:12:00Z", why="changed the line"),),
        chain=(
            ChainLink(fingerprint=symptom.fingerprint, role="symptom", evidence="the same trace"),
            ChainLink(fingerprint=root.fingerprint, role="root", evidence="nothing that is visible lies behind it"),
        ),
        evidence=tuple(
            Evidence(text=_sentence(dice, 8), entry_ids=root.exemplars[0].entry_ids, file="bakery/cards.py", line=14)
            for _ in range(3)
        ),
        would_confirm=f"a test that closes a {_sentence(dice, 2)}",
        confidence=round(0.9 / rank, 3),
    )


def _result(dice: random.Random, number: int, clusters: tuple[Cluster, ...]) -> TestResult:
    failed = dice.random() < 0.15
    return TestResult(
        test=f"tests.e2e.test_{dice.choice(_WORDS)}::test_{dice.choice(_WORDS)}_{dice.choice(_WORDS)}[{number}]",
        status=TestStatus.FAILED if failed else TestStatus.PASSED,
        seconds=round(dice.random() * 3, 2),
        message=f"AssertionError: {_sentence(dice, 6)}\n{_trace(dice, 'x')}" if failed else None,
        clusters=(dice.choice(clusters).fingerprint,) if failed and clusters else (),
    )
