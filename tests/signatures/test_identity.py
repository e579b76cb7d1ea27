"""Fingerprints: what they depend on, and what not."""

from __future__ import annotations

import re

from msgspec.structs import replace
from msgspec.structs import replace as replace_struct

from analyzer.model import (
    ErrorEvent,
    EventKind,
    Frame,
    HttpRequest,
    NestedText,
    Relation,
    Severity,
    Signature,
    StackTrace,
    TraceException,
)
from analyzer.rules import Rule, load_rules
from analyzer.signatures import SIGNATURE_VERSION
from analyzer.signatures import sign as sign_with

MASKS = load_rules("masks")


def sign(event: ErrorEvent) -> Signature:
    return sign_with(event, mask_rules=MASKS, frame_rules=())


def event(message: str, **given: object) -> ErrorEvent:
    base = ErrorEvent(entry_ids=("e1",), time_ns=1, severity=Severity.ERROR, service="shop", message=message)
    return replace_struct(base, **given)  # type: ignore[arg-type]


def frame(file: str, function: str, line: int = 1, in_app: bool = True) -> Frame:
    return Frame(file=file, line=line, function=function, in_app=in_app)


def trace(message: str = "no key 17", *frames: Frame, kind: str = "shop.errors.KeyMissing") -> StackTrace:
    frames = frames or (
        frame("/srv/app/shop/cart.py", "add", 12),
        frame("/usr/lib/python3.11/json/encoder.py", "default", 180, in_app=False),
    )
    return StackTrace(
        language="python", exceptions=(TraceException(type=kind, message=message, frames=frames),), root=0, last=0
    )


def test_lines_prefixes_and_numbers_do_not_move_a_fingerprint() -> None:
    one = sign(event("x", stack_traces=(trace(),)))
    moved = trace("no key 18", frame("C:\\home\\x\\app\\shop\\cart.py", "add", 99), kind="KeyMissing")
    assert sign(event("other words", stack_traces=(moved,))).fingerprint == one.fingerprint
    assert one.has_trace
    assert (one.core, one.core_masked) == ("no key 17", "no key <num>")


def test_the_place_of_an_error_is_told_where_it_is_ours() -> None:
    theirs = frame("/usr/lib/python3.11/socket.py", "connect", in_app=False)
    assert sign(event("x", stack_traces=(trace(),))).place == "shop/cart:add"
    assert sign(event("x", stack_traces=(trace("no key", theirs),))).place == ""
    assert sign(event("❌ Failed to add: no key 17")).text == "Failed to add: no key 17"


def test_another_function_type_or_core_is_another_error() -> None:
    ours = frame("/srv/app/shop/cart.py", "add")
    prints = {
        sign(event("x", stack_traces=(t,))).fingerprint
        for t in (
            trace("no key", ours),
            trace("no lock", ours),
            trace("no key", ours, kind="ValueError"),
            trace("no key", frame("/srv/app/shop/cart.py", "drop")),
            trace("no key", frame("/srv/app/shop/bill.py", "add")),
        )
    }
    assert len(prints) == 5


def test_service_severity_and_time_are_not_identity() -> None:
    plain = event("Payment failed: card expired")
    other = replace_struct(
        plain, service="mail", severity=Severity.CRITICAL, time_ns=9, entry_ids=("e2",), revision="r2"
    )
    assert sign(plain) == sign(other)


def test_the_root_is_signed_where_our_code_is_nearest_to_it() -> None:
    lib = frame("/usr/lib/python3.11/socket.py", "connect", in_app=False)
    ours = frame("/srv/app/shop/db.py", "open_pool")
    chained = StackTrace(
        language="python",
        exceptions=(
            TraceException(type="PoolError", message="no pool", frames=(ours,)),
            TraceException(type="OSError", message="refused", relation=Relation.CAUSE, parent=0, frames=(lib,)),
        ),
        root=1,
        last=0,
    )
    elsewhere = replace(
        chained,
        exceptions=(
            replace(chained.exceptions[0], frames=(replace_struct(ours, function="x"),)),
            chained.exceptions[1],
        ),
    )
    one, two = (sign(event("x", stack_traces=(t,))) for t in (chained, elsewhere))
    assert one.exception_type == "OSError"
    assert one.core == "refused"
    assert one.fingerprint != two.fingerprint


def test_an_error_in_a_helper_is_known_by_its_caller_in_the_language_that_the_rule_names() -> None:
    rule = Rule(
        id="frames.shop.post",
        kind="frames",
        why="one way out to many servers",
        pattern=re.compile(r"^post$"),
        extra={"on": "function", "language": "python", "helper": True},
    )
    python = [trace("gone", frame("/srv/shop/cart.py", f), frame("/srv/shop/web.py", "post")) for f in ("add", "pay")]
    ruby = [replace(t, language="ruby") for t in python]

    def identities(traces: list[StackTrace]) -> set[str]:
        events = [event("x", stack_traces=(t,)) for t in traces]
        return {sign_with(e, mask_rules=MASKS, frame_rules=(rule,)).fingerprint for e in events}

    assert len(identities(python)) == 2
    assert len(identities(ruby)) == 1


def test_a_trace_without_our_frames_is_signed_by_the_innermost() -> None:
    a, b = (trace("gone", frame("/usr/lib/python3.11/x.py", f, in_app=False)) for f in ("f", "g"))
    assert sign(event("x", stack_traces=(a,))).fingerprint != sign(event("x", stack_traces=(b,))).fingerprint


def test_a_trace_without_frames_is_message_only_but_keeps_its_type() -> None:
    bare = StackTrace(
        language="python", exceptions=(TraceException(type="ValueError", message="bad port"),), root=0, last=0
    )
    signature = sign(event("(no message)", stack_traces=(bare,)))
    assert not signature.has_trace
    assert signature.exception_type == "ValueError"
    assert signature.fingerprint == sign(event("ValueError: bad port")).fingerprint


def test_a_wrapper_is_shown_and_kept_out_of_the_core() -> None:
    signature = sign(event("Failed to add: no key 17", stack_traces=(trace(),)))
    assert signature.wrappers == ("Failed to add",)
    assert signature.template == "Failed to add: no key <num>"


def test_a_nested_document_is_signed_by_its_innermost_text() -> None:
    text = "Login error: no key for Phase 17"
    signature = sign(
        event(f'CONTEXT: {{"error_message": "{text}"}}', nested=(NestedText(field="error_message", text=text),))
    )
    assert signature.core == "no key for Phase 17"
    assert signature.wrappers == ("CONTEXT", "Login error")
    assert signature.template == "CONTEXT: Login error: no key for Phase <num>"


def test_an_access_line_is_the_request_it_reports() -> None:
    request = HttpRequest(method="GET", url="https://api.example.com/items/42?x=1", status=503)
    entry = event("HTTP GET 503 /items/42", kind=EventKind.REQUEST, request=request)
    line = event('"GET /items/7 HTTP/1.1" 503', kind=EventKind.REQUEST)
    assert sign(entry).fingerprint == sign(line).fingerprint
    assert sign(entry).template == "HTTP GET 503 /items/<id>"
    assert sign(entry).facts == (("http_status", "503"),)


def test_requests_differ_by_method_status_route_and_service() -> None:
    def one(service: str = "shop", method: str = "GET", status: int = 503, url: str = "/items") -> str:
        request = HttpRequest(method=method, url=url, status=status)
        return sign(event("x", service=service, kind=EventKind.REQUEST, request=request)).fingerprint

    assert len({one(), one(service="mail"), one(method="POST"), one(status=500), one(url="/carts")}) == 5


def test_events_without_message_are_one_per_service_and_severity() -> None:
    def one(service: str, severity: Severity) -> str:
        return sign(event("(no message)", service=service, severity=severity)).fingerprint

    assert one("shop", Severity.ERROR) == one("shop", Severity.ERROR)
    assert len({one("shop", Severity.ERROR), one("mail", Severity.ERROR), one("shop", Severity.CRITICAL)}) == 3


def test_identity_numbers_split_and_other_numbers_do_not() -> None:
    same = {sign(event(f"upstream returned 503 after {n} tries")).fingerprint for n in range(3)}
    assert len(same) == 1
    assert sign(event("upstream returned 502 after 1 tries")).fingerprint not in same


def test_a_number_that_grows_and_a_commit_of_figures_alone_are_no_new_error() -> None:
    assert sign(event("order 9999999 lost")).fingerprint == sign(event("order 10000000 lost")).fingerprint
    assert sign(event("commit a93c7d2 is bad")).fingerprint == sign(event("commit 4150908 is bad")).fingerprint


def test_fingerprints_move_only_with_the_signature_version() -> None:
    assert SIGNATURE_VERSION == 2
    request = HttpRequest(method="GET", url="/items/42", status=503)
    pinned = {
        sign(event("Payment failed: card 17 expired")).fingerprint,
        sign(event("x", stack_traces=(trace(),))).fingerprint,
        sign(event("x", kind=EventKind.REQUEST, request=request)).fingerprint,
        sign(event("(no message)")).fingerprint,
    }
    assert pinned == PINNED


PINNED = {"s2:0fa42d154a58d5c8", "s2:8da0119bb9d90e11", "s2:c585a14e649ddb43", "s2:e39090e48a4150de"}
