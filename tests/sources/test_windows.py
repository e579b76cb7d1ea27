"""What people write for a time, and what they get."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.errors import ConfigError
from analyzer.model import Window, format_time, parse_time
from analyzer.sources.windows import read_time, read_window, window_around

SECOND = 1_000_000_000
HOUR = 3600 * SECOND
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def ns(text: str) -> int:
    found = parse_time(text)
    assert found is not None
    return found


NOW = ns("2026-11-24T12:00:00Z")


@pytest.mark.parametrize(
    ("since", "seconds"),
    [
        ("2h", 7200),
        ("90s", 90),
        ("45m", 2700),
        ("1h30m", 5400),
        ("1d", 86_400),
        ("1w2d", 9 * 86_400),
        ("1.5h", 5400),
        ("1h 30m", 5400),
        ("PT2H", 7200),
        ("P1DT30M", 88_200),
        ("P1W", 7 * 86_400),
        ("-2h", 7200),
    ],
)
def test_a_length_of_time_ends_now(since: str, seconds: int) -> None:
    window = read_window(since=since, now_ns=NOW)
    assert window == Window(from_ns=NOW - seconds * SECOND, to_ns=NOW)


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("2026-11-24T10:00:00.123456789Z", BERLIN, "2026-11-24T10:00:00.123456789Z"),
        ("2026-11-24t10:00:00z", BERLIN, "2026-11-24T10:00:00Z"),
        ("2026-11-24T10:00:00+01:00", UTC, "2026-11-24T09:00:00Z"),
        ("2026-11-24 10:00 -0530", UTC, "2026-11-24T15:30:00Z"),
        ("2026-11-24T10:00+01", UTC, "2026-11-24T09:00:00Z"),
        ("2026-11-24 10:00", BERLIN, "2026-11-24T09:00:00Z"),
        ("2026-07-24 10:00", BERLIN, "2026-07-24T08:00:00Z"),
        ("2026-11-24", BERLIN, "2026-11-23T23:00:00Z"),
        ("2026-11-24T10:00 Europe/Berlin", UTC, "2026-11-24T09:00:00Z"),
        ("2026-11-24T10:00 UTC", BERLIN, "2026-11-24T10:00:00Z"),
        ("10:00", BERLIN, "2026-11-24T09:00:00Z"),
        ("9:30 utc", BERLIN, "2026-11-24T09:30:00Z"),
        ("now", BERLIN, "2026-11-24T12:00:00Z"),
        ("today", BERLIN, "2026-11-23T23:00:00Z"),
        ("yesterday", BERLIN, "2026-11-22T23:00:00Z"),
        ("Today 11:15", BERLIN, "2026-11-24T10:15:00Z"),
        ("yesterday 14:00 America/New_York", BERLIN, "2026-11-23T19:00:00Z"),
        ("-2h", BERLIN, "2026-11-24T10:00:00Z"),
        ("1795514400", BERLIN, "2026-11-24T10:00:00Z"),
        ("1795514400123", BERLIN, "2026-11-24T10:00:00.123Z"),
        ("2026-11-24T09:59:60Z", BERLIN, "2026-11-24T10:00:00Z"),
    ],
)
def test_a_time_in_any_form_is_one_moment(text: str, zone: ZoneInfo, utc: str) -> None:
    assert format_time(read_time(text, now_ns=NOW, zone=zone)) == format_time(ns(utc))


def test_a_time_without_a_zone_is_that_of_the_machine() -> None:
    local = datetime(2026, 11, 24, 10, tzinfo=UTC).replace(tzinfo=None)
    assert read_time("2026-11-24 10:00", now_ns=NOW) == int(local.timestamp()) * SECOND


def test_today_is_the_day_of_the_zone() -> None:
    late = ns("2026-11-24T03:00:00Z")  # still the 23rd in New York
    assert read_time("today", now_ns=late, zone=NEW_YORK) == ns("2026-11-23T05:00:00Z")


def test_from_and_to_are_half_open_days() -> None:
    window = read_window(from_="2026-11-22", to="2026-11-23", now_ns=NOW, zone=UTC)
    assert window == Window(from_ns=ns("2026-11-22T00:00:00Z"), to_ns=ns("2026-11-23T00:00:00Z"))


def test_without_an_end_and_with_one_to_come_a_window_ends_now() -> None:
    for to in (None, "now", "18:00"):
        assert read_window(from_="10:00", to=to, now_ns=NOW, zone=UTC).to_ns == NOW
    assert read_window(since="10:00", now_ns=NOW, zone=UTC).from_ns == ns("2026-11-24T10:00:00Z")


def test_an_hour_that_comes_twice_is_refused_with_both_readings() -> None:
    with pytest.raises(ConfigError, match="twice") as caught:
        read_time("2026-10-25 02:30", "--from", now_ns=NOW, zone=BERLIN)
    assert "2026-10-25T00:30:00Z or 2026-10-25T01:30:00Z" in caught.value.message
    assert read_time("2026-10-25T02:30+01:00", now_ns=NOW, zone=BERLIN) == ns("2026-10-25T01:30:00Z")


def test_an_hour_that_is_left_out_is_refused_with_both_readings() -> None:
    with pytest.raises(ConfigError, match="does not exist") as caught:
        read_time("2026-03-29 02:30 Europe/Berlin", "--from", now_ns=NOW)
    assert "2026-03-29T00:30:00Z or 2026-03-29T01:30:00Z" in caught.value.message


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "no window"),
        ({"to": "now"}, "--to without --from"),
        ({"since": "2h", "from_": "today"}, "--since together with --from"),
        ({"since": "2h", "to": "now"}, "--since together with --to"),
        ({"from_": "11:00", "to": "10:00"}, "not after its beginning"),
        ({"from_": "11:00", "to": "11:00"}, "not after its beginning"),
        ({"from_": "13:00"}, "not past"),
        ({"since": "0s"}, "not past"),
        ({"since": "401d"}, "401 days"),
        ({"from_": "2020-01-01"}, "days"),
        ({"since": "2 parsecs"}, "no time zone 'parsecs'"),
        ({"since": ""}, "no time"),
        ({"since": "2"}, "no time"),
        ({"since": "P1M"}, "no time"),
        ({"from_": "24.11.2026"}, "no time"),
        ({"from_": "2026-02-30"}, "no time"),
        ({"from_": "25:00"}, "no time"),
        ({"from_": "2026-11-24T10:00 Middle/Earth"}, "no time zone 'Middle/Earth'"),
        ({"from_": "2026-11-24T10:00 Europe"}, "no time zone 'Europe'"),
        ({"from_": "2026-11-24T10:00+01:00 Europe/Berlin"}, "two zones"),
        ({"from_": "2026-11-24T10:00+99:99"}, "no possible offset"),
    ],
)
def test_what_is_no_window_is_refused_with_a_hint(options: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_window(**options, now_ns=NOW, zone=UTC)
    assert said in caught.value.message
    assert caught.value.hint


def test_a_run_of_tests_has_time_before_and_after() -> None:
    window = window_around(NOW, NOW + HOUR)
    assert window == Window(from_ns=NOW - 120 * SECOND, to_ns=NOW + HOUR + 300 * SECOND)
    with pytest.raises(ConfigError):
        window_around(NOW, NOW - 1)


@given(st.integers(0, 4 * 10**18), st.sampled_from([UTC, BERLIN, NEW_YORK]))
def test_what_is_printed_in_utc_reads_back(time_ns: int, zone: ZoneInfo) -> None:
    text = format_time(time_ns)
    assert text is not None
    assert read_time(text, now_ns=NOW, zone=zone) == time_ns // 1000 * 1000


@given(st.text(max_size=80))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    with suppress(ConfigError):
        assert isinstance(read_time(text, now_ns=NOW, zone=UTC), int)


@given(st.integers(946_684_800, 2_082_758_400))
def test_a_clock_reads_as_its_zone_has_it_or_not_at_all(seconds: int) -> None:
    wall = datetime.fromtimestamp(seconds, UTC)
    text = f"{wall:%Y-%m-%d %H:%M:%S}"
    try:
        found = read_time(text, now_ns=NOW, zone=BERLIN)
    except ConfigError:
        assert wall.month in (3, 10)
        return
    assert f"{datetime.fromtimestamp(found // SECOND, BERLIN):%Y-%m-%d %H:%M:%S}" == text
