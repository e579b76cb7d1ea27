"""Which commit a revision was built from, by what its entries and its deploy say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

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


def label_of_commit(labels: Mapping[str, object]) -> tuple[str, str] | None:
    """(plain name of the strongest label that holds a commit, commit)."""
    found = commit_of_labels(labels)
    return (_LABELS[found[0]], found[1]) if found else None


def is_same_commit(one: str, other: str) -> bool:
    """Whether two ids can be one commit, one of them perhaps shortened."""
    return one.startswith(other) or other.startswith(one)


def commit_of_image(image: object) -> str | None:
    """The commit of `registry/name:COMMIT`; a digest or a word like `latest` names none."""
    if not isinstance(image, str):
        return None
    name, _, tag = image.partition("@")[0].rpartition("/")[2].partition(":")
    return commit_of_text(tag) if name else None


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
