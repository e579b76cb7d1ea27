from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.codepaths.fact_rows import Facts, Handler, mentions, merge, pack, unpack
from analyzer.codepaths.facts import read_facts


def facts(code: str) -> Facts:
    return read_facts(ast.parse(dedent(code)))


def handler(body: str, clause: str = "except Exception as err:") -> Handler:
    code = f"def f():\n    try:\n        g()\n    {clause}\n"
    found = facts(code + "".join(f"        {line}\n" for line in body.splitlines()))
    return found.handlers[0]


DOOR = """
    import enum

    class Mode(enum.StrEnum):
        OPEN = "open"
        SHUT = "shut"

    @registered("door")
    class Door(Base):
        mode: Mode = Mode.SHUT

        @property
        async def events(self, since: Moment, *rest, limit: "Limit" = 3, **more):
            def inner():
                return self.lock.state
            yield await self.queue.get(since, timeout=2, *rest)
"""


def test_functions_know_class_span_signature_and_nature() -> None:
    module, events, inner = facts(DOOR).functions
    assert (module.name, module.line) == ("<module>", 1)
    assert (events.name, events.owner, events.line, events.end_line) == ("Door.events", "Door", 12, 16)
    assert events.params == ["self", "since", "*rest", "limit", "**more"]
    assert events.types == ["", "Moment", "", "Limit", ""]
    assert (events.defaults, events.is_async, events.is_generator, events.decorators) == (1, True, True, ["property"])
    assert (inner.name, inner.owner, inner.is_async, inner.is_generator) == ("Door.events.inner", "Door", False, False)


def test_classes_know_bases_and_members() -> None:
    mode, door = facts(DOOR).classes
    assert (mode.name, mode.bases, mode.members, mode.is_enum) == ("Mode", ["enum.StrEnum"], ["OPEN", "SHUT"], True)
    assert (door.members, door.is_enum, door.decorators, door.line) == (["mode"], False, ["registered()"], 8)


def test_calls_carry_receiver_arguments_and_function() -> None:
    found = facts(DOOR)
    get = next(c for c in found.calls if c.name == "get")
    assert (get.receiver, get.args, get.keywords, get.awaited, get.line) == (
        "self.queue",
        2,
        ["timeout", "*"],
        True,
        16,
    )
    assert found.functions[get.function].name == "Door.events"
    assert [c.name for c in found.calls if c.function == 0] == ["registered"]


@pytest.mark.parametrize(
    ("body", "logs_trace", "reraise", "use", "keeps"),
    [
        ("return Result(error=str(err))", False, "", "text", False),
        ('return Result(error=f"door: {err}")', False, "", "text", False),
        ('log.error("door: %s", err)', False, "", "text", False),
        ('message = "door: %s (%s)" % (err, err.args)', False, "", "text", False),
        ("if err:\n    pass", False, "", "text", False),
        ("pass", False, "", "", False),
        ('log.exception("door")', True, "", "", True),
        ('log.error("door", exc_info=True)', True, "", "", True),
        ('log.error("door", exc_info=False)', False, "", "", False),
        ("text = traceback.format_exc()", True, "", "", True),
        ("raise", False, "bare", "", True),
        ("raise err", False, "same", "", True),
        ("raise DoorError(str(err)) from err", False, "from", "text", True),
        ("raise DoorError(err) from None", False, "from None", "text", False),
        ("raise DoorError('shut')", False, "new", "", True),
        ("return err", False, "", "object", True),
        ("self.problems.append(err)", False, "", "object", True),
        ("try:\n    close()\nexcept OSError:\n    raise", False, "", "", False),
        ("def later():\n    raise", False, "", "", False),
    ],
)
def test_a_handler_says_whether_the_trace_survives(
    body: str, logs_trace: bool, reraise: str, use: str, keeps: bool
) -> None:
    found = handler(body)
    assert (found.logs_trace, found.reraise, found.use, found.keeps_trace) == (logs_trace, reraise, use, keeps)


def test_a_handler_knows_spans_types_and_whether_it_always_raises() -> None:
    found = handler("if late:\n    raise\nlog.info('door')", "except (OSError, errors.Late) as problem:")
    assert (found.try_line, found.try_end_line, found.line, found.end_line) == (2, 3, 4, 7)
    assert (found.types, found.variable, found.reraise, found.always) == (
        ["OSError", "errors.Late"],
        "problem",
        "bare",
        False,
    )
    assert handler("log.info('door')\nraise").always


def test_imports_know_where_and_under_what_guard_they_stand() -> None:
    code = """
        import a.b as c
        if typing.TYPE_CHECKING:
            from x import Y
        try:
            import fast
        except ImportError:
            import slow
        def f():
            from ..near import here as there
    """
    rows = [(i.module, i.name, i.alias, i.level, i.guard, i.function) for i in facts(code).imports]
    assert rows == [
        ("a.b", "", "c", 0, "", 0),
        ("x", "Y", "", 0, "typing", 0),
        ("fast", "", "", 0, "fallback", 0),
        ("slow", "", "", 0, "", 0),
        ("near", "here", "there", 2, "", 1),
    ]


def test_raises_know_class_and_cause() -> None:
    code = "def f():\n    raise errors.Late('x') from err\n    raise\n    raise Early\n    raise Shut() from None\n"
    rows = [(r.name, r.line, r.how) for r in facts(code).raises]
    assert rows == [
        ("errors.Late", 2, "from"),
        ("", 3, "bare"),
        ("Early", 4, "new"),
        ("Shut", 5, "from None"),
    ]


def test_sinks_are_known_under_any_name_and_carry_their_arguments() -> None:
    code = """
        import json as j, subprocess as sp
        from x import y as dumps
        def f(request):
            j.dumps(answer, indent=2)
            dumps(other)
            pickle.dumps(other)
            sp.run(["ls"], check=True)
            os.environ["DOOR_KEY"]
            os.environ.get("DOOR_CODE")
            os.getenv("DOOR_NAME", fallback)
            cursor.execute("SELECT 1")
            return JSONResponse(content={"a": 1}, status_code=code)
    """
    assert [(s.family, s.name, s.arguments) for s in facts(code).sinks] == [
        ("json", "json.dumps", ["answer", "2"]),
        ("subprocess", "subprocess.run", ["", "True"]),
        ("environment", "os.environ", ["'DOOR_KEY'"]),
        ("environment", "os.environ.get", ["'DOOR_CODE'"]),
        ("environment", "os.getenv", ["'DOOR_NAME'", "fallback"]),
        ("database", "cursor.execute", ["'SELECT 1'"]),
        ("json", "JSONResponse", ["{}", "code"]),
    ]


def test_names_that_hold_members_of_a_class_are_carriers() -> None:
    code = """
        class Door:
            mode: Mode
            def f(self, door):
                self.mode = Mode.OPEN
                if door.mode == modes.Mode.SHUT or Mode.OPEN is state:
                    return Door(mode=Mode.OPEN)
                if getattr(door, "kind", None) in (Kind.BIG, Kind.SMALL):
                    match door.size:
                        case Size.LARGE | Size.HUGE:
                            pass
    """
    assert [(c.receiver, c.name, c.type, c.member, c.how) for c in facts(code).carriers] == [
        ("", "mode", "Mode", "", "annotation"),
        ("self", "mode", "Mode", "OPEN", "assign"),
        ("door", "mode", "Mode", "SHUT", "compare"),
        ("", "state", "Mode", "OPEN", "compare"),
        ("", "mode", "Mode", "OPEN", "keyword"),
        ("door", "kind", "Kind", "BIG", "compare"),
        ("door", "size", "Size", "LARGE", "compare"),
        ("door", "size", "Size", "HUGE", "compare"),
    ]


def test_raw_values_are_followed_into_dicts_and_calls_and_wrapped_ones_are_not() -> None:
    code = """
        def f(door):
            about = {"mode": getattr(door, "mode", "?"), "name": str(door.name),
                "in": {"size": door.size if door else 0}}
            about["lock"] = door.lock
            more = {"inner": about, **extra}
            json.dumps({"mode": door.mode, "text": f"{door.mode}"})
            reply(content={"who": door.owner.name})
            return {"state": door.state.value}
    """
    assert [(f.into, f.key, f.value) for f in facts(code).flows] == [
        ("about", "mode", "door.mode"),
        ("about", "in.size", "door.size"),
        ("about", "lock", "door.lock"),
        ("more", "inner", "about"),
        ("more", "**", "extra"),
        ("json.dumps()", "mode", "door.mode"),
        ("reply()", "who", "door.owner.name"),
        ("return", "state", "door.state.value"),
    ]


def test_attributes_are_accesses_and_callees_are_not() -> None:
    code = "def f(a):\n    a.b.c = a.d.e()\n    getattr(a, 'g')\n    del a.h\n    x().y\n"
    assert [(x.receiver, x.name, x.writes) for x in facts(code).accesses] == [
        ("a.b", "c", True),
        ("a", "b", False),
        ("a", "d", False),
        ("a", "g", False),
        ("a", "h", True),
    ]


def test_facts_are_the_same_after_the_store() -> None:
    found = facts(DOOR)
    assert unpack(pack(found)) == found
    assert unpack(b"").calls == []
    assert {"events", "Door", "Mode", "get", "queue", "enum", "StrEnum", "Base"} <= set(mentions(found))


def test_parts_of_a_file_make_the_facts_of_the_whole() -> None:
    first, second = "import a\ndef f():\n    g(1)\n", "class B:\n    def h(self):\n        g(2)\nk()\n"
    tree = ast.parse(second)
    whole = merge([read_facts(ast.parse(first)), read_facts(ast.increment_lineno(tree, 3))])
    assert whole == read_facts(ast.parse(first + second))


def test_long_chains_of_any_kind_are_read() -> None:
    many = 300
    code = "if a:\n    b()\n" + "elif c():\n    d()\n" * many
    assert len(facts(code).calls) == 2 * many + 1
    assert len(facts("x = " + " + ".join(["f()"] * many)).calls) == many


@given(st.text(alphabet="abx.()[]{}=:,'\n raise try except from None await def class", max_size=80))
def test_whatever_parses_has_facts_that_can_be_stored(code: str) -> None:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return
    found = read_facts(tree)
    assert unpack(pack(found)) == found
    assert all(0 <= row.function < len(found.functions) for row in [*found.calls, *found.handlers, *found.flows])
