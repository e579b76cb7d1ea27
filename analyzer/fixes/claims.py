"""Claimed fixes: which clusters a claim is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analyzer.errors import ConfigError
from analyzer.model import Claim, Cluster, Evidence, Fix


def parse_claim(option: str) -> Claim:
    """A claim split at the first `=`; raises `ConfigError`."""
    commit, equals, text = option.partition("=")
    if not equals or not commit.strip() or not text.strip():
        raise ConfigError(f"--fix {option!r} is no claim", "write --fix COMMIT=FINGERPRINT or --fix COMMIT=TEXT")
    return Claim(commit=commit.strip(), text=text)


def judge_claims(
    claims: Sequence[Claim], clusters: Iterable[Cluster], earlier: Iterable[Cluster] = ()
) -> tuple[Fix, ...]:
    """One `Fix` a claim, in the order given; `commit` of each claim is already a full id."""
    pool = [*clusters, *earlier]
    fixes = []
    for claim in claims:
        hits = sorted({c.fingerprint for c in pool if _is_about(claim.text, c)})
        reason = (
            "deploy evidence is not weighed by this version: the claim is recorded, not judged"
            if hits
            else "claimed text seen in no known cycle"
        )
        fixes.append(
            Fix(
                commit=claim.commit,
                claims=tuple(hits),
                claim_text=claim.text,
                verdict="inconclusive",
                evidence=(Evidence(text=reason),),
            )
        )
    return tuple(fixes)


def _is_about(text: str, cluster: Cluster) -> bool:
    if text == cluster.fingerprint or text in cluster.aliases:
        return True
    shown = (cluster.title, cluster.template, cluster.core, cluster.exception_message or "")
    return any(text in t for t in shown)
