"""The bars that show when errors happened."""

from __future__ import annotations

from bakery_reports import OVEN, PRICE, cluster

from analyzer.reports.lanes import SHORTEST, lanes


def seen(fingerprint: str, first: str | None, last: str | None) -> dict[str, object]:
    day = "2026-03-02T{}.000000Z"
    return cluster(
        fingerprint, "x", first_seen=first and day.format(first), last_seen=last and day.format(last), count=1
    )


def test_bars_share_one_span_with_the_deploys() -> None:
    drawn = lanes(
        [seen(PRICE, "10:10:00", "10:20:00"), seen(OVEN, "10:05:00", "10:15:00")],
        [{"time": "2026-03-02T10:00:00.000000Z"}, {"time": None}],
    )
    assert drawn is not None
    assert [(lane.start, lane.width) for lane in drawn.lanes] == [(500.0, 500.0), (250.0, 500.0)]
    assert drawn.marks == (0.0,)
    assert drawn.window == {"from": "2026-03-02T10:00:00.000000Z", "to": "2026-03-02T10:20:00.000000Z"}


def test_an_error_that_happened_once_is_seen_and_stays_inside() -> None:
    drawn = lanes([seen(PRICE, "10:00:00", "10:20:00"), seen(OVEN, "10:20:00", "10:20:00")], [])
    assert drawn is not None
    assert drawn.lanes[1].width == SHORTEST
    assert drawn.lanes[1].start + drawn.lanes[1].width <= 1000


def test_without_times_or_span_nothing_is_drawn() -> None:
    assert lanes([], []) is None
    assert lanes([seen(PRICE, None, None)], []) is None
    assert lanes([seen(PRICE, "10:00:00", "10:00:00")], []) is None
