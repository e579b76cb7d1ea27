"""From what a fix changed to the other places that have the defect, and those that only look like it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from analyzer.codepaths import RepositoryIndex, open_repository
from analyzer.errors import RepositoryError
from analyzer.model import FixSearch, QueryKind, Role
from analyzer.redaction import build_redactor

Files = Mapping[str, str]


@pytest.fixture
def search(repository, cache):
    """Commits files, then their fix; gives the answer for the fix."""
    indexes: list[RepositoryIndex] = []

    def run(before: Files, after: Files) -> FixSearch:
        repository.commit(before)
        fix = repository.commit(after)
        index = open_repository(repository.root, fix, cache_dir=cache, redact=build_redactor().text, jobs=1)
        indexes.append(index)
        return index.siblings_of_fix(fix)

    yield run
    for index in indexes:
        index.close()


Search = Callable[[Files, Files], FixSearch]


def siblings(found: FixSearch) -> list[str]:
    return sorted(f"{p.file}:{p.line}" for p in found.siblings)


def look_alikes(found: FixSearch) -> dict[str, str]:
    return {f"{p.file}:{p.line}": p.why_not for p in found.look_alikes}


OVEN = """import json

def report(oven):
    state = {"name": oven.name, "phase": oven.phase}
    return json.dumps(state)
"""


def test_a_value_made_text_before_the_encoder_finds_the_raw_ones(search: Search) -> None:
    others = {
        "bakery/door.py": OVEN.replace("report", "opened"),
        "bakery/direct.py": "import json\n\ndef sent(socket, oven):\n    socket.send_json({'phase': oven.phase})\n",
        "bakery/label.py": OVEN.replace("oven.phase}", "oven.phase.value}"),
        "bakery/safe.py": OVEN.replace("dumps(state)", "dumps(state, default=str)"),
        "bakery/text.py": OVEN.replace("oven.phase}", "f'{oven.phase}'}"),
        "bakery/quiet.py": "def phase(oven):\n    return {'phase': oven.phase}\n",
        "tests/test_oven.py": OVEN,
    }
    found = search({"bakery/oven.py": OVEN, **others}, {"bakery/oven.py": OVEN.replace(".phase}", ".phase.value}")})
    assert [s.kind for s in found.shapes] == [QueryKind.UNSERIALIZABLE]
    assert siblings(found) == ["bakery/direct.py:4", "bakery/door.py:4"]
    assert set(look_alikes(found)) == {"bakery/label.py:4", "bakery/safe.py:4", "bakery/text.py:4"}
    assert "converter" in look_alikes(found)["bakery/safe.py:4"]
    assert all(p.role is Role.SIBLING and p.evidence and p.excerpt for p in found.siblings)


def test_a_value_is_followed_through_names_and_returned_dicts(search: Search) -> None:
    named = "import json\n\ndef report(oven):\n    phase = oven.phase\n    return json.dumps({'phase': phase})\n"
    given = "def facts(oven):\n    return {'phase': oven.phase}\n"
    takes = "import json\n\ndef send(oven):\n    found = facts(oven)\n    return json.dumps(found)\n"
    files = {"bakery/a.py": named, "bakery/b.py": named, "bakery/c.py": given, "bakery/d.py": takes}
    by_name = search(files, {"bakery/a.py": named.replace("'phase': phase", "'phase': str(phase)")})
    assert siblings(by_name) == ["bakery/b.py:5", "bakery/c.py:2"]
    given_back = search({}, {"bakery/c.py": given.replace(".phase}", ".phase.value}")})
    assert siblings(given_back) == ["bakery/b.py:5"]
    assert look_alikes(given_back) == {"bakery/a.py:5": "`str(phase)` is text before it reaches json.dumps"}


def test_a_value_read_from_something_else_is_no_sibling_where_several_classes_have_it(search: Search) -> None:
    classes = "class Oven:\n    def __init__(self):\n        self.phase = Phase.HOT\n\n"
    classes += "class Moon:\n    def __init__(self):\n        self.phase = 'full'\n"
    moon = OVEN.replace("oven", "moon")
    found = search(
        {"bakery/oven.py": OVEN, "bakery/moon.py": moon, "bakery/classes.py": classes},
        {"bakery/oven.py": OVEN.replace(".phase}", ".phase.value}")},
    )
    assert siblings(found) == []
    assert "several classes" in look_alikes(found)["bakery/moon.py:4"]


def test_an_awaited_call_finds_those_that_nobody_awaits(search: Search) -> None:
    bake = "async def bake(loaf):\n    return loaf\n"
    call = "from bakery.oven import bake\n\nasync def run(loaf):\n    bread = {}bake(loaf)\n    return bread.crust\n"
    tasks = "import asyncio\n\nasync def run(loaf):\n    asyncio.create_task(bake(loaf))\n"
    later = "async def run(loaf):\n    coming = bake(loaf)\n    return await coming\n"
    found = search(
        {
            "bakery/oven.py": bake,
            "bakery/run.py": call.format(""),
            "bakery/rush.py": call.format(""),
            "bakery/calm.py": call.format("await "),
            "bakery/tasks.py": tasks,
            "bakery/later.py": later,
        },
        {"bakery/run.py": call.format("await ")},
    )
    assert siblings(found) == ["bakery/rush.py:4"]
    assert set(look_alikes(found)) == {"bakery/calm.py:4", "bakery/later.py:2", "bakery/tasks.py:4"}


def test_a_plain_function_of_the_same_name_needs_no_await(search: Search) -> None:
    files = {
        "bakery/oven.py": "async def bake(loaf):\n    return loaf\n",
        "bakery/toy.py": "class Toy:\n    def bake(self):\n        return 1\n",
        "bakery/run.py": "async def run(oven):\n    return oven.bake(1)\n",
        "bakery/play.py": "async def run(toy):\n    return toy.bake()\n",
    }
    found = search(files, {"bakery/run.py": files["bakery/run.py"].replace("return", "return await")})
    assert siblings(found) == []
    assert "is no coroutine" in look_alikes(found)["bakery/play.py:2"]


def test_a_missing_import_finds_other_files_that_lack_it(search: Search) -> None:
    use = "def bake(x):\n    return math.floor(x)\n"
    found = search(
        {
            "bakery/a.py": use,
            "bakery/b.py": use,
            "bakery/c.py": "import math\n\n" + use,
            "bakery/d.py": "def bake(math):\n    return math.floor\n",
            "bakery/e.py": "def weigh(x):\n    import math\n\n    return math.ceil(x)\n\n" + use,
        },
        {"bakery/a.py": "import math\n\n" + use},
    )
    assert [s.kind for s in found.shapes] == [QueryKind.NAME]
    assert siblings(found) == ["bakery/b.py:2", "bakery/e.py:7"]
    assert set(look_alikes(found)) == {"bakery/d.py:1"}


def test_an_import_from_another_module_finds_the_old_ones(search: Search) -> None:
    old = "from bakery.old import Oven\n"
    found = search(
        {
            "bakery/old.py": "x = 1\n",
            "bakery/new.py": "class Oven:\n    pass\n",
            "bakery/a.py": old,
            "bakery/b.py": old,
            "bakery/c.py": "try:\n    from bakery.old import Oven\nexcept ImportError:\n    Oven = None\n",
        },
        {"bakery/a.py": old.replace("old", "new")},
    )
    assert [s.kind for s in found.shapes] == [QueryKind.IMPORT]
    assert siblings(found) == ["bakery/b.py:1"]
    assert set(look_alikes(found)) == {"bakery/c.py:2"}


def test_a_keyword_added_to_a_call_finds_calls_that_disagree_with_the_definition(search: Search) -> None:
    definition = "def bake(loaf, *, heat):\n    return loaf, heat\n"
    start = "from bakery.oven import bake\n"
    found = search(
        {
            "bakery/oven.py": definition,
            "bakery/a.py": start + "bake(1)\n",
            "bakery/b.py": start + "bake(2)\n",
            "bakery/c.py": start + "bake(3, heat=4)\n",
            "bakery/d.py": start + "bake(*everything)\n",
            "bakery/e.py": "def run(bake):\n    bake(5)\n",
            "bakery/f.py": "def run(kiln):\n    kiln.bake(6)\n",
        },
        {"bakery/a.py": start + "bake(1, heat=200)\n"},
    )
    assert [s.kind for s in found.shapes] == [QueryKind.SIGNATURE]
    assert siblings(found) == ["bakery/b.py:2"]
    assert "lacks `heat`" in found.siblings[0].evidence[0]
    assert "agrees with the definition at bakery/oven.py:1" in look_alikes(found)["bakery/c.py:2"]


def test_a_definition_that_gets_a_parameter_finds_the_callers_left_behind(search: Search) -> None:
    files = {
        "bakery/oven.py": "class Oven:\n    def bake(self, loaf):\n        return loaf\n",
        "bakery/a.py": "def run(oven):\n    return oven.bake(1)\n",
        "bakery/b.py": "def run(oven):\n    return oven.bake(1)\n",
        "bakery/c.py": "from bakery.oven import Oven\n\ndef run(it):\n    return Oven.bake(it, 1, 2)\n",
    }
    fixed = {
        "bakery/oven.py": files["bakery/oven.py"].replace("loaf)", "loaf, heat)"),
        "bakery/a.py": files["bakery/a.py"].replace("(1)", "(1, 200)"),
    }
    assert siblings(search(files, fixed)) == ["bakery/b.py:2"]


def test_a_keyword_added_to_a_library_call_finds_calls_without_it(search: Search) -> None:
    call = "import requests\n\ndef ask(url):\n    return requests.get(url)\n"
    found = search(
        {
            "bakery/a.py": call,
            "bakery/b.py": call,
            "bakery/c.py": call.replace("url)\n", "url, timeout=3)\n"),
            "bakery/d.py": "def ask(cache, url):\n    return cache.get(url)\n",
        },
        {"bakery/a.py": call.replace("get(url)", "get(url, timeout=5)")},
    )
    assert [s.kind for s in found.shapes] == [QueryKind.TIMEOUT]
    assert siblings(found) == ["bakery/b.py:4"]
    assert set(look_alikes(found)) == {"bakery/c.py:4"}


def test_get_instead_of_an_index_finds_the_same_key_of_the_same_value(search: Search) -> None:
    read = "def price(order):\n    return order['discount']\n"
    found = search(
        {
            "shop/a.py": read,
            "shop/b.py": read,
            "shop/c.py": "def price(order):\n    if 'discount' in order:\n        return order['discount']\n",
            "shop/d.py": "def price(coupon):\n    return coupon['discount']\n",
            "shop/e.py": "def price(order):\n    order['discount'] = 1\n    return order['discount']\n",
            "shop/f.py": "def p(order):\n    try:\n        x = order['discount']\n    except KeyError:\n        pass\n",
        },
        {"shop/a.py": read.replace("order['discount']", "order.get('discount', 0)")},
    )
    assert [s.kind for s in found.shapes] == [QueryKind.KEY]
    assert siblings(found) == ["shop/b.py:2"]
    assert set(look_alikes(found)) == {"shop/c.py:3", "shop/d.py:2", "shop/e.py:3", "shop/f.py:3"}


FIND = (
    "class Users:\n    def find(self, key):\n        if key:\n            return self.rows[key]\n        return None\n"
)
MAIL = "def mail(users, key):\n    user = users.find(key)\n    return user.mail\n"


@pytest.mark.parametrize(
    "fixed",
    [
        MAIL.replace("    return", "    if user is None:\n        return ''\n    return"),
        MAIL.replace("return user.mail", "return user.mail if user else ''"),
        MAIL.replace("return user.mail", "return user and user.mail"),
        MAIL.replace("return user.mail", "return getattr(user, 'mail', '')"),
        MAIL.replace("    return user.mail", "    if user:\n        return user.mail"),
    ],
)
def test_a_guard_finds_results_of_the_same_call_that_are_used_unguarded(search: Search, fixed: str) -> None:
    found = search(
        {
            "shop/users.py": FIND,
            "shop/a.py": MAIL,
            "shop/b.py": MAIL.replace("user.mail", "user.name"),
            "shop/c.py": MAIL.replace("    return", "    if not user:\n        raise LookupError\n    return"),
            "shop/d.py": "def mail(users, key):\n    return users.find(key).mail\n",
            "shop/e.py": "def mail(users, key):\n    user = users.find(key)\n    return user\n",
        },
        {"shop/a.py": fixed},
    )
    assert [s.kind for s in found.shapes] == [QueryKind.ATTRIBUTE]
    assert siblings(found) == ["shop/b.py:2", "shop/d.py:2"]
    assert set(look_alikes(found)) == {"shop/c.py:2"}


def test_a_test_of_the_type_finds_the_same_setting_read_without_one(search: Search) -> None:
    read = "def origins(settings):\n    hosts = settings.allowed_hosts\n    for host in hosts:\n        yield host\n"
    test = "    if isinstance(hosts, str):\n        hosts = hosts.split(',')\n    for"
    found = search(
        {"shop/a.py": read, "shop/b.py": read, "shop/c.py": read.replace("    for", test)},
        {"shop/a.py": read.replace("    for", test)},
    )
    assert [s.kind for s in found.shapes] == [QueryKind.OPERATION]
    assert siblings(found) == ["shop/b.py:2"]
    assert set(look_alikes(found)) == {"shop/c.py:2"}


def test_a_try_finds_the_same_call_outside_of_one(search: Search) -> None:
    call = "def load(store):\n    return store.fetch_menu()\n"
    inside = (
        "def load(store):\n    try:\n        return store.fetch_menu()\n    except StoreError:\n        return []\n"
    )
    found = search(
        {"shop/a.py": call, "shop/b.py": call, "shop/c.py": inside.replace("StoreError", "Exception")},
        {"shop/a.py": inside},
    )
    assert siblings(found) == ["shop/b.py:2"]
    assert set(look_alikes(found)) == {"shop/c.py:3"}


def test_a_renamed_function_finds_the_old_name(search: Search) -> None:
    found = search(
        {
            "shop/a.py": "def total(rows):\n    return sum(rows)\n\ndef run(rows):\n    return total(rows)\n",
            "shop/b.py": "from shop import a\n\ndef run(rows):\n    return a.total(rows)\n",
            "shop/c.py": "from shop.a import total\n",
            "shop/d.py": "def run(total):\n    return total\n",
        },
        {"shop/a.py": "def whole(rows):\n    return sum(rows)\n\ndef run(rows):\n    return whole(rows)\n"},
    )
    assert siblings(found) == ["shop/b.py:4", "shop/c.py:1"]


def test_an_attribute_by_its_new_name_finds_reads_of_the_old(search: Search) -> None:
    order = "class Order:\n    def __init__(self):\n        self.amount = 1\n"
    read = "def show(order):\n    return order.sum_total\n"
    found = search(
        {"shop/order.py": order, "shop/a.py": read, "shop/b.py": read, "shop/c.py": read.replace("order", "frame")},
        {"shop/a.py": read.replace("sum_total", "amount")},
    )
    assert siblings(found) == ["shop/b.py:2"]
    assert set(look_alikes(found)) == {"shop/c.py:2"}


def test_a_line_taken_out_of_an_ignore_file_finds_it_in_the_others(search: Search) -> None:
    found = search(
        {
            ".dockerignore": "*.log\nmodels/\n",
            ".gcloudignore": "models\n",
            "docs/.gitignore": "models/\n",
            "api/.dockerignore": "models/\n",
            "web/.dockerignore": "models/\n!models/one.py\n",
            "models/one.py": "x = 1\n",
        },
        {".dockerignore": "*.log\n"},
    )
    assert [s.kind for s in found.shapes] == [QueryKind.FILE]
    assert siblings(found) == [".gcloudignore:1"]
    assert set(look_alikes(found)) == {"docs/.gitignore:1", "api/.dockerignore:1", "web/.dockerignore:1"}


def test_another_change_is_searched_for_by_its_form(search: Search) -> None:
    before = "def age(row):\n    return clock.seconds(row.created) / Units.DAY\n"
    found = search(
        {
            "shop/a.py": before,
            "shop/b.py": before.replace("row", "item"),
            "shop/c.py": before.replace("/ Units.DAY", "// Units.DAY"),
        },
        {"shop/a.py": before.replace("/ Units.DAY", "// Units.DAY")},
    )
    assert [(s.kind, s.pattern.search if s.pattern else "") for s in found.shapes] == [
        (QueryKind.TEXT, "clock.seconds($A.created) / Units.DAY")
    ]
    assert siblings(found) == ["shop/b.py:2"]
    assert set(look_alikes(found)) == {"shop/c.py:2"}
    assert found.siblings[0].confidence < 0.5


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ({"a.py": "x = 1\n"}, {"a.py": "# one\nx = 1\n"}, "comments, doc strings and blanks only"),
        ({"a.py": "def f():\n    '''A.'''\n    return 1\n"}, {"a.py": "def f():\n    return 1\n"}, "doc strings"),
        ({"README.md": "a\n"}, {"README.md": "b\n"}, "documents only"),
        ({"tests/test_a.py": "x = 1\n"}, {"tests/test_a.py": "x = 2\n"}, "tests and documents only"),
        ({"a.go": "package a\n"}, {"a.go": "package b\n"}, "the fix changes a.go"),
        ({"a.py": "x = 1\n"}, {"a.py": "x = 2\n"}, "no form that can be searched for"),
        (
            {"a.py": "def f():\n    a = g()\n    a.b()\n"},
            {"a.py": "def f():\n    c = g()\n    c.b()\n"},
            "no form that can",
        ),
        ({"a.py": "def f(x: int): pass\n"}, {"a.py": "def f(x: str): pass\n"}, "no form that can be searched for"),
        ({"a.py": "log.info('a')\n"}, {"a.py": "log.info('b')\n"}, "no form that can be searched for"),
        ({}, {}, "changes no file"),
    ],
)
def test_a_change_without_a_form_says_so(search: Search, before: Files, after: Files, why: str) -> None:
    found = search({"other.py": "y = 1\n", **before}, after)
    assert (found.siblings, found.look_alikes) == ((), ())
    assert found.reason is not None
    assert why in found.reason


def test_what_stands_everywhere_is_no_defect(search: Search) -> None:
    call = "import requests\n\ndef ask(url):\n    return requests.get(url)\n"
    files = {f"shop/m{n:02}.py": call for n in range(40)}
    found = search({"a.py": call, **files}, {"a.py": call.replace("get(url)", "get(url, timeout=5)")})
    assert siblings(found) == []
    assert "too many to be one defect" in (found.reason or "")


def test_the_first_commit_of_a_history_has_no_form_before_it(repository, cache) -> None:
    first = repository.commit({"a.py": "x = 1\n"})
    index = open_repository(repository.root, first, cache_dir=cache, redact=build_redactor().text, jobs=1)
    assert "no parent here" in (index.siblings_of_fix(first).reason or "")
    with pytest.raises(RepositoryError, match="no such commit"):
        index.siblings_of_fix("abcdef0123")
    index.close()


def test_a_file_nested_beyond_reason_is_an_answer_not_a_crash(search: Search) -> None:
    deep = "x = " + " + ".join(["one"] * 3_000) + "\n"
    call = "import requests\n\ndef ask(url):\n    return requests.get(url)\n"
    found = search(
        {"deep.py": deep, "a.py": call, "b.py": call},
        {"deep.py": deep + "y = 1\n", "a.py": call.replace("url)\n", "url, timeout=5)\n")},
    )
    assert siblings(found) == ["b.py:4"]


def test_secrets_of_a_hunk_stay_hidden(search: Search) -> None:
    code = "def ask(http):\n    return http.open_door('ada@example.com', retries={})\n"
    found = search({"a.py": code.format(1), "b.py": code.format(1)}, {"a.py": code.format(2)})
    shown = f"{found.shapes} {found.siblings} {found.look_alikes} {found.reason}"
    assert "ada@example.com" not in shown
