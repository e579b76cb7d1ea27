"""Claimed fixes: which clusters a claim is about, and which commits look like fixes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analyzer.errors import ConfigError
from analyzer.model import Claim, Cluster, Fix


def parse_claim(option: str) -> Claim:
    """A claim split at the first `=`; raises `ConfigError`."""
    commit, equals, text = option.partition("=")
    if not equals or not commit.strip() or not text.strip():
        raise ConfigError(f"--fix {option!r} is no claim", "write --fix COMMIT=FINGERPRINT or --fix COMMIT=TEXT")
    return Claim(commit=commit.strip(), text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A commit that changed a place of an error, and that nobody has claimed to cure it. Never judged as a claim."""

    commit: str
    fingerprint: str
    file: str
    line: int
    text: str
    """what to do, a sentence"""
    command: str


def suggest_claims(
    clusters: Sequence[Cluster],
    touched: Mapping[str, Mapping[str, Sequence[tuple[int, int]]]],
    claims: Sequence[Fix] = (),
) -> tuple[Suggestion, ...]:
    """Commits that touch a candidate line of a cluster, by cluster in the order given and then by commit.

    `touched` maps commits of the deployed range to file → the first and last lines that they changed.
    """
    claimed = {(fix.commit, fingerprint) for fix in claims for fingerprint in fix.claims}
    found = []
    for cluster in clusters:
        for commit in sorted(touched):
            if (commit, cluster.fingerprint) in claimed:
                continue
            files = touched[commit]
            path = next(
                (
                    p
                    for p in cluster.code_paths
                    if any(first <= p.end_line and p.line <= last for first, last in files.get(p.file, ()))
                ),
                None,
            )
            if path is not None:
                found.append(
                    Suggestion(
                        commit=commit,
                        fingerprint=cluster.fingerprint,
                        file=path.file,
                        line=path.line,
                        text=f"{commit[:10]} changes {path.file}:{path.line}, a place of {cluster.title[:160]}: "
                        "claim it if it is meant as its fix",
                        command=f"analyzer fix add {commit} --cluster {cluster.fingerprint}",
                    )
                )
    return tuple(found)


def is_about(text: str, cluster: Cluster) -> bool:
    """Whether a claim's text names a cluster: its fingerprint, an alias, or a part of its texts as they are written."""
    if text == cluster.fingerprint or text in cluster.aliases:
        return True
    shown = (cluster.title, cluster.template, cluster.core, cluster.exception_message or "")
    return any(text in t for t in shown)
