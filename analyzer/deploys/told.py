"""Which commit a revision names, by each source that speaks of it, and what of them is believed."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from analyzer.deploys.audit import Step, Told
from analyzer.deploys.banners import read_banners
from analyzer.deploys.binding import Bound, Revision, agreed
from analyzer.deploys.commits import commit_of_image, commit_of_labels, is_same_commit
from analyzer.model import Entry, Evidence, PrintedLine

_ORDER = ("label", "audit", "image", "banner")
_CITED = 3
_PULLED = re.compile(r'(?:Pulling|Successfully pulled) image "([^"\s]{1,300})"')
_CONTAINER = re.compile(r"spec\.containers\{([^}\s]{1,200})\}")
_POD = re.compile(r"-([a-z0-9]{6,10})-[a-z0-9]{5}", re.ASCII)


def gather_told(
    entries: Sequence[Entry],
    bound: Bound,
    printed: Iterable[PrintedLine],
    is_known: Callable[[str, str], bool] | None,
) -> dict[Revision, tuple[Told, ...]]:
    """(service, revision) → the commits that are named for it, the most reliable first."""
    found: dict[Revision, list[Told]] = defaultdict(list)
    for key, labelled in _by_label(entries).items():
        found[key] += labelled
    for step in bound.steps:
        if step.event == "deployed" and step.revision:
            found[step.service, step.revision] += step.told
    claiming = _claiming(bound)
    for key, deploys in bound.ambiguous.items():
        told = agreed(deploys) if len(deploys) > 1 else None
        if told is not None and not _is_contested(key, deploys, claiming, bound.crowded):
            found[key].append(told)
    for key, pulled in _by_pull(entries).items():
        found[key].append(pulled)
    for key, said in read_banners(printed).items():
        if is_known is None or is_known(key[0], said.commit):
            found[key].append(said)
    return {key: tuple(sorted(told, key=lambda t: _ORDER.index(t.source))) for key, told in sorted(found.items())}


def _claiming(bound: Bound) -> dict[tuple[str, str], list[Revision]]:
    """(service, entry id of a deploy) → the revisions that it may have made, of those that are not told apart."""
    found: dict[tuple[str, str], list[Revision]] = defaultdict(list)
    for key, deploys in bound.ambiguous.items():
        for deploy in deploys:
            found[key[0], deploy.entry_id].append(key)
    return found


def _is_contested(
    key: Revision,
    deploys: Sequence[Step],
    claiming: Mapping[tuple[str, str], Sequence[Revision]],
    crowded: frozenset[str],
) -> bool:
    """Whether more revisions than there are deploys may be of them; one with too many deploys to list counts too."""
    rivals: set[Revision] = set()
    for deploy in deploys:
        rivals.update(claiming[key[0], deploy.entry_id])
        if deploy.entry_id in crowded or len(rivals) > len(deploys):
            return True
    return False


def conflicts(told: Sequence[Told]) -> tuple[Evidence, ...]:
    """Sources that contradict the one that is believed, a sentence each."""
    return tuple(
        Evidence(
            text=f"{other.text}, but {told[0].text}: the {told[0].source} is believed",
            entry_ids=(*other.entry_ids, *told[0].entry_ids)[: 2 * _CITED],
        )
        for other in told[1:]
        if not is_same_commit(other.commit, told[0].commit)
    )


def _by_label(entries: Iterable[Entry]) -> dict[Revision, list[Told]]:
    """Labels of a revision's own entries: strongest label, then most entries."""
    votes: dict[Revision, Counter[tuple[int, str]]] = defaultdict(Counter)
    cited: dict[tuple[Revision, tuple[int, str]], list[str]] = defaultdict(list)
    for entry in entries:
        for labels in (entry.labels, entry.resource_labels):
            if entry.service and labels and (found := commit_of_labels(labels)):
                key = entry.service, entry.revision
                votes[key][found] += 1
                if len(ids := cited[key, found]) < _CITED:
                    ids.append(entry.entry_id)
    return {
        key: [
            Told(
                commit=vote[1],
                source="label",
                text=f"a label of its entries names {vote[1]}",
                entry_ids=tuple(cited[key, vote]),
            )
            for vote in sorted(counts, key=lambda v, counts=counts: (v[0], -counts[v], v[1]))  # type: ignore[misc]
        ]
        for key, counts in votes.items()
    }


def _by_pull(entries: Iterable[Entry]) -> dict[Revision, Told]:
    """Events of a node that pulls the image of a pod's container (Kubernetes)."""
    found: dict[Revision, Told] = {}
    for entry in entries:
        payload = entry.json_payload
        if not payload or not entry.log_id.endswith("events"):
            continue
        about = payload.get("involvedObject")
        image = _PULLED.match(str(payload.get("message") or "")[:500])
        if image is None or not isinstance(about, Mapping):
            continue
        container = _CONTAINER.match(str(about.get("fieldPath") or "")[:300])
        pod = _POD.search(str(about.get("name") or "")[-20:])
        commit = commit_of_image(image[1])
        if container and pod and commit:
            told = Told(
                commit=commit, source="image", text=f"its image is tagged {commit}", entry_ids=(entry.entry_id,)
            )
            found.setdefault((container[1], pod[1]), told)
    return found
