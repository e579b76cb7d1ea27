"""Claimed fixes: what a change can do, where it runs, and the verdict on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from analyzer.model.causes import Evidence
from analyzer.model.code import CodePath
from analyzer.model.times import format_time


class Verdict(StrEnum):
    """What became of a claimed fix."""

    VERIFIED = "verified"
    INCONCLUSIVE = "inconclusive"
    NOT_ROLLED_OUT = "not_rolled_out"
    PARTIALLY_ROLLED_OUT = "partially_rolled_out"
    WRONG_PATH = "wrong_path"
    OTHER_SITES_REMAIN = "other_sites_remain"
    UNMASKED_NEXT = "unmasked_next"
    REGRESSED = "regressed"


class Effect(StrEnum):
    """What the changed lines of a commit can do about an error."""

    CAN = "can"
    """a changed line can raise the error, or what is changed decides whether it is raised"""
    CANNOT = "cannot"
    """proved: none of them can raise it or keep it from being raised"""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A commit that is claimed to cure an error; `text` is a fingerprint or a case-sensitive part of an error text."""

    commit: str
    text: str
    origin: str = "option"
    """option, ledger (`fix add`) or trailer (`Fixes-Cluster:` of the commit)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevance:
    """Whether any line that a commit changed can raise or emit one error."""

    effect: Effect
    evidence: tuple[Evidence, ...] = ()
    """why, with places in the tree of the commit or (where lines were removed) of its parent"""
    kinds: tuple[str, ...] = ()
    """of the changes, sorted: comment, docstring, blank, format (only text of a message), logging (log calls and
    their levels), test, document, dependency, packaging, configuration, code"""
    touched: tuple[CodePath, ...] = ()
    """places of the error (cause, raise, emit, frame) that the commit changed"""
    remaining: tuple[CodePath, ...] = ()
    """places that can raise the same error and still stand as they were after the commit"""

    def to_dict(self) -> dict[str, Any]:
        """As `fix verify --json` prints it."""
        return {
            "effect": self.effect.value,
            "evidence": [e.to_dict() for e in self.evidence],
            "kinds": list(self.kinds),
            "touched": [p.to_dict() for p in self.touched],
            "remaining": [p.to_dict() for p in self.remaining],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Containment:
    """Whether what was built from a commit has a change in it."""

    contains: bool | None
    """None where that cannot be told"""
    why: str
    """how that is known, or why it is not: a part of a sentence about the commit"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """Whether one revision runs a fix, and what was seen of the claimed error on it."""

    service: str
    revision: str
    contains: bool | None
    """None where the commit of the revision is not known well enough"""
    why: Evidence
    """how that is known, or what would settle it"""
    errors: int = 0
    """occurrences of the claimed clusters on this revision"""
    error_ids: tuple[str, ...] = ()
    """entries of at most three of them"""
    last_error_ns: int | None = None
    requests: int = 0
    """on the routes on which the error was seen before, else to the service"""
    minutes: float = 0.0
    first_ns: int | None = None
    last_ns: int | None = None
    draining: bool = False
    """a newer revision had taken over the traffic when it was last seen"""
    state: str = "served"
    """as in `RevisionDeploy.state`: served, draining, no_traffic, refused or rolled_back"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixFacts:
    """Everything that the verdict on one claim is decided by. What is not known is None or empty, never guessed."""

    commit: str
    """40 digits"""
    text: str
    committed_ns: int | None = None
    claims: tuple[str, ...] = ()
    """fingerprints of the clusters that the text names, here, in the baseline or in the history"""
    here: tuple[str, ...] = ()
    """those of them that occurred in this cycle"""
    rollouts: tuple[Rollout, ...] = ()
    """of every revision that served a service of the claimed clusters, oldest first"""
    relevance: Relevance | None = None
    """None without a repository"""
    baseline_errors: int | None = None
    """occurrences of the claimed clusters in the last cycle that had them; None where no earlier cycle is known"""
    baseline_exposure: float | None = None
    """requests (minutes where there are none, see `per`) in which these were counted"""
    per: str = "request"
    routes: tuple[str, ...] = ()
    """of the requests that are counted, here and in the baseline; empty where all requests of the services are"""
    gone: tuple[str, ...] = ()
    """claimed clusters that occurred in the last cycle that had any of them, and not here"""
    resolved: tuple[str, ...] = ()
    """those of them that this cycle found resolved (not seen, with occasion enough to show), and failing requests of
    routes on which the claimed error was before and is not now"""
    failed_on_fix: tuple[str, ...] = ()
    """names of earlier cycles in which the error occurred on a revision that ran the fix"""
    verified_in: str | None = None
    """the earlier cycle in which this fix was verified"""
    tests_failing: tuple[str, ...] = ()
    """tests that failed with the claimed error in the last cycle that had it, and fail with it here"""
    tests_passing: tuple[str, ...] = ()
    """those that pass here"""
    tests_changed: tuple[str, ...] = ()
    """those that still fail here, with another error"""
    unmasked: tuple[str, ...] = ()
    """clusters that are new here where the claimed error stood: in the same tests, or under the same wrapper"""
    elsewhere: tuple[str, ...] = ()
    """clusters here with the same innermost error, from a place that the fix does not change"""
    chance: float | None = None
    """of so much silence on the revisions with the fix, had the rate of before stayed; None where that is not known"""
    cited: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(fingerprint, entries of its first occurrence) of `unmasked` and `elsewhere`, by fingerprint"""
    origin: str = "option"
    """of the claim"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A claimed fix and its verdict."""

    commit: str
    claims: tuple[str, ...]
    claim_text: str
    verdict: str
    evidence: tuple[Evidence, ...] = ()
    origin: str = "option"
    effect: str | None = None
    """what the changed lines can do about it: can, cannot, unknown; None where that was not asked"""
    committed_ns: int | None = None
    next_step: str = ""
    """what to do now, a sentence"""

    def to_dict(self) -> dict[str, Any]:
        """As the contract writes it."""
        return {
            "commit": self.commit,
            "claims": list(self.claims),
            "claim_text": self.claim_text,
            "verdict": self.verdict,
            "evidence": [e.to_dict() for e in self.evidence],
            "origin": self.origin,
            "effect": self.effect,
            "committed": format_time(self.committed_ns),
            "next_step": self.next_step,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Fix:
        """The inverse of `to_dict`, but for the time of the commit; evidence of older reports is plain text."""
        return cls(
            commit=str(data["commit"]),
            claims=tuple(str(c) for c in data.get("claims") or ()),
            claim_text=str(data["claim_text"]),
            verdict=str(data["verdict"]),
            evidence=tuple(
                Evidence(text=e) if isinstance(e, str) else Evidence.from_dict(e) for e in data.get("evidence") or ()
            ),
            origin=str(data.get("origin") or "option"),
            effect=data.get("effect"),
            next_step=str(data.get("next_step") or ""),
        )
