"""Single fields, as the many writers spell them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model import format_time
from analyzer.sources.fields import duration_ns, time_of

TEN = 1_795_514_400_123_456_000
"""2026-11-24 10:00:00.123456 UTC"""


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-24T10:00:00.123456Z",
        "2026-11-24T12:00:00.123456+02:00",
        "2026-11-24 10:00:00.123456 UTC",
        "2026-11-24 10:00:00.123456",
        "1795514400.123456",
        "1.795514400123456E9",
        1795514400.123456,
        1795514400123456,
        TEN,
        {"seconds": "1795514400", "nanos": 123456000},
    ],
)
def test_a_time_is_the_same_however_a_door_writes_it(written: object) -> None:
    assert time_of(written) == TEN


@pytest.mark.parametrize("written", ["soon", "", "12:30", None, True, [], {}, {"seconds": "x"}, float("nan"), "9e99"])
def test_what_is_no_time_is_none(written: object) -> None:
    assert time_of(written) is None


@pytest.mark.parametrize(
    "written", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:60Z", {"seconds": 10**18}, {"seconds": -(10**18)}]
)
def test_a_time_that_no_report_can_print_is_none(written: object) -> None:
    assert time_of(written) is None


@given(st.one_of(st.text(), st.integers(), st.floats(), st.datetimes().map(str)))
def test_a_time_that_is_read_can_be_printed(written: object) -> None:
    found = time_of(written)
    assert found is None or format_time(found)


def test_a_latency_is_the_same_however_a_door_writes_it() -> None:
    for written in ("0.00025s", 0.00025, "2.5E-4", "0.00025", {"seconds": 0, "nanos": 250_000}):
        assert duration_ns(written) == 250_000
