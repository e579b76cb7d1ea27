"""`analyze`: one cycle from log files to a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from analyzer.causes import add_outage_siblings, explain_links, rank_causes
from analyzer.cycles import (
    apply_known,
    compare_clusters,
    compare_tests,
    link_tests,
    read_tests,
    with_signatures,
)
from analyzer.deploys import gather_facts, infer_commits, read_deploys
from analyzer.events import read_events, read_printed
from analyzer.fixes import parse_claim, read_impact, service_resources
from analyzer.model import ErrorEvent, Report
from analyzer.pipeline.clustering import read_clusters
from analyzer.pipeline.concluding import conclude
from analyzer.pipeline.contexts import gather_contexts, gather_occurrences, harmless_before
from analyzer.pipeline.earlier import digest_inputs, open_earlier
from analyzer.pipeline.explain import explain_clusters
from analyzer.pipeline.fixing import Printed, all_claims, judge_fixes, suggest_fixes
from analyzer.pipeline.locate import locate_clusters
from analyzer.pipeline.permalinks import commit_links
from analyzer.pipeline.repositories import Repositories, parse_repositories
from analyzer.pipeline.signing import sign_text
from analyzer.pipeline.summing import busiest, describe_cycle
from analyzer.pipeline.surroundings import Surroundings
from analyzer.pipeline.suspecting import add_suspects
from analyzer.pipeline.tracing import suspect
from analyzer.redaction import Redactor, build_redactor
from analyzer.rules import load_rules
from analyzer.signatures import mask, similarity
from analyzer.sources import Source, decode_entry, read_files

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyzed:
    """A report and the events behind it (which the report's JSON does not hold)."""

    report: Report
    events: tuple[ErrorEvent, ...]
    fingerprints: tuple[str | None, ...]
    """of the cluster of each event, same order"""


def analyze(
    logs: Sequence[str],
    *,
    live: Callable[[Redactor], Source] | None = None,
    repo: Sequence[str] = (),
    revision: Sequence[str] = (),
    tests: Sequence[str] = (),
    baseline: str | None = None,
    history: str | None = None,
    cycle: str = "",
    fixes: Sequence[str] = (),
    impact: str | None = None,
    members: bool = False,
    rules: Sequence[str] = (),
    salt: str | None = None,
    jobs: int = 0,
    cache_dir: str | None = None,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
) -> Analyzed:
    """Read, cluster, locate, compare and explain one cycle. Raises `AnalyzerError`; reads no clock.

    Entries come from `logs`, or from the source that `live` opens with the redactor of this run. `history` is read,
    not written.
    """
    say = progress or (lambda _: None)
    own = tuple(Path(r) for r in rules)
    redactor = build_redactor(own, salt)
    masks, frames = load_rules("masks", own), load_rules("frames", own)
    if own:
        load_rules("causes", own)  # a pack that is not valid is told at once, also where nothing is asked of it

    # everything the options name is opened first, so that a typing error costs no work
    claims = [parse_claim(f) for f in fixes]
    areas = read_impact(Path(impact)) if impact else ()
    before = open_earlier(history, baseline)
    run = read_tests([Path(t) for t in tests], redact=redactor.text) if tests else None
    folders, commits = parse_repositories(repo, revision)
    repositories = Repositories(
        folders=folders,
        revisions=commits,
        redactor=redactor,
        cache_dir=Path(cache_dir) if cache_dir else None,
        jobs=jobs,
        progress=progress,
    )
    repositories.check()
    claims = [replace(c, commit=repositories.full_id(c.commit)) for c in claims]

    say("reading logs")
    source = (
        live(redactor).read(progress)
        if live
        else read_files(list(logs), redactor=redactor, stdin=stdin, progress=progress)
    )
    read = read_clusters(source, redactor=redactor, rules=own, say=say)
    found, services, exposure, ledger = read.found, list(read.services), read.exposure, read.ledger
    earlier, past = before.of(services, found.counts.from_ns)
    print_of_entry = {i: c.fingerprint for c in read.clusters for i in c.members or ()}
    clusters = read.clusters if members else tuple(replace(c, members=None) for c in read.clusters)
    printed = read_printed(source.entries)
    deploys = read_deploys(
        source.entries,
        options=repositories.commits(),
        head=repositories.head(),
        printed=printed,
        is_known=repositories.knows,
        earlier=earlier.deploys if earlier else None,
    )
    if folders:
        say("asking the history which commits the logs fit")
        deploys = infer_commits(
            deploys,
            gather_facts(printed, found.events),
            history_of=repositories.history,
            earlier=earlier.deploys if earlier else None,
            busiest=busiest(found.events),
        )
        say(f"locating {len(clusters):,} clusters")
    surroundings = Surroundings(source.entries)
    clusters = locate_clusters(clusters, found.events, deploys, repositories, surroundings)
    ledger = replace(ledger, warnings=(*ledger.warnings, *repositories.warnings()))
    occurrences = gather_occurrences(found.events, print_of_entry, source.entries)
    if run is not None:
        run = with_signatures(run, lambda text: sign_text(text, masks, frames))
        run = link_tests(run, clusters, mask=lambda text: mask(text, masks), occurrences=occurrences)
        if earlier and earlier.tests:
            judged = {fix.commit for past_cycle in past.cycles for fix in past_cycle.fixes}
            run = compare_tests(
                run, earlier.tests, past.cycles, claimed=any(claim.commit not in judged for claim in claims)
            )
    if earlier is not None:
        compared = compare_clusters(
            clusters,
            earlier,
            similarity=similarity,
            services_seen=services,
            past=past,
            exposure=exposure,
            deploys=deploys,
        )
        clusters = tuple(
            sorted(compared, key=lambda c: c.noise is not None)
        )  # noise stands last, also after what is gone
    clusters, expired = apply_known(clusters, past.known, at_ns=found.counts.to_ns)
    ledger = replace(ledger, warnings=(*ledger.warnings, *expired))
    contexts = gather_contexts(clusters, found.events, surroundings)
    incidents = explain_links(
        clusters,
        occurrences,
        contexts,
        harmless=harmless_before(clusters, source.entries, earlier, run) if earlier is not None else frozenset(),
    )
    say("looking for what lies behind them")
    explained = explain_clusters(clusters, found.events, contexts, deploys, repositories, own)
    suspects = suspect(clusters, found.events, deploys, repositories)
    causes = rank_causes(clusters, tests=run, incidents=incidents, explained=explained, suspects=suspects)
    causes = add_outage_siblings(causes, clusters, contexts)
    if folders:
        causes = add_suspects(
            causes,
            clusters,
            deploys,
            repositories,
            earlier=earlier.deploys if earlier else None,
            breaking={f: e.origin.breaking for f, e in explained.items() if e.origin is not None},
        )
    info = describe_cycle(cycle, source, found, services, earlier, inputs=digest_inputs(source.entries, run))
    report = Report(
        cycle=info, ledger=ledger, tests=run, clusters=clusters, causes=causes, deploys=deploys, exposure=exposure
    )
    verdicts = judge_fixes(
        all_claims(claims, past, earlier, clusters, repositories),
        report,
        Printed(events=found.events, contexts=contexts),
        earlier=lambda: before.cycles(earlier, past),
        past=past,
        repositories=repositories,
        rules=own,
    )
    report = conclude(
        replace(report, fixes=verdicts),
        past,
        areas=areas,
        suggestions=suggest_fixes(report, verdicts, earlier, repositories),
        resources=service_resources(source.entries),
        repo_given=bool(folders),
    )
    report = replace(report, commit_links=commit_links(report, repositories))
    fingerprints = tuple(print_of_entry.get(e.entry_ids[0]) for e in found.events)
    return Analyzed(report=report, events=found.events, fingerprints=fingerprints)


def read_dict_events(rows: Iterable[Mapping[str, Any]]) -> tuple[ErrorEvent, ...]:
    """LogEntry dicts (REST names) → stitched, redacted error events."""
    redactor = build_redactor()
    entries = [decode_entry(row, redactor=redactor, position=n) for n, row in enumerate(rows)]
    entries.sort(key=lambda e: (e.time_ns is None, e.time_ns or 0, e.log_name, e.entry_id, e.position))
    found = read_events(entries, redact=redactor.text, redact_all=redactor.texts, frame_rules=load_rules("frames"))
    return tuple(e for e in found.events if e.is_error)
