"""Which function a stack trace makes one look at first: small repositories, each with one thing that tells."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from analyzer.codepaths import RepositoryIndex, open_repository
from analyzer.codepaths.suspects.definitions import Definitions
from analyzer.codepaths.suspects.failing import Asked, failing_at, failing_text
from analyzer.codepaths.suspects.naming import read_message
from analyzer.codepaths.suspects.weights import probability
from analyzer.events.stacktraces import parse_stack_traces
from analyzer.model import CodePath, Role, StackTrace

SHOP = """\
import functools


def timed(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


class Cart:
    currency = "EUR"

    def __init__(self, rows):
        self.rows = rows

    def fill(self, prices):
        self.prices = prices

    @property
    def total(self):
        return sum(self.price(row) for row in self.rows)

    def price(self, row):
        return self.prices[row]

    def pay(self, card):
        return charge(self.total, card)


@timed
def charge(amount, card):
    limit = limit_of(card)
    return limit.take(amount)


def limit_of(card):
    return None


def render(template, *, width):
    return template.ljust(width)


def page():
    return render("x", height=3)


def again(n):
    return again(n - 1)
"""


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(SHOP.split("\n"), 1) if line.strip() == text)


def trace_of(error: str, *frames: tuple[str, str]) -> StackTrace:
    """A trace through the given functions, outermost first, at the lines that read so."""
    lines = ["Traceback (most recent call last):", '  File "/srv/run.py", line 3, in <module>', "    start()"]
    for function, code in frames:
        lines += [f'  File "/srv/shop/cart.py", line {line_of(code)}, in {function}', f"    {code}"]
    return parse_stack_traces("\n".join([*lines, error]))[0]


@pytest.fixture
def index(repository, cache: Path) -> RepositoryIndex:
    repository.commit({"shop/cart.py": SHOP, "tests/test_cart.py": "def test_pay():\n    Cart([]).pay(1)\n"})
    return open_repository(repository.root, cache_dir=cache, redact=str)


def functions(paths: list[CodePath]) -> list[str | None]:
    return [p.function for p in paths]


PAYING = [
    ("pay", "return charge(self.total, card)"),
    ("wrapper", "return function(*args, **kwargs)"),
    ("charge", "return limit.take(amount)"),
]


def test_the_innermost_function_comes_first_and_none_twice(index: RepositoryIndex) -> None:
    found = index.suspects(
        trace_of("RecursionError: maximum recursion depth exceeded", *[("again", "return again(n - 1)")] * 5)
    )
    assert functions(found)[0] == "again"
    assert len(set(functions(found))) == len(found)
    assert any("5 times" in sentence for sentence in found[0].evidence)


def test_a_wrapper_comes_after_the_functions_that_do_something(index: RepositoryIndex) -> None:
    found = index.suspects(trace_of("ValueError: no limit", *PAYING), limit=9)
    names = functions(found)
    assert names[:2] == ["charge", "Cart.pay"]
    assert names.index("timed.wrapper") > 1


def test_what_made_the_value_is_suspected_though_no_frame_names_it(index: RepositoryIndex) -> None:
    found = index.suspects(trace_of("AttributeError: 'NoneType' object has no attribute 'take'", *PAYING), limit=9)
    made = next(p for p in found if p.function == "limit_of")
    assert made.role is Role.CAUSE
    assert made.evidence == (f"it gave a value that shop/cart.py:{line_of('return limit.take(amount)')} uses",)


def test_a_function_that_the_message_names_is_among_the_first(index: RepositoryIndex) -> None:
    error = "TypeError: render() got an unexpected keyword argument 'height'"
    found = index.suspects(trace_of(error, ("page", 'return render("x", height=3)')))
    assert "render" in functions(found)[:2]
    named = next(p for p in found if p.function == "render")
    assert any(s.startswith("the message names") for s in named.evidence)


def test_a_lacking_attribute_leads_to_the_method_that_sets_it_and_to_its_class(index: RepositoryIndex) -> None:
    error = "AttributeError: 'Cart' object has no attribute 'prices'"
    found = index.suspects(trace_of(error, ("price", "return self.prices[row]")), limit=9)
    names = functions(found)
    assert names[0] == "Cart.price"
    assert {"Cart.fill", "Cart"} <= set(names)
    assert next(p for p in found if p.function == "Cart").line == line_of("class Cart:")


def test_probabilities_fall_and_are_none_of_certainty(index: RepositoryIndex) -> None:
    found = index.suspects(trace_of("ValueError: no limit", *PAYING), limit=9)
    beliefs = [p.confidence for p in found]
    assert beliefs == sorted(beliefs, reverse=True)
    assert beliefs[0] < 0.9


def test_frames_of_tests_and_of_other_code_are_no_suspects(index: RepositoryIndex) -> None:
    text = (
        "Traceback (most recent call last):\n"
        '  File "/srv/tests/test_cart.py", line 2, in test_pay\n    Cart([]).pay(1)\n'
        '  File "/usr/lib/python3.11/json/decoder.py", line 9, in decode\n    raise JSONDecodeError\n'
        "ValueError: x\n"
    )
    assert index.suspects(parse_stack_traces(text)[0]) == []


def test_a_repository_without_frames_of_the_trace_has_no_suspects(index: RepositoryIndex) -> None:
    text = 'Traceback (most recent call last):\n  File "/else/where.py", line 9, in f\n    g()\nKeyError: 1\n'
    assert index.suspects(parse_stack_traces(text)[0]) == []


def test_the_same_trace_gives_the_same_suspects_from_a_fresh_index(index: RepositoryIndex, repository) -> None:
    trace = trace_of("AttributeError: 'Cart' object has no attribute 'prices'", *PAYING)
    again = open_repository(repository.root, redact=str)
    assert index.suspects(trace, limit=9) == again.suspects(trace, limit=9)


def test_a_statement_tells_what_it_calls_and_what_made_its_values(index: RepositoryIndex) -> None:
    module = index.code.module("shop/cart.py")
    assert module is not None
    failing = failing_at(module, index.code.function("shop/cart.py", "charge"), line_of("return limit.take(amount)"))
    assert [(a.receiver, a.name, a.called) for a in failing.asked] == [("limit", "take", True)]
    assert [(a.name, a.called) for a in failing.made] == [("limit_of", True)]
    wrapper = index.code.function("shop/cart.py", "timed.wrapper")
    assert failing_at(module, wrapper, line_of("return function(*args, **kwargs)")).passes_on


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("for row in self.load(path):", ["load"]),
        ("if check(a) and b.ready:", ["check", "ready"]),
        ("value = table.get(key", []),
        ("", []),
        ("(" * 3_000, []),
    ],
)
def test_a_printed_line_is_read_alone_as_far_as_it_goes(code: str, names: list[str]) -> None:
    assert sorted(a.name for a in failing_text(code).asked) == names


def values_at(body: str, line: int) -> tuple[bool, bool]:
    module = ast.parse(f"def f(self, a, b):\n{body}")
    failing = failing_at(module, module.body[0], line)
    return failing.local, failing.given


def test_whose_values_a_line_works_on() -> None:
    assert values_at("    x = b.load()\n    return x[0]\n", 3) == (True, False)
    assert values_at("    return a[b]\n", 2) == (False, True)
    assert values_at("    a = a or 1\n    return a[0]\n", 3) == (True, False)
    assert values_at("    return self.x[a]\n", 2) == (False, False)
    assert values_at("    if a is None:\n        raise ValueError(b)\n", 3) == (False, True)
    assert values_at("    x = a\n    if x:\n        raise ValueError(a)\n", 4) == (True, False)


BASE = """\
class Base:
    def load(self):
        pass

    @property
    def ready(self):
        pass
"""
HEIR = """\
from base import Base
from tools import open_all as everything


class Shop(Base):
    def load(self):
        super().load()
        return self.ready, self.load

    def go(self):
        def load():
            pass
        return load(), everything(), Base(), self.load()
"""


def test_names_lead_to_the_definitions_that_they_can_mean(repository, cache: Path) -> None:
    many = {f"many/m{n}.py": "def common():\n    pass\n" for n in range(5)}
    repository.commit({"base.py": BASE, "shop.py": HEIR, "tools.py": "def open_all():\n    pass\n", **many})
    definitions = Definitions(open_repository(repository.root, cache_dir=cache, redact=str).code)

    def of(receiver: str, name: str, function: str, *, called: bool = True) -> list[tuple[str, str]]:
        asked = Asked(name=name, receiver=receiver, line=1, called=called)
        return definitions.of(asked, "shop.py", function)

    assert of("super()", "load", "Shop.load") == [("base.py", "Base.load")]
    assert of("self", "load", "Shop.go") == [("shop.py", "Shop.load")]
    assert of("self", "ready", "Shop.load", called=False) == [("base.py", "Base.ready")]
    assert of("self", "load", "Shop.load", called=False) == []
    assert of("", "load", "Shop.go") == [("shop.py", "Shop.go.load")]
    assert of("", "everything", "Shop.go") == [("tools.py", "open_all")]
    assert of("tools", "open_all", "Shop.go") == [("tools.py", "open_all")]
    assert of("thing", "common", "Shop.go") == []


def test_names_are_read_from_messages() -> None:
    assert read_message("Cart.fill() missing 1 required positional argument: 'prices'").functions == ("Cart.fill",)
    lacking = read_message("'Cart' object has no attribute 'prices'")
    assert (lacking.owner, lacking.attribute) == ("Cart", "prices")
    assert "Cart" in lacking.classes
    assert read_message("a" * 100_000 + "f()").functions == ()


def test_nothing_speaks_for_a_function_without_ties() -> None:
    assert probability({}) < 0.1
