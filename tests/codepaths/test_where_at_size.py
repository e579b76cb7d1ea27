"""A made-up repository of some hundred statements, asked for texts as people meet them: is the answer right?"""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from analyzer.codepaths import RepositoryIndex, open_repository
from analyzer.model import CodePath

SUBJECTS = [
    "parcel",
    "depot",
    "courier",
    "ledger",
    "invoice",
    "voucher",
    "pallet",
    "scale",
    "gate",
    "lamp",
    "pump",
    "valve",
    "basket",
    "ticket",
    "seat",
    "crane",
]
VERBS = [
    "refused",
    "lost",
    "missed",
    "dropped",
    "closed",
    "opened",
    "weighed",
    "checked",
    "counted",
    "moved",
    "sealed",
    "printed",
    "skipped",
    "booked",
]
ENDS = [
    "before noon",
    "after the audit",
    "at the gate",
    "in the cold store",
    "for the second time",
    "without a seal",
    "on a holiday",
]
FUNCTIONS, MODULES = 12, 16
FOREIGN = (
    "upstream prematurely closed the connection",
    "worker exited with code 3",
    "no space left on the device today",
)  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """A text that one statement, or one of its twins, can print."""

    message: str
    places: frozenset[tuple[str, str]]


def statement(kind: int, text: str) -> tuple[str, str]:
    """(lines of the function, template with {} for its values)."""
    first, _, rest = text.partition(" ")
    template = f"{first} {{}} {rest}: {{}}"
    if kind == 0:
        return f'    logger.error(f"{template.format("{a}", "{b}")}")\n', template
    if kind == 1:
        return f'    logger.warning("{template.format("%s", "%r")}", a, b)\n', template
    if kind == 2:
        return f'    raise Refused("{template}".format(a, b))\n', template
    if kind == 3:
        return f'    text = "{template.format("%s", "%s")}"\n    raise Refused(text % (a, b))\n', template
    return f'    print("{first} " + str(a) + " {rest}: " + str(b))\n', template


def made_up(seed: int) -> tuple[dict[str, str], list[Truth]]:
    """Files and truths; every eighth statement has a twin in another file."""
    chance = random.Random(seed)
    texts = [f"{s} {v} {e}" for s in SUBJECTS for v in VERBS for e in ENDS]
    chance.shuffle(texts)
    files = {f"post/m{m:02}.py": "" for m in range(MODULES)}
    truths = []
    for number in range(MODULES * FUNCTIONS):
        lines, template = statement(number % 5, texts[number])
        homes = chance.sample(sorted(files), 2 if number % 8 == 0 else 1)
        for home in homes:
            files[home] += f"def f{number}(a, b):\n{lines}\n\n"
        values = chance.randrange(10_000), chance.choice(["north/7", "user-31", "0.25", "timeout after 3 s"])
        truths.append(Truth(template.format(*values), frozenset((home, f"f{number}") for home in homes)))
    return files, truths


def dressed(message: str, way: int) -> str:
    """The text as it may be met."""
    words = message.split()
    return (
        message,
        f"2026-01-02 03:04:05.678 | ERROR    | hub:emit:12 - {message}",
        f"\x1b[31m{message}\x1b[0m",
        f"job 7 gave up: RuntimeError('{message}') (again in 30 s)",
        " ".join("[REDACTED]" if i == 3 else word for i, word in enumerate(words)),
        " ".join(words[:-2]) + "...",
    )[way]


@pytest.fixture(scope="module", params=[1, 2])
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    files, truths = made_up(request.param)
    root = tmp_path_factory.mktemp("made-up")
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    index = open_repository(root, cache_dir=tmp_path_factory.mktemp("cache"), redact=str, jobs=1)
    yield index, truths
    index.close()


def right(path: CodePath, truth: Truth) -> bool:
    return (path.file, path.function) in truth.places


def answers(index: RepositoryIndex, truths: list[Truth], way: int) -> list[tuple[Truth, list[CodePath]]]:
    return [(t, index.statements(dressed(t.message, way), limit=3)) for t in truths]


def test_plain_texts_are_found_and_claimed_only_when_right(asked) -> None:
    found = answers(*asked, way=0)
    alone = [(t, a) for t, a in found if len(t.places) == 1]
    assert sum(bool(a) and right(a[0], t) for t, a in alone) >= 0.98 * len(alone)
    assert sum(bool(a) and a[0].unique for _, a in alone) >= 0.8 * len(alone)
    assert all(right(a[0], t) for t, a in alone if a and a[0].unique)


def test_twins_are_all_listed_and_none_is_claimed_at_any_size(asked) -> None:
    for truth, paths in answers(*asked, way=0):
        if len(truth.places) == 2:
            assert truth.places <= {(p.file, p.function) for p in paths}
            assert not paths[0].unique


@pytest.mark.parametrize("way", [1, 2, 3, 4, 5])
def test_dressed_cut_and_redacted_texts_are_found(asked, way: int) -> None:
    found = answers(*asked, way=way)
    assert sum(any(right(p, t) for p in paths) for t, paths in found) >= 0.94 * len(found)
    assert all(right(a[0], t) for t, a in found if a and a[0].unique)


@pytest.mark.parametrize("message", FOREIGN)
def test_texts_of_other_programs_are_not_claimed(asked, message: str) -> None:
    assert not any(p.unique for p in asked[0].statements(message))
