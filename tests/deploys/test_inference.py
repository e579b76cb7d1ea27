"""The policy alone: a history that is a table of which fact fits where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from analyzer.deploys.inference import infer_commits, infer_revision
from analyzer.model import CodeFact, DatedCommit, Deploys, FactKind, RevisionDeploy, ServiceDeploy, TimelineEvent

MINUTE = 60_000_000_000
HOUR = 60 * MINUTE


@dataclass
class Table:
    """Commits `c0` (newest) to `cN`, an hour apart; a fact's text says at which of them it fits."""

    size: int
    branches: Mapping[int, Table] = field(default_factory=dict)
    name: str = "c"

    @property
    def line(self) -> Sequence[DatedCommit]:
        return [DatedCommit(commit=f"{self.name}{i}", time_ns=(self.size - i) * HOUR) for i in range(self.size)]

    def fit(self, facts: Sequence[CodeFact], *, newest: int, count: int) -> list[tuple[float, ...] | None]:
        found: list[tuple[float, ...] | None] = []
        for fact in facts:
            where = [point.commit in fact.text.split() for point in self.line[newest : newest + count]]
            found.append(tuple(float(fits) for fits in where) if fact.file or any(where) else None)
        return found

    def merged(self, index: int) -> Table | None:
        return self.branches.get(index)


def label(*commits: str, line: int = 1) -> CodeFact:
    return CodeFact(kind=FactKind.LABELS, file="a.py", line=line, text=" ".join(commits) or "nowhere at all")


def text(*commits: str) -> CodeFact:
    return CodeFact(kind=FactKind.TEXTS, text=" ".join(commits))


def names(*numbers: int) -> list[str]:
    return [f"c{n}" for n in numbers]


def everywhere(size: int, count: int = 3) -> list[CodeFact]:
    return [label(*names(*range(size)), line=10 + n) for n in range(count)]


def test_the_range_is_what_most_facts_fit() -> None:
    facts = [*everywhere(6), label(*names(1, 2, 3, 4), line=1), label(*names(2, 3, 4, 5), line=2)]
    found = infer_revision(Table(6), facts, None)
    assert found.commits() == ("c4", "c2")
    assert dict(found.facts)["labels"] == (5, 5)


def test_a_contradiction_shows_in_the_counts() -> None:
    found = infer_revision(Table(4), [*everywhere(4, 5), label(line=1)], None)
    assert found.commits() == ("c3", "c0")
    assert dict(found.facts)["labels"] == (5, 6)


def test_a_commit_made_after_the_revision_was_first_seen_is_left_out() -> None:
    found = infer_revision(Table(6), everywhere(6), 3 * HOUR + 5 * MINUTE)  # c3 is three hours old, c2 not made
    assert found.commits() == ("c5", "c3")
    assert found.evidence == ("commits made after the revision was first seen are left out (3)",)


def test_fewer_than_three_facts_or_facts_of_other_code_name_nothing() -> None:
    assert infer_revision(Table(4), everywhere(4, 2), None).commits() is None
    other_code = [*everywhere(4, 3), *(label(line=n) for n in range(5))]
    found = infer_revision(Table(4), other_code, None)
    assert found.commits() is None
    assert found.evidence == ("3 of 8 facts of the logs fit the best commit, too few to name it",)


def test_texts_tell_apart_what_places_leave_equal_and_never_overrule_them() -> None:
    facts = [*everywhere(6), label(*names(1, 2, 3), line=1), text(*names(2, 3, 4)), text(*names(4, 5))]
    found = infer_revision(Table(6), facts, None)
    assert found.commits() == ("c3", "c2")


def test_a_branch_that_was_merged_later_is_where_a_better_fit_leads() -> None:
    branch = Table(3, name="b")
    facts = [label("c0", "c1", "b0", line=n) for n in range(5)]
    found = infer_revision(Table(6, branches={1: branch}), facts, 3 * HOUR + MINUTE)
    assert found.commits() == ("b0", "b0")
    without = infer_revision(Table(6), facts, 3 * HOUR + MINUTE)
    assert without.commits() is None
    assert "it was made after the revision was first seen" in without.evidence[0]


def deployed(service: str, revision: str, hours: float) -> TimelineEvent:
    return TimelineEvent(time_ns=int(hours * HOUR), service=service, revision=revision, event="deployed")


def infer(
    table: Table,
    facts: Mapping[tuple[str, str], Sequence[CodeFact]],
    *timeline: TimelineEvent,
    earlier: Deploys | None = None,
    told: str | None = None,
) -> dict[str, ServiceDeploy]:
    services = tuple(
        ServiceDeploy(service=s, revisions=(r,), commit=told, source="label" if told else None)
        for s, r in sorted(facts)
    )
    deploys = infer_commits(
        Deploys(services=services, timeline=timeline), facts, history_of=lambda _: table, earlier=earlier, busiest="api"
    )
    assert deploys.inferred_commits == next(s.inferred_commits for s in deploys.services if s.service == "api")
    return {s.service: s for s in deploys.services}


def test_who_deploys_later_does_not_deploy_older_code() -> None:
    facts = {("api", "a-1"): [*everywhere(6), label(*names(2, 3), line=1)], ("worker", "w-1"): everywhere(6)}
    found = infer(Table(6), facts, deployed("api", "a-1", 4.2), deployed("worker", "w-1", 4.3))
    assert found["api"].inferred_commits == ("c3", "c2")
    assert found["worker"].inferred_commits == ("c3", "c2")
    assert found["worker"].evidence[-1] == "it was not deployed before api"
    assert infer(Table(6), facts)["worker"].inferred_commits == ("c5", "c0")


def test_a_deploy_takes_commits_that_the_one_before_had_not() -> None:
    before = Deploys(timeline=(deployed("api", "a-1", 3.5),))
    facts = {("api", "a-2"): everywhere(6)}
    found = infer(Table(6), facts, deployed("api", "a-2", 5.5), earlier=before)
    assert found["api"].inferred_commits == ("c2", "c1")
    nothing_new = infer(Table(6), facts, deployed("api", "a-2", 3.6), earlier=before)
    assert nothing_new["api"].inferred_commits == ("c5", "c3")


def test_what_was_known_of_the_same_revision_still_holds() -> None:
    before = Deploys(services=(ServiceDeploy(service="api", revisions=("a-1",), inferred_commits=("c3", "c2")),))
    facts = {("api", "a-1"): everywhere(6)}
    assert infer(Table(6), facts, earlier=before)["api"].inferred_commits == ("c3", "c2")
    assert infer(Table(6), {("api", "a-2"): everywhere(6)}, earlier=before)["api"].inferred_commits == ("c5", "c0")


def test_the_newest_fitting_commit_is_read_where_nothing_else_tells() -> None:
    facts = {("api", "a-1"): [*everywhere(4), label(*names(1, 2), line=1)]}
    found = infer(Table(4), facts)["api"]
    assert (found.commit, found.source, found.inferred_commits) == ("c1", "inferred", ("c2", "c1"))
    labelled = infer(Table(4), facts, told="c0")["api"]
    assert (labelled.commit, labelled.source, labelled.inferred_commits) == ("c0", "label", ("c2", "c1"))


@given(st.lists(st.sets(st.integers(0, 9), min_size=1), min_size=3, max_size=12), st.integers(0, 9), st.randoms())
def test_the_commit_that_ran_is_in_the_range_and_the_order_of_facts_changes_nothing(
    spans: list[set[int]], truth: int, order: object
) -> None:
    facts = [label(*names(*sorted(span | {truth})), line=n) for n, span in enumerate(spans)]
    found = infer_revision(Table(10), facts, None)
    assert found.newest is not None
    assert found.oldest is not None
    assert found.newest <= truth <= found.oldest
    shuffled = list(facts)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert infer_revision(Table(10), shuffled, None).commits() == found.commits()


def revised(facts: Mapping[tuple[str, str], Sequence[CodeFact]], **commits: str) -> dict[str, RevisionDeploy]:
    """Revisions r1 and r2 of one service after the inference, `commits` by revision as a label tells them."""
    names = ("r1", "r2")
    deploys = Deploys(
        services=(ServiceDeploy(service="api", revisions=names),),
        revisions=tuple(
            RevisionDeploy(
                service="api",
                revision=name,
                commit=commits.get(name),
                source="label" if name in commits else None,
            )
            for name in names
        ),
    )
    found = infer_commits(deploys, facts, history_of=lambda _: Table(6))
    return {revision.revision: revision for revision in found.revisions}


def test_each_revision_has_the_range_of_its_own_facts() -> None:
    old = [label(*names(3, 4), line=n) for n in range(1, 5)]
    new = [label(*names(1), line=n) for n in range(1, 5)]
    found = revised({("api", "r1"): old, ("api", "r2"): new})
    assert (found["r1"].oldest, found["r1"].newest, found["r1"].commit) == ("c4", "c3", None)
    assert (found["r2"].oldest, found["r2"].newest, found["r2"].commit, found["r2"].source) == (
        "c1",
        "c1",
        "c1",
        "inferred",
    )


def test_an_older_revision_that_says_too_little_has_no_range_and_a_reason() -> None:
    found = revised({("api", "r1"): [label("c3")], ("api", "r2"): everywhere(6)})
    assert (found["r1"].oldest, found["r1"].commit) == (None, None)
    assert [e.text for e in found["r1"].evidence] == ["its logs say too little of the code to tell its commit"]


def test_a_told_commit_stays_and_logs_that_do_not_fit_it_are_said() -> None:
    facts = {("api", "r2"): [label(*names(1, 2), line=n) for n in range(1, 5)]}
    assert revised(facts, r2="c4")["r2"].commit == "c4"
    assert "its logs do not fit c4, which the label names" in [e.text for e in revised(facts, r2="c4")["r2"].evidence]
    assert not [e for e in revised(facts, r2="c2")["r2"].evidence if "do not fit" in e.text]
