"""Whether a command of an action is one that the analyzer gives: a reader will paste it into a shell."""

from __future__ import annotations

import re
import shlex

_SED = r"sed -n '\d{1,9},\d{1,9}p'"
_SHOWN = re.compile(rf" \| {_SED}$", re.ASCII)
_LINES = re.compile(rf"{_SED} -- ", re.ASCII)
_FORMAT = " --format='value(status.traffic)'"
_PROGRAMS = (
    ("git", "show"),
    ("gcloud", "logging", "read"),
    ("gcloud", "run", "services", "describe"),
    ("gcloud", "run", "services", "update-traffic"),
    ("analyzer",),
)


def is_given(command: str) -> bool:
    """Whether it starts one known program, every word quoted so that the shell does nothing of its own."""
    words = _SHOWN.sub("", command).removesuffix(_FORMAT)
    if (lines := _LINES.match(words)) is not None:
        return _is_plain(words[lines.end() :])
    return _is_plain(words) and any(shlex.split(words)[: len(start)] == [*start] for start in _PROGRAMS)


def _is_plain(words: str) -> bool:
    """Whether a shell reads just these words: quoting them again gives the same text."""
    try:
        return shlex.join(shlex.split(words)) == words
    except ValueError:
        return False
