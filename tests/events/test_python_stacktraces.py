"""CPython tracebacks as text: real ones made here by raising, and the shapes they take on their way through logs."""

from __future__ import annotations

import json
import traceback
from textwrap import dedent, indent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.events.stacktraces import parse_stack_traces, read_stacks
from analyzer.events.stacktraces.core import WEAK
from analyzer.events.stacktraces.python_dicts import trace_of_dicts
from analyzer.events.stacktraces.python_steps import begin, step
from analyzer.model import Relation


def caught(function) -> str:
    """The traceback that `function` dies with, as the interpreter prints it."""
    try:
        function()
    except BaseException:
        return traceback.format_exc()
    raise AssertionError("it did not fail")


def only(text: str):
    """The one trace of a text."""
    found = parse_stack_traces(text)
    assert len(found) == 1
    return found[0]


def fail_plainly() -> None:
    raise ValueError("no such colour: teal")


def fail_with_cause() -> None:
    try:
        fail_plainly()
    except ValueError as err:
        raise RuntimeError("cannot paint") from err


def fail_in_handler() -> None:
    try:
        fail_with_cause()
    except RuntimeError:
        {}["missing"]


PLAIN = dedent("""\
    Traceback (most recent call last):
      File "/app/shop/cart.py", line 12, in total
        return sum(prices) / len(prices)
               ~~~~~~~~~~~~^~~~~~~~~~~~~
    ZeroDivisionError: division by zero
    """)


def test_a_real_traceback_gives_type_message_and_frames() -> None:
    trace = only(caught(fail_plainly))
    title = trace.exceptions[trace.last]
    assert (title.type, title.message) == ("ValueError", "no such colour: teal")
    assert title.frames[-1].function == "fail_plainly"
    assert title.frames[-1].file == __file__
    assert title.frames[-1].code == 'raise ValueError("no such colour: teal")'
    assert not trace.truncated


def test_a_chain_hangs_from_its_title_down_to_the_oldest() -> None:
    trace = only(caught(fail_in_handler))
    assert [e.type for e in trace.exceptions] == ["ValueError", "RuntimeError", "KeyError"]
    assert [e.relation for e in trace.exceptions] == [Relation.CAUSE, Relation.CONTEXT, None]
    assert [e.parent for e in trace.exceptions] == [1, 2, None]
    assert (trace.root, trace.last) == (0, 2)
    assert trace.root_exception.message == "no such colour: teal"


@pytest.mark.parametrize("times", [1, 2])
def test_an_escaped_traceback_reads_like_the_plain_one(times: int) -> None:
    text = PLAIN
    for _ in range(times):
        text = json.dumps(text)[1:-1]
    assert parse_stack_traces("ERROR pool: " + text) == parse_stack_traces(PLAIN)


def test_a_traceback_in_a_json_document_ends_with_its_string() -> None:
    document = json.dumps({"levelname": "ERROR", "exc_info": PLAIN.strip(), "trace_id": "abc"})
    assert parse_stack_traces(document) == parse_stack_traces(PLAIN)
    assert parse_stack_traces(f"payload was {document} (cut)") == parse_stack_traces(PLAIN)


def test_terminal_colours_do_not_matter() -> None:
    coloured = PLAIN.replace("ZeroDivisionError", "\x1b[1;35mZeroDivisionError\x1b[0m").replace(
        '"/app/shop/cart.py"', '\x1b[35m"/app/shop/cart.py"\x1b[0m'
    )
    assert parse_stack_traces(coloured) == parse_stack_traces(PLAIN)


def test_what_stands_around_a_trace_is_left_over() -> None:
    text = f"ERROR in app: checkout failed\n{PLAIN}2025-01-02 03:04:05 - shop - INFO - next"
    found = read_stacks(text)
    assert len(found.traces) == 1
    assert found.rest == "ERROR in app: checkout failed\n2025-01-02 03:04:05 - shop - INFO - next"


def test_a_prefix_on_the_header_line_is_left_over() -> None:
    assert read_stacks("pool broke: " + PLAIN).rest.strip() == "pool broke:"


def test_a_message_of_several_lines_is_kept_whole() -> None:
    text = PLAIN.replace("division by zero", "no such table\n[SQL: select 1]\n[parameters: (42,)]")
    assert only(text).exceptions[0].message == "no such table\n[SQL: select 1]\n[parameters: (42,)]"


def test_a_traceback_quoted_in_a_message_is_not_a_second_one() -> None:
    text = PLAIN.replace("ZeroDivisionError: division by zero", "RuntimeError: worker said:\n" + PLAIN.strip())
    trace = only(text)
    assert trace.exceptions[0].type == "RuntimeError"
    assert trace.exceptions[0].message.endswith("ZeroDivisionError: division by zero")


def test_two_tracebacks_in_a_row_are_two() -> None:
    assert len(parse_stack_traces(PLAIN + PLAIN)) == 2


def test_a_trace_without_its_last_line_says_so() -> None:
    trace = only("\n".join(PLAIN.splitlines()[:-1]))
    assert trace.truncated
    assert trace.exceptions[0].type is None
    assert trace.exceptions[0].frames[0].line == 12


def test_a_trace_without_its_head_says_so() -> None:
    trace = only("\n".join(PLAIN.splitlines()[1:]))
    assert trace.truncated
    assert trace.exceptions[0].type == "ZeroDivisionError"


@pytest.mark.parametrize("gap", ["\n", ""])
def test_frames_of_ipython_without_the_line_above_them_are_read_and_marked(gap: str) -> None:
    text = (
        "~/venv/lib/python3.11/site-packages/shop/cart.py in total(self, rows)\n"
        "     40 \n"
        "---> 41         return sum(price(r) for r in rows)\n"
        f"     42 \n{gap}"
        "/app/shop/prices.py in price(row)\n"
        "   1205     # a comment\n"
        "-> 1206     return row['price']\n"
        f"{gap}KeyError: 'price'\n"
    )
    trace = only(text)
    assert trace.truncated
    assert [(f.function, f.line, f.code) for f in trace.exceptions[0].frames] == [
        ("total", 41, "return sum(price(r) for r in rows)"),
        ("price", 1206, "return row['price']"),
    ]
    assert (trace.exceptions[0].type, trace.exceptions[0].message) == ("KeyError", "'price'")


@pytest.mark.parametrize(
    "text",
    [
        "error: cannot find value\n  --> src/main.rs:3:5\n",
        "/etc/hosts in use(by us)\nsee below --> 3 things\n",
        "moved a --> 12\n./x in y\nthen\n---> 4 b\n",
    ],
)
def test_an_arrow_alone_is_no_stack(text: str) -> None:
    assert not [t for t in parse_stack_traces(text) if t.language == "python"]


def test_a_chain_that_ends_at_its_separator_is_truncated() -> None:
    trace = only(PLAIN + "\nDuring handling of the above exception, another exception occurred:\n")
    assert trace.truncated
    assert trace.exceptions[trace.last].type == "ZeroDivisionError"


def test_stack_info_is_no_error() -> None:
    text = (
        'slow query\nStack (most recent call last):\n  File "/app/db.py", line 5, in run\n    log.warning("slow query")'
    )
    assert parse_stack_traces(text) == []
    assert read_stacks(text).rest == "slow query"


def test_the_place_of_a_syntax_error_is_no_frame_beside_those_that_led_to_it() -> None:
    trace = only(caught(lambda: compile("def f(:\n", "/app/broken.py", "exec")))
    title = trace.exceptions[trace.last]
    assert (title.type, title.message) == ("SyntaxError", "invalid syntax")
    assert title.frames[-1].file == __file__
    assert not trace.truncated


def test_the_place_of_a_syntax_error_without_a_header_is_its_frame() -> None:
    trace = only('  File "/app/broken.py", line 3\n    def f(:\n          ^\nSyntaxError: invalid syntax\n')
    frame = trace.exceptions[0].frames[0]
    assert (frame.file, frame.line, frame.function) == ("/app/broken.py", 3, None)
    assert not trace.truncated


def test_recursion_is_read_as_printed() -> None:
    def down(n: int) -> None:
        if n == 0:
            raise ValueError("floor")
        down(n - 1)

    trace = only(caught(lambda: down(30)))
    assert trace.exceptions[0].message == "floor"
    assert not trace.truncated


def test_a_group_of_several_has_no_single_root() -> None:
    def fail() -> None:
        raise ExceptionGroup("batch", [ValueError("row 4"), TypeError("row 9")])

    trace = only(caught(fail))
    title = trace.exceptions[trace.last]
    assert (title.type, title.message) == ("ExceptionGroup", "batch")
    assert trace.root is None
    members = [e for e in trace.exceptions if e.relation is Relation.MEMBER]
    assert [(e.type, e.message, e.parent) for e in members] == [
        ("ValueError", "row 4", trace.last),
        ("TypeError", "row 9", trace.last),
    ]


def test_a_group_of_one_leads_to_its_member_and_below() -> None:
    def fail() -> None:
        try:
            fail_plainly()
        except ValueError as err:
            inner = KeyError("k")
            inner.__cause__ = err
            raise ExceptionGroup("batch", [inner]) from None

    trace = only(caught(fail))
    assert trace.root_exception.type == "ValueError"


def test_a_group_inside_a_chain_hangs_under_the_next_exception() -> None:
    def fail() -> None:
        try:
            raise ExceptionGroup("batch", [ExceptionGroup("inner", [ValueError("a"), OSError("b")]), TypeError("c")])
        except ExceptionGroup as err:
            raise RuntimeError("flush failed") from err

    trace = only(caught(fail))
    title = trace.exceptions[trace.last]
    group = next(e for e in trace.exceptions if e.message == "batch")
    assert title.type == "RuntimeError"
    assert (group.relation, group.parent) == (Relation.CAUSE, trace.last)
    assert {e.type for e in trace.exceptions} == {
        "RuntimeError",
        "ExceptionGroup",
        "ValueError",
        "OSError",
        "TypeError",
    }


def test_a_worker_process_shows_the_frames_of_the_worker() -> None:
    remote = f'concurrent.futures.process._RemoteTraceback: \n"""\n{PLAIN}"""\n'
    text = f"{remote}\nThe above exception was the direct cause of the following exception:\n\n{PLAIN}"
    trace = only(text)
    assert trace.root_exception.type == "concurrent.futures.process._RemoteTraceback"
    assert trace.root_exception.frames[0].file == "/app/shop/cart.py"
    assert trace.exceptions[trace.last].type == "ZeroDivisionError"


def test_blank_lines_between_frames_belong_to_the_trace() -> None:
    text = dedent("""\
        2025-01-02 03:04:05.678 | ERROR    | shop.cart:total:12 - paint failed
        Traceback (most recent call last):

        > File "/app/shop/cart.py", line 12, in total
            return mix(colour)
                   │   └ 'teal'
                   └ <function mix at 0x7f00>

          File "/app/shop/mix.py", line 3, in mix
            raise ValueError(colour)

        ValueError: teal
        """)
    trace = only(text)
    assert trace.exceptions[0].message == "teal"
    assert [f.function for f in trace.exceptions[0].frames] == ["total", "mix"]


@pytest.mark.parametrize(
    ("file", "ours"),
    [
        ("/app/shop/cart.py", True),
        ("C:\\shop\\cart.py", True),
        ("/usr/local/lib/python3.11/asyncio/tasks.py", False),
        ("/srv/venv/lib/python3.12/site-packages/httpx/_client.py", False),
        ("<frozen importlib._bootstrap>", False),
        ("C:\\Python311\\Lib\\json\\encoder.py", False),
    ],
)
def test_in_app_is_judged_by_the_path(file: str, ours: bool) -> None:
    trace = only(PLAIN.replace("/app/shop/cart.py", file))
    assert trace.exceptions[0].frames[0].in_app is ours


def test_log_lines_that_only_mention_a_traceback_are_none() -> None:
    assert parse_stack_traces("Traceback (most recent call last) was printed above") == []
    assert parse_stack_traces('see File "x.py", line 3 for details') == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *PLAIN.splitlines(),
                "",
                "  | a",
                "  + Exception Group Traceback (most recent call last):",
                "  +-+---------------- 1 ----------------",
                "INFO: x",
                '"""',
                "x.RemoteTraceback: ",
                "Stack (most recent call last):",
                "\\n",
                "E: ",
                "During handling of the above exception, another exception occurred:",
            ]
        ),
        max_size=30,
    )
)
def test_any_mixture_of_lines_is_read_without_an_error(lines: list[str]) -> None:
    for trace in parse_stack_traces("\n".join(lines)):
        assert 0 <= trace.last < len(trace.exceptions)
        for exception in trace.exceptions:
            assert exception.parent is None or 0 <= exception.parent < len(trace.exceptions)


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert isinstance(parse_stack_traces(text), list)
    assert isinstance(parse_stack_traces(PLAIN + text), list)


_WORDS = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters='\x7f\\"|\x85\xa0'), min_size=1, max_size=20
)


@settings(max_examples=60, deadline=None)
@given(message=_WORDS, depth=st.integers(0, 3))
def test_a_formatted_trace_parses_back(message: str, depth: int) -> None:
    def fail(left: int) -> None:
        if left:
            try:
                fail(left - 1)
            except ValueError as err:
                raise ValueError(f"{left} {message}") from err
        raise ValueError(f"0 {message}")

    trace = only(caught(lambda: fail(depth)))
    assert [e.message for e in trace.exceptions] == [f"{n} {message}" for n in range(depth + 1)]


def test_a_prefix_on_every_line_is_taken_off() -> None:
    text = "\n".join(
        f"[2025-01-02, 03:04:0{n} UTC] {{log.py:15{n}}} ERROR - {x}" for n, x in enumerate(PLAIN.split("\n"))
    )
    trace = only(text)
    assert (trace.exceptions, trace.truncated) == (only(PLAIN).exceptions, False)
    assert read_stacks(text).rest.startswith("[2025-01-02, 03:04:00 UTC] {log.py:150} ERROR -")


def test_an_indented_traceback_reads_like_the_plain_one() -> None:
    assert parse_stack_traces(indent(PLAIN, " " * 7)) == parse_stack_traces(PLAIN)


@pytest.mark.parametrize("cut", range(1, 5))
def test_a_traceback_that_is_cut_anywhere_says_so(cut: int) -> None:
    lines = PLAIN.splitlines()
    assert only("\n".join(lines[:cut])).truncated


def test_exceptions_as_data_are_a_chain() -> None:
    trace = trace_of_dicts(
        [
            {
                "exc_type": "RuntimeError",
                "exc_value": "flush failed",
                "frames": [{"filename": "/app/a.py", "lineno": 3}],
            },
            {"exc_type": "KeyError", "exc_value": "'k'", "is_cause": True, "frames": []},
        ]
    )
    assert trace is not None
    assert [(e.type, e.relation) for e in trace.exceptions] == [("KeyError", Relation.CAUSE), ("RuntimeError", None)]
    assert trace_of_dicts([{"type": "KeyError"}]) is None


ORDINARY = [
    "connecting to db...",
    "request finished in 12 ms",
    "  retrying: attempt 2",
    "File uploaded: report.csv, line count 120",
    "Error budget remaining: 99.2%",
    "at capacity: 3 workers busy",
    'INFO:     192.0.2.1:0 - "GET /health HTTP/1.1" 200 OK',
    "WARNING cache miss ratio 0.41",
]


@pytest.mark.parametrize("line", ORDINARY)
def test_an_ordinary_line_opens_nothing_and_no_finished_stack_claims_it(line: str) -> None:
    assert begin(line) is None
    for stack in (PLAIN, GROUP, BOX, REPORT):
        state = ""
        for printed in stack.splitlines():
            move = (step(state, printed) if state else None) or begin(printed)
            assert move is not None
            state = move[0]
        move = step(state, line)
        assert move is None or move[1] == WEAK


GROUP = dedent("""\
      + Exception Group Traceback (most recent call last):
      |   File "/app/run.py", line 3, in <module>
      |     go()
      | ExceptionGroup: batch (1 sub-exception)
      +-+---------------- 1 ----------------
        | ValueError: row 4
        +------------------------------------""")
BOX = dedent("""\
    ╭─ Traceback (most recent call last) ─╮
    │ /app/shop/cart.py:12 in total       │
    ╰─────────────────────────────────────╯
    ValueError: row 4""")
REPORT = dedent("""\
    ____________ test_total ____________

    >   total([])

    tests/test_cart.py:3:
    E   ValueError: row 4

    shop/cart.py:12: ValueError""")
