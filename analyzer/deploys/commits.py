"""Which commit a revision was built from, by what its entries and its deploy say of it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from analyzer.model import Entry

_LABELS = (
    "commit-sha", "git-commit-sha", "commit", "commit-id", "git-commit", "git-sha", "sha", "git-revision", "vcs-ref",
    "source-version", "revision-sha", "version", "release", "app-version",
)  # fmt: skip
"""label names that may hold a commit, strongest first; compared after `_plain`"""
_FREE_LABELS = {"version", "release", "app-version", "source-version"}
"""names that also hold dates and build numbers, so their value must have a letter"""
_COMMIT = re.compile(r"[0-9a-f]{7,40}")


def commit_of_text(text: object) -> str | None:
    """The commit id in lower case, None where the text is none: 7 to 40 hexadecimal digits."""
    found = text.strip().lower() if isinstance(text, str) and len(text) < 60 else ""
    return found if _COMMIT.fullmatch(found) else None


def commit_of_labels(labels: Mapping[str, object]) -> tuple[int, str] | None:
    """(rank of the label, 0 is the strongest; commit) by labels such as `commit-sha`.

    Cloud Build's triggers and the deploy-cloudrun action set that one:
    https://cloud.google.com/run/docs/continuous-deployment-with-cloud-build, https://github.com/google-github-actions/deploy-cloudrun
    """
    found: list[tuple[int, str]] = []
    for key, value in labels.items():
        name = _plain(key)
        commit = commit_of_text(value)
        if commit and name in _LABELS and not (name in _FREE_LABELS and commit.isdecimal()):
            found.append((_LABELS.index(name), commit))
    return min(found, default=None)


def commit_of_image(image: object) -> str | None:
    """The commit of `registry/name:COMMIT`; a digest or a word like `latest` names none."""
    if not isinstance(image, str):
        return None
    name, _, tag = image.partition("@")[0].rpartition("/")[2].partition(":")
    return commit_of_text(tag) if name else None


def commits_by_label(entries: Iterable[Entry]) -> dict[tuple[str, str], str]:
    """(service, revision) → commit, by labels of the revision's own entries: strongest label, then most entries."""
    votes: dict[tuple[str, str], Counter[tuple[int, str]]] = defaultdict(Counter)
    for entry in entries:
        for labels in (entry.labels, entry.resource_labels):
            if entry.service and labels and (found := commit_of_labels(labels)):
                votes[entry.service, entry.revision][found] += 1
    return {
        key: min(counts, key=lambda vote, counts=counts: (vote[0], -counts[vote], vote[1]))[1]  # type: ignore[misc]
        for key, counts in votes.items()
    }


def images(template: object) -> Iterator[str]:
    """The images of a revision template, whatever of it is there."""
    for holder in (template, _at(template, "spec")):
        containers = _at(holder, "containers")
        for container in containers if isinstance(containers, list) else ():
            if isinstance(image := _at(container, "image"), str):
                yield image


def _at(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, Mapping) else None


def _plain(key: str) -> str:
    """`k8s-pod/app_kubernetes_io/commit_sha` → `commit-sha`."""
    return key[-80:].rpartition("/")[2].lower().replace("_", "-").replace(".", "-")
