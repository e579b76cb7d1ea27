from __future__ import annotations

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.codepaths.extraction import extract
from analyzer.codepaths.folding import HOLE
from analyzer.codepaths.statements import Statement


def statements(code: str) -> list[Statement]:
    return extract(code.encode()).statements


def only(code: str) -> Statement:
    found = statements(code)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("expression", "template"),
    [
        ('f"cannot open {path}: {err}"', "cannot open {}: {}"),
        ('"cannot open %s: %r" % (path, err)', "cannot open {}: {}"),
        ('"cannot open {}: {!r}".format(path, err)', "cannot open {}: {}"),
        ('"cannot open " + path + ": " + str(err)', "cannot open {}: {}"),
        ('"cannot open " f"{path}: " "%s" % err', "cannot open {}: {}"),
        ('_("cannot open %(path)s now") % {"path": path}', "cannot open {} now"),
        ('"100%% sure about " + name', "100% sure about {}"),
        ('"= title " + "=" * 4', "= title ===="),
        ('"; ".join(["first part", "second part"])', "first part; second part"),
    ],
)
def test_every_way_of_building_a_text_folds_to_one_template(expression: str, template: str) -> None:
    assert only(f"print({expression})").text == template.replace("{}", HOLE)


def test_a_logging_call_gives_level_and_the_arguments_as_holes() -> None:
    found = only("def load():\n    logger.error('lost %s after %d tries', self.name, tries)\n")
    assert (found.kind, found.level, found.function, found.line) == ("log", "ERROR", "load", 2)
    assert found.holes.split("\x1f") == ["self.name", "tries"]


def test_a_text_in_a_keyword_of_a_returned_object_is_found_under_its_name() -> None:
    code = (
        "class Door:\n    async def open(self):\n        try:\n            ...\n        except Exception as e:\n"
        "            return Result(\n                ok=False,\n"
        '                error_message=f"door error: {str(e)}",\n            )\n'
    )
    found = only(code)
    assert (found.kind, found.name, found.function, found.line) == ("kwarg", "error_message", "Door.open", 8)
    assert found.holes == "str(e)"


@pytest.mark.parametrize(
    ("code", "kind", "name"),
    [
        ("raise QuotaError(f'quota of {x} used up')", "raise", "QuotaError"),
        ("assert x, 'x must not be empty'", "raise", "AssertionError"),
        ("answer = {'detail': 'no such order'}", "dict", "detail"),
        ("REASON = 'the order was closed'", "assign", "REASON"),
        ("result['error'] = 'the order was closed'", "assign", "error"),
        ("def f():\n    return 'the order was closed'", "return", ""),
        ("problem = ValidationError('the order was closed')", "exception", "ValidationError"),
        ("self.problems.append('the order was closed')", "call", "append"),
        ("for text in ['the order was closed']: pass", "item", ""),
    ],
)
def test_the_kind_says_what_a_text_is_for(code: str, kind: str, name: str) -> None:
    found = only(code)
    assert (found.kind, found.name) == (kind, name)


def test_docstrings_and_compared_strings_are_no_messages() -> None:
    code = '"""Module text here."""\ndef f(x):\n    """Function text here."""\n'
    code += '    if x == "some text here":\n        pass\n'
    assert statements(code) == []


def test_nested_functions_carry_their_qualified_name() -> None:
    code = "class A:\n    def f(self):\n        def g():\n            raise ValueError('deep down here')\n"
    assert only(code).function == "A.f.g"


def test_both_branches_of_a_choice_are_statements() -> None:
    code = "log.info('all is well' if ok else 'all is lost')"
    assert [s.text for s in statements(code)] == ["all is well", "all is lost"]


def test_strings_of_a_file_that_does_not_parse_are_still_found() -> None:
    found = extract(b"def broken(:\n    pass\n\ndef load():\n    print('could not read the table')\n")
    assert "invalid syntax" in found.problem or found.problem
    assert [(s.text, s.function, s.line) for s in found.statements] == [("could not read the table", "load", 5)]


def test_an_invalid_escape_in_someones_source_does_not_warn_us() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert extract(b"print('a \\d text here')").problem == ""


def test_a_deep_expression_is_a_problem_of_the_file_not_ours() -> None:
    found = extract(b"x = " + b"-" * 50_000 + b"1\nprint('some words here')\n")
    assert found.problem
    assert [s.text for s in found.statements] == ["some words here"]


def test_a_long_chain_of_additions_is_read_in_one_go() -> None:
    code = "x = 'begin of it' + " + " + ".join(f"a{i}" for i in range(400))
    assert only(code).text == "begin of it" + HOLE * 400


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_error(code: bytes) -> None:
    found = extract(code)
    assert len(found.statements) == len(found.words)
