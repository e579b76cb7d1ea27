from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.codepaths.extraction import extract
from analyzer.codepaths.fact_rows import unpack
from analyzer.codepaths.folding import HOLE
from analyzer.codepaths.mending import mend
from analyzer.codepaths.salvage import salvage
from analyzer.codepaths.statements import Extract
from analyzer.codepaths.text_fallback import read_lines
from analyzer.codepaths.tokens import tokenize


def rows(found: Extract) -> list[tuple[str, str, str, int]]:
    return [(s.kind, s.text.replace(HOLE, "{}"), s.function, s.line) for s in found.statements]


OLD = """\
class Door:
    def open(self, guest):
        print >>sys.stderr, "the door of %s is stuck" % guest
        try:
            self.push()
        except OSError, err:
            log.error("door: pushing failed: %s", err)
            raise DoorError, "the door of %s would not move" % `guest`
        exec "mode=0755"
        print u"all is well again",
"""


def test_python_2_is_read_like_any_source() -> None:
    found = extract(OLD.encode())
    assert rows(found) == [
        ("print", "the door of {} is stuck", "Door.open", 3),
        ("log", "door: pushing failed: {}", "Door.open", 7),
        ("raise", "the door of {} would not move", "Door.open", 8),
        ("print", "all is well again", "Door.open", 10),
    ]
    assert found.problem.endswith("read in the syntax of this Python")
    facts = unpack(found.facts)
    assert [(h.types, h.variable, h.reraise) for h in facts.handlers] == [(["OSError"], "err", "new")]
    assert [f.name for f in facts.functions] == ["<module>", "Door.open"]


@pytest.mark.parametrize(
    ("source", "mended"),
    [
        ("except (A, B), err:", "except (A, B) as err:"),
        ("except KeyError, ValueError:", "except ( KeyError, ValueError):"),
        ("raise E, 'text', trace", "raise E( 'text')"),
        ("print", "print"),
        ("print('x')", "print('x')"),
        ("if a <> 0777L: print a; print", "if a != 0o777: print( a); print"),
        ("x = ur'a\\d' + t'{b}'", "x = r'a\\d' + f'{b}'"),
        ("def f[T: int](x): pass", "def f(x): pass"),
        ("type Pair[T] = tuple[T, T]", "Pair[T] = tuple[T, T]"),
        ('f"{row["name"]} of {x}"', 'f"{row} of {x}"'),
        ("f'{\n  x\n}' + y", "f'{x}'\\\n\\\n + y"),
        ("<<<<<<< ours\na = 1\n=======\na = 2\n>>>>>>> theirs", "\na = 1\n\na = 2\n"),
        ("if a:\n\tb()\n        c()", "if a:\n        b()\n        c()"),
    ],
)
def test_constructs_of_other_versions_are_put_in_this_ones_words(source: str, mended: str) -> None:
    assert mend(source) == mended
    assert mended.count("\n") == source.count("\n")


def test_one_broken_function_costs_the_others_nothing() -> None:
    code = """\
def first():
    raise DoorError("the first door is shut")

class Door:
    def bad(
        self, name: str
    ):
        with self.lock:
            log.error("cannot lock the %s door", 1 2)
            log.info(
                "still in the same block"
            )
        unclosed(
            1

    def good(self):
        log.error("the good door is shut")
"""
    found = extract(code.encode())
    assert sorted(rows(found), key=lambda r: r[3]) == [
        ("raise", "the first door is shut", "first", 2),
        ("log", "cannot lock the {} door", "Door.bad", 9),
        ("log", "still in the same block", "Door.bad", 10),
        ("log", "the good door is shut", "Door.good", 17),
    ]
    assert found.problem.endswith("; read lines 9, 13-14 as text alone")
    assert [(f.name, f.line, f.end_line) for f in unpack(found.facts).functions[2:]] == [
        ("Door.bad", 5, 14),
        ("Door.good", 16, 17),
    ]


def test_text_alone_still_tells_kind_level_name_and_function() -> None:
    lines = [
        "class Door:",
        "    async def open(self):",
        "        log.warning('the door ' ?",
        "                    f'of {guest.name} is shut')",
        "        raise errors.DoorError('no such door' ?)",
        "        return Result(error_message=f'door error: {err}' ?)",
        "        reason = 'nobody is at home' ?",
        "        ? 'some words stand here'",
        "        'a string alone says nothing'",
    ]
    found = [(ast.unparse(r.statement), r.function, r.statement.lineno) for r in read_lines(lines, [(3, 9)])]
    assert found == [
        ("log.warning('the door ')", "Door.open", 3),
        ("log.warning(f'of {guest.name} is shut')", "Door.open", 4),
        ("raise errors.DoorError('no such door')", "Door.open", 5),
        ("Result(error_message=f'door error: {err}')", "Door.open", 6),
        ("reason = 'nobody is at home'", "Door.open", 7),
        ("'some words stand here'", "Door.open", 8),
    ]


def test_literals_side_by_side_over_lines_are_one_text() -> None:
    lines = ["log.error(", "    'the door '  # of wood", "    'is shut', ?)"]
    (found,) = read_lines(lines, [(1, 3)])
    assert (ast.unparse(found.statement), found.statement.lineno, found.statement.end_lineno) == (
        "log.error('the door is shut')",
        2,
        3,
    )


@pytest.mark.parametrize("broken", [b"", b"x = = 1\n"])
@pytest.mark.parametrize(
    "code",
    [
        "# -*- coding: latin-1 -*-\nprint('die T\xfcr ist zu')\n".encode("latin-1"),
        "print('die T\xfcr ist zu')\n".encode(),
        b"\xef\xbb\xbf" + "print('die T\xfcr ist zu')\n".encode(),
    ],
)
def test_encodings_are_read_alike_with_and_without_a_tree(code: bytes, broken: bytes) -> None:
    assert [s.text for s in extract(code + broken).statements] == ["die T\xfcr ist zu"]


def test_wrong_encodings_and_null_bytes_hide_no_text() -> None:
    latin = "# no declaration\nprint('die T\xfcr ist zu')\n".encode("latin-1")
    assert [s.text for s in extract(latin).statements] == ["die T\xfcr ist zu"]
    assert [s.text for s in extract(b"x = 1\0\nprint('the door is shut')\n").statements] == ["the door is shut"]


def test_both_sides_of_an_unfinished_merge_are_read() -> None:
    code = "def f():\n<<<<<<< ours\n    log.error('our door')\n=======\n    log.error('their door')\n>>>>>>> theirs\n"
    assert rows(extract(code.encode())) == [("log", "our door", "f", 3), ("log", "their door", "f", 5)]


def test_an_expression_too_deep_to_walk_takes_nothing_else_with_it() -> None:
    code = "x = " + "f(" * 90 + ".a()" * 400 + ")" * 90 + "\ny = f" + ".a(1)" * 900 + "\nprint('the door is shut')\n"
    assert ("print", "the door is shut", "<module>", 3) in rows(extract(code.encode()))


@given(st.text(alphabet="ab \t\n\\\"'#{}()[]:,=.%frtpu0<>`\r", max_size=120))
def test_tokens_are_the_source_and_mending_keeps_its_lines(text: str) -> None:
    tokens = tokenize(text)
    assert "".join(t.text for t in tokens) == text
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    assert mend(plain).count("\n") == plain.count("\n")
    assert salvage(text).lines == plain.split("\n")


@given(st.text(alphabet="ab \n\t\\\"'#{}()[]:,=%", max_size=60), st.integers(1, 4))
def test_whatever_stands_in_a_file_its_first_function_is_kept(text: str, indent: int) -> None:
    code = f"def first():\n{' ' * indent}print('the door is shut')\n\ndef second():\n{' ' * indent}{text}\n"
    assert ("print", "the door is shut", "first", 2) in rows(extract(code.encode()))
