"""`verify`: a saved report checked against itself, and against its logs and its repository read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from analyzer.causes import Knowledge
from analyzer.cycles import SIGNIFICANT, compare_rates, mcnemar_exact, total
from analyzer.deploys import read_deploys
from analyzer.events import read_printed
from analyzer.fixes import CELLS, impact_totals, is_about
from analyzer.model import FIX_RULE, Cluster, Ground, Impact, TestRun, format_time
from analyzer.pipeline.cited_code import GitSource
from analyzer.pipeline.clustering import read_clusters
from analyzer.pipeline.earlier import digest_inputs
from analyzer.pipeline.repositories import parse_repositories
from analyzer.redaction import Redactor, build_redactor
from analyzer.reports.verifying import (
    Again,
    Checking,
    Decided,
    Rulebook,
    Verification,
    check_code,
    check_logs,
    check_report,
)
from analyzer.rules import KINDS, load_rules
from analyzer.sources import read_files

NO_LOGS = "counts, clusters and entries against the logs: give them with --logs"
NO_REPOSITORY = "excerpts, lines and commits against the repository: give it with --repo"


def verify(
    report: Mapping[str, Any],
    *,
    logs: Sequence[str] = (),
    repo: Sequence[str] = (),
    rules: Sequence[str] = (),
    salt: str | None = None,
    stdin: BinaryIO | None = None,
    progress: Callable[[str], None] | None = None,
) -> Verification:
    """Whether a report is true, as saved JSON: integrity, sums, citations and sentences by the report alone; with
    `logs` (files, directories, globs, -) counts, clusters and entries; with `repo` (DIR or SERVICE=DIR[:SUBDIR])
    excerpts, lines and commits.

    `rules` and `salt` must be those of the analysis. Raises `AnalyzerError` where logs or a repository cannot be read;
    a report of a wrong form is a false claim.
    """
    own = tuple(Path(folder) for folder in rules)
    redactor = build_redactor(own, salt)
    folders, _ = parse_repositories(repo, ())
    source = GitSource([folder for folder, _ in folders.values()], redactor) if folders else None
    checking = Checking()
    check_report(report, rulebook(report, own), checking)
    if logs:
        check_logs(report, read_again(report, logs, redactor, own, stdin=stdin, progress=progress), checking)
    else:
        checking.skip(NO_LOGS)
    if source is not None:
        check_code(report, source, checking)
    else:
        checking.skip(NO_REPOSITORY)
    return checking.result()


def rulebook(report: Mapping[str, Any], rules: Sequence[Path] = ()) -> Rulebook:
    """The rules that can be cited, and what follows from the report's own parts. Never raises for what is JSON."""
    packs = {rule.id for kind in KINDS for rule in load_rules(kind, rules)}
    return Rulebook(
        rules=frozenset(packs | {ground.value for ground in Ground}),
        cells={
            f"{FIX_RULE}{cell.name}": Decided(
                verdict=cell.verdict.value,
                says=cell.says,
                next_step=cell.next_step,
                effects=cell.when.get("effect"),
            )
            for cell in CELLS
        },
        means=_meanings(rules),
        is_about=lambda text, cluster: is_about(text, Cluster.from_dict(cluster)),
        computed=_computed(report),
    )


def _meanings(rules: Sequence[Path]) -> Callable[[str, str, str | None], str | None]:
    """What the rules of the folder `causes` say of a message; they are read when the first one is asked about."""
    packs = cache(lambda: {rule.id: rule for rule in load_rules("causes", rules)})
    knowledge = cache(lambda: Knowledge(packs().values()))

    def means(rule: str, text: str, exception: str | None) -> str | None:
        # the class may stand in words of the error that the report does not keep apart
        own = packs()[rule].extra.get("exception", ()) if rule in packs() else ()
        for name in (exception, None, *([own] if isinstance(own, str) else own)):
            query = knowledge().explain(text, name)
            if query is not None and query.rule == rule:
                return knowledge().advice(rule, query.names).says
        return None

    return means


def _computed(report: Mapping[str, Any]) -> dict[str, Any]:
    """What can be computed again from tests and areas; nothing of parts that are not of their form: that is told."""
    found: dict[str, Any] = {}
    try:
        if report["tests"] is not None:
            run = total(TestRun.from_dict(report["tests"]).results).to_dict()
            found |= {f"tests/{key}": run[key] for key in ("pass_rate_interval", "groups")}
            if report["tests"]["delta"] is not None:
                moves = [(move["from"], move["to"]) for move in report["tests"]["transitions"]]
                chance = mcnemar_exact(moves.count(("failed", "passed")), moves.count(("passed", "failed")))
                found |= {"tests/delta/p_value": chance, "tests/delta/significant": chance < SIGNIFICANT}
        for number, cluster in enumerate(report["clusters"]):
            if (rate := cluster["rate"]) is not None:
                counts = rate["count"], rate["exposure"], rate["baseline_count"], rate["baseline_exposure"]
                found[f"clusters/{number}/rate/p_value"] = compare_rates(*counts)
        areas = impact_totals(Impact.from_dict(area) for area in report["impact"])
        found["impact_totals"] = [area.to_dict() for area in areas]
    except (KeyError, TypeError, ValueError, AttributeError):
        pass
    return found


def read_again(
    report: Mapping[str, Any],
    logs: Sequence[str],
    redactor: Redactor,
    rules: Sequence[Path] = (),
    *,
    stdin: BinaryIO | None = None,
    progress: Callable[[str], None] | None = None,
) -> Again:
    """The logs through the same stages as in an analysis. Raises `SourceError`."""
    read = read_clusters(
        read_files(list(logs), redactor=redactor, stdin=stdin, progress=progress),
        redactor=redactor,
        rules=rules,
        say=progress or (lambda _: None),
    )
    entries, counts = read.source.entries, read.found.counts
    deploys = read_deploys(entries, options={}, head=None, printed=read_printed(entries)).to_dict()
    return Again(
        ledger=read.ledger.to_dict(),
        clusters=[cluster.to_dict() for cluster in read.clusters],
        exposure=[row.to_dict() for row in read.exposure],
        deploys=deploys,
        window={"from": format_time(counts.from_ns), "to": format_time(counts.to_ns)},
        services=read.services,
        revisions=sorted({entry.revision for entry in entries if entry.revision}),
        inputs=digest_inputs(entries, _run(report)),
        entry_ids=frozenset(entry.entry_id for entry in entries),
    )


def _run(report: Mapping[str, Any]) -> TestRun | None:
    """The report's own test results: the digest of its inputs is over these too."""
    try:
        return TestRun.from_dict(report["tests"]) if report["tests"] else None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
