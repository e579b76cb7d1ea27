"""Template mining over a set of messages: the same groups for any order and any partition of the input.

`summarize` folds messages to counts, `merge` adds two summaries (commutative, associative), `finalize` decides on
the distinct forms only. `mine` is the three for a list in memory.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from analyzer.signatures.forms import Form, fold, normalise, tokens, write
from analyzer.signatures.gaps import absorb, find_variables

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What mining needs of any number of messages: how often each folded text occurred."""

    counts: Mapping[str, int] = field(default_factory=dict)


def summarize(messages: Iterable[str]) -> Summary:
    """The summary of some messages."""
    return Summary(counts=dict(Counter(map(fold, messages))))


def merge(a: Summary, b: Summary) -> Summary:
    """The summary of both."""
    total = Counter(a.counts)
    total.update(b.counts)
    return Summary(counts=dict(total))


def finalize(summary: Summary) -> dict[str, str]:
    """Folded text → template."""
    form_of = {text: normalise(text) for text in summary.counts}
    general = find_variables(form_of.values())
    counts: Counter[Form] = Counter()
    for text, count in summary.counts.items():
        counts[general[form_of[text]]] += count
    home = absorb(counts)
    return {text: write(home[general[form]]) for text, form in form_of.items()}


def mine(messages: Sequence[str]) -> list[tuple[str, str]]:
    """(fingerprint, template) of every message, in the order given."""
    folded = [fold(m) for m in messages]
    templates = finalize(Summary(counts=dict(Counter(folded))))
    prints = {
        t: f"t1:{blake2b(t.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}" for t in templates.values()
    }
    return [(prints[templates[text]], templates[text]) for text in folded]


def mine_cores(items: Sequence[tuple[Facts, str]]) -> list[str]:
    """A template for every (identity facts, masked text), in the order given.

    Only items with equal facts share one, and only where a word between equal contexts has many different values;
    a text without such a word comes back as it is.
    """
    texts: dict[Facts, set[str]] = defaultdict(set)
    for facts, text in items:
        texts[facts].add(text)
    mined: dict[tuple[Facts, str], str] = {}
    for facts, distinct in texts.items():
        form_of = {text: tokens(" ".join(text.split())) for text in distinct}
        general = find_variables(form_of.values(), max_gap=1, borrow=False)
        for text, form in form_of.items():
            mined[facts, text] = text if general[form] == form else write(general[form])
    return [mined[item] for item in items]
