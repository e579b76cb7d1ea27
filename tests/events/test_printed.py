from __future__ import annotations

from typing import Any

from analyzer.events import read_printed
from analyzer.model import Entry, HttpRequest, PrintedLine, SourceLocation

STDERR = "projects/p/logs/run.googleapis.com%2Fstderr"


def entry(number: int = 0, **more: Any) -> Entry:
    values = {"log_name": STDERR, "service": "api", "revision": "r1", "instance": "i1", **more}
    return Entry(entry_id=f"e{number}", time_ns=number, position=number, **values)


def test_a_line_of_any_level_comes_with_its_text_and_place() -> None:
    labels = {"module": "stand.shop", "line": "8", "function": "sell"}
    printed = read_printed(
        [
            entry(1, json_payload={"message": "Sold plums", "labels": labels, "commit": "abc1234", "n": 3}),
            entry(2, text_payload="2026-01-02 03:04:05.678 | INFO     | stand.shop:sell:9 - Sold pears"),
        ]
    )
    place = SourceLocation(file="stand.shop", line=8, function="sell")
    assert printed[0] == PrintedLine(
        service="api",
        revision="r1",
        instance="i1",
        message="Sold plums",
        location=place,
        fields=(("commit", "abc1234"), ("message", "Sold plums")),
        entry_id=printed[0].entry_id,
    )
    assert (printed[1].message, printed[1].location) == (
        "Sold pears",
        SourceLocation(file="stand.shop", line=9, function="sell"),
    )


def test_requests_the_platform_and_deploys_print_nothing() -> None:
    assert (
        read_printed(
            [
                entry(1, http_request=HttpRequest(method="GET", url="/", status=200)),
                entry(
                    2,
                    text_payload="Container called exit(1).",
                    log_name="projects/p/logs/run.googleapis.com%2Fvarlog%2Fsystem",
                ),
                entry(3, proto_payload={"methodName": "google.cloud.run.v1.Services.ReplaceService"}),
            ]
        )
        == ()
    )


def test_a_revision_that_says_much_is_read_from_its_beginning_and_hides_no_other() -> None:
    entries = [entry(n, text_payload=f"line {n}") for n in range(6_000)]
    printed = read_printed([*entries, entry(6_000, text_payload="line of the next", revision="r2")])
    assert [p.message for p in printed[-2:]] == ["line 4999", "line of the next"]
