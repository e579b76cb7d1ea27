from __future__ import annotations

import pytest

from analyzer.codepaths.extraction import extract
from analyzer.codepaths.folding import HOLE
from analyzer.codepaths.statements import CLASS_MARK, CONSTANT_MARK, Statement

WELL = 'DRY = "the well %s ran dry"\n\n\nclass Well:\n    DRY = "the deep well %s ran dry"\n\n\n'


def emitted(code: str) -> list[Statement]:
    return [s for s in extract(code.encode()).statements if s.kind in ("log", "raise", "print", "exception")]


@pytest.mark.parametrize(
    ("body", "template"),
    [
        ('    text = "the well is dry"\n    logger.error(text)\n', "the well is dry"),
        ('    text = "the well %s is dry"\n    raise DryError(text % name)\n', "the well {} is dry"),
        ('    text = "the well {} is dry"\n    print(text.format(name))\n', "the well {} is dry"),
        ('    text = f"the well {name} is dry"\n    logger.error(text + ", " + why)\n', "the well {} is dry, {}"),
        ('    text = "the well"\n    text += " is dry"\n    logger.warning(text)\n', "the well is dry"),
        ("    raise DryError(DRY % name)\n", "the well {} ran dry"),
        ("    logger.error(Well.DRY, name)\n", "the deep well {} ran dry"),
    ],
)
def test_a_text_that_reaches_its_statement_by_a_name_is_known_there(body: str, template: str) -> None:
    code = f"{WELL}def draw(name):\n{body}"
    found = emitted(code)
    assert [s.text for s in found] == [template.replace("{}", HOLE)]
    assert found[0].function == "draw"
    written = code.split("\n")[found[0].source_line - 1]
    assert template.split()[1] in written
    assert " = " in written


def test_a_member_of_the_class_is_known_in_its_methods() -> None:
    code = (
        'class Well:\n    dry = "no water in %s"\n\n    def draw(self):\n        raise DryError(self.dry % self.name)\n'
    )
    assert [(s.function, s.text, s.source_line) for s in emitted(code)] == [("Well.draw", f"no water in {HOLE}", 2)]


def test_every_text_of_a_table_or_a_choice_may_be_the_one() -> None:
    code = (
        'WHY = {"low": "the water is low", "off": "the pump is off"}\n\n\n'
        "def draw(code):\n    raise DryError(WHY[code])\n\n\n"
        'def pump(on):\n    text = "the pump runs" if on else "the pump rests"\n    logger.info(text)\n'
    )
    assert [s.text for s in emitted(code)] == [
        "the water is low",
        "the pump is off",
        "the pump runs",
        "the pump rests",
    ]


def test_what_another_function_bound_is_not_known() -> None:
    code = 'def one():\n    text = "only of the first"\n\n\ndef two(text):\n    logger.error(text)\n'
    assert emitted(code) == []


def test_a_name_from_another_file_is_remembered_as_a_name() -> None:
    extracted = extract(b"from texts import LOST\n\n\ndef f(x):\n    logger.error(LOST, x)\n    raise FarAway(x)\n")
    assert extracted.words == [[CONSTANT_MARK + "LOST"], [CLASS_MARK + "FarAway"]]
    assert [(s.kind, s.line, s.text) for s in extracted.statements] == [("log", 5, HOLE), ("raise", 6, HOLE)]


def test_a_command_line_is_read_as_it_is_printed() -> None:
    found = extract(b'def start(name):\n    run(["pump", "--depth", name, "-v"])\n').statements
    assert [s.text for s in found] == [f"pump --depth {HOLE} -v"]
