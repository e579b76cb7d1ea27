"""Clusters of one incident joined: what is a symptom of what, and which cluster is the root."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from analyzer.causes.runtime.breadcrumbs import bracket
from analyzer.causes.runtime.echoes import echoes, server_error
from analyzer.causes.runtime.findings import Finding
from analyzer.causes.runtime.lifecycles import deadly_among, ends, lifecycles
from analyzer.causes.runtime.nesting import Calls, calls_between
from analyzer.causes.runtime.profiles import Profile, build_profiles
from analyzer.causes.runtime.together import Together, near_share
from analyzer.causes.runtime.wording import said
from analyzer.causes.weights import LINK, probability
from analyzer.model import Cluster, Context, Occurrence

_LIKELY = 0.5
_EVERY, _SOME = 0.7, 0.3
_TOGETHER, _APART = 0.7, 0.2
_FOLLOWS = 0.8
_STRONG = 1.0
_HEADLINE_NS = 2_000_000
_MOST_OF_ADJACENT = LINK["headline"].log_odds
"""pairs that this cannot make likely are not compared by instance and time, which costs most"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """`symptom` follows from `root` (fingerprints), with what says so."""

    symptom: str
    root: str
    findings: tuple[Finding, ...]
    probability: float

    @property
    def sentence(self) -> str:
        """The strongest finding that can be told."""
        told = [f for f in self.findings if f.text]
        best = max(told, key=lambda f: LINK[f.weight].log_odds, default=None)
        return best.text if best else "both stand in the same requests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """A forest: every cluster follows from at most one other."""

    profiles: Mapping[str, Profile]
    together: Together
    parents: Mapping[str, Link]
    """by the fingerprint of the symptom"""
    rivals: Mapping[str, tuple[Link, ...]]
    """links that were likely too and were not taken, by the fingerprint of the symptom"""

    def root_of(self, fingerprint: str) -> str:
        """The fingerprint at the end of the way, its own where it follows from nothing."""
        while fingerprint in self.parents:
            fingerprint = self.parents[fingerprint].root
        return fingerprint


def link_clusters(
    clusters: Sequence[Cluster], occurrences: Sequence[Occurrence], contexts: Sequence[Context] = ()
) -> Links:
    """The most likely origin of every cluster among the others, where one is likely.

    Clusters under a noise rule and accepted ones take no part; of very many, the gravest and most frequent do.
    """
    profiles = build_profiles(clusters, occurrences)
    together = Together(profiles)
    survived = _survived(profiles, contexts)
    rarity = Counter(name for p in profiles for name in p.said.names)
    deadly = deadly_among(profiles) - survived
    calls = calls_between(profiles, contexts)
    likely: list[Link] = []
    for a in profiles:
        for b in profiles:
            if a is b:
                continue
            findings = tuple(_findings(a, b, together, rarity, calls, deadly, survived))
            chance = probability((f.weight for f in findings), LINK)
            if chance > _LIKELY:
                link = Link(symptom=a.fingerprint, root=b.fingerprint, findings=findings, probability=chance)
                likely.append(link)
    return _forest({p.fingerprint: p for p in profiles}, together, likely)


def _findings(
    a: Profile,
    b: Profile,
    together: Together,
    rarity: Mapping[str, int],
    calls: Calls,
    deadly: frozenset[str],
    survived: frozenset[str],
) -> Iterator[Finding]:
    said_of = list(echoes(a, b, rarity, calls))
    ended = list(lifecycles(a, b, deadly))
    telling = [f for f in (*said_of, *ended) if LINK[f.weight].log_odds > _STRONG]
    reports = (a.said.call or a.front) and not a.has_requests
    if not telling and not reports and not together.met(a, b) and not _same_service(a, b):
        return
    yield from said_of
    yield from ended
    if b.fingerprint in survived:
        yield Finding("survived")
    fatal = any(f.weight in ("dead service", "dead instance", "death") for f in ended)
    met = list(_meeting(a, b, together, asked=bool(telling), fatal=fatal))
    yield from met
    so_far = LINK["link"].log_odds + sum(LINK[f.weight].log_odds for f in (*said_of, *ended, *met))
    if not fatal and so_far + _MOST_OF_ADJACENT > 0:
        yield from _adjacent(a, b, together)


def _meeting(a: Profile, b: Profile, together: Together, *, asked: bool, fatal: bool) -> Iterator[Finding]:
    """What shared requests say, else what times say."""
    meeting, requests = together.requests(a, b)
    if meeting.shared:
        share = meeting.shared / requests
        ids = (*meeting.example[0].entry_ids[:1], *meeting.example[1].entry_ids[:1]) if meeting.example else ()
        text = f"{meeting.shared:,} of {requests:,} requests with “{a.shown}” also hold “{b.shown}”"
        if server_error(a) and not b.front and not ends(b) and share >= _SOME:
            yield Finding("request log", f"{text}: the application failed inside the request", ids)
        elif share >= _EVERY:
            yield Finding("every request", text, ids)
        elif share >= _SOME:
            yield Finding("some requests", text, ids)
        if b.traced and not a.traced and not b.said.call:
            yield Finding("has exception")
        yield Finding("before" if 2 * meeting.first > meeting.shared else "after")
        return
    if fatal:
        return
    if a.has_requests and b.has_requests:
        yield Finding("no request")
        return
    reports = (a.said.call or a.front) and not a.said.fatal and not b.front and not b.said.call
    if not asked and not reports and not _same_service(a, b):
        return
    step = together.in_step(a, b) if asked or reports else 0
    if step:
        text = f"{step:,} of {len(a.sights):,} “{a.shown}” were printed at one distance in time from “{b.shown}”"
        yield Finding("in step", text, (*a.entry_ids[:1], *b.entry_ids[:1]))
        return
    late = a.said.call or b.service in a.named
    share, chance = together.share_near(a, b, late=late), together.share_by_chance(b, late=late)
    if share <= _APART:
        yield Finding("apart")
    elif share >= _TOGETHER and chance <= 0.5 * share:
        text = f"{share:.0%} of “{a.shown}” were printed within seconds of “{b.shown}”, by chance {chance:.0%} would be"
        yield Finding("together", text, (*a.entry_ids[:1], *b.entry_ids[:1]))
    elif a.service != b.service:
        yield Finding("untied")


def _adjacent(a: Profile, b: Profile, together: Together) -> Iterator[Finding]:
    """The same instance, at once after it, every time: only for a text that has no exception of its own."""
    if a.traced or not _same_service(a, b):
        return
    if not (b.traced or a.said.call or a.front):
        return
    above, under = near_share(a, b, before_ns=_HEADLINE_NS, after_ns=_HEADLINE_NS) if b.traced else (0.0, 0.0)
    if above >= _SOME and under >= _FOLLOWS:  # one headline may stand above several traces
        yield Finding("headline", f"“{a.shown}” stands above the trace of “{b.shown}”, every time", b.entry_ids)
        return
    share, met = together.adjacent(a, b)
    if share >= _FOLLOWS and met >= _LIKELY:
        text = f"the same instance printed “{a.shown}” within a second after “{b.shown}” in {share:.0%} of the cases"
        yield Finding("adjacent", text, (*b.entry_ids[:1], *a.entry_ids[:1]))


def _same_service(a: Profile, b: Profile) -> bool:
    return bool(set(a.cluster.services) & set(b.cluster.services))


def _survived(profiles: Sequence[Profile], contexts: Sequence[Context]) -> frozenset[str]:
    """Clusters after whose errors the same instance said that it goes on, or whose text says so."""
    votes: dict[str, list[bool]] = defaultdict(list)
    for context in contexts:
        after = bracket(context)[1]
        at_once = after is not None and None not in (after.time_ns, context.time_ns)
        votes[context.fingerprint].append(bool(at_once and after and said(after.text).survived))
    told = {f for f, says in votes.items() if 2 * sum(says) > len(says)}
    return frozenset(p.fingerprint for p in profiles if p.said.survived or p.fingerprint in told)


def _forest(profiles: Mapping[str, Profile], together: Together, likely: Sequence[Link]) -> Links:
    """The most probable links first, none that closes a circle."""
    parents: dict[str, Link] = {}
    rivals: dict[str, list[Link]] = defaultdict(list)
    links = Links(profiles=profiles, together=together, parents=parents, rivals={})
    for link in sorted(likely, key=lambda x: (-x.probability, x.symptom, x.root)):
        if link.symptom in parents:
            rivals[link.symptom].append(link)
        elif links.root_of(link.root) != link.symptom:
            parents[link.symptom] = link
    return replace(links, rivals={f: tuple(x) for f, x in sorted(rivals.items())})
