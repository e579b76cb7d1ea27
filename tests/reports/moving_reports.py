"""Reports of the invented bakery in which things have times: revisions, traffic, test runs, errors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bakery_reports import HEAD, OVEN, PRICE, SHOP, cluster, second_cycle

from analyzer.model import Histogram, format_time, parse_time

Json = dict[str, Any]

SECOND = 1_000_000_000
NOON = parse_time("2026-03-02T12:00:00Z") or 0
STATES = ("served", "draining", "no_traffic", "refused", "rolled_back")


def at(seconds: float) -> str:
    """A time so many seconds after the window begins."""
    return format_time(NOON + int(seconds * SECOND)) or ""


def empty_cycle(seconds: float) -> Json:
    """A window of so many seconds in which nothing is known but the errors of the second cycle."""
    report = second_cycle()
    report["cycle"]["window"] = {"from": at(0), "to": at(seconds)}
    report["ledger"]["gaps"] = []
    report["deploys"]["timeline"] = []
    report["tests"]["results"] = []
    report["fixes"] = []
    report["clusters"] = []
    return report


def seen(fingerprint: str, seconds: Iterable[float], title: str = "The oven is cold", **more: Any) -> Json:
    """An error that occurred at these seconds."""
    times = [NOON + int(second * SECOND) for second in seconds]
    return cluster(
        fingerprint,
        title,
        count=len(times),
        first_seen=format_time(min(times)),
        last_seen=format_time(max(times)),
        histogram=Histogram.of(times).to_dict(),
        **more,
    )


def ran(test: str, begin: float, end: float, status: str = "passed") -> Json:
    """A test that ran from one second to another."""
    return {
        "test": test,
        "status": status,
        "seconds": end - begin,
        "message": None if status == "passed" else "assert 502 == 200",
        "clusters": [],
        "suspicious": None,
        "signature": None,
        "started": at(begin),
        "ended": at(end),
    }


def revision(number: int, deployed: float, first: float | None, last: float | None, **more: Any) -> Json:
    """A revision of the order service with its times."""
    return {
        "service": "orders",
        "revision": f"orders-{number:05}-kip",
        "commit": HEAD,
        "source": "label",
        "oldest": None,
        "newest": None,
        "evidence": [],
        "deployed": at(deployed),
        "ready": None,
        "first": None if first is None else at(first),
        "last": None if last is None else at(last),
        "requests": 40,
        "state": "served",
        **more,
    }


def happened(number: int, second: float, event: str) -> Json:
    """An event of the deploy timeline."""
    name = f"orders-{number:05}-kip"
    return {
        "time": at(second),
        "service": "orders",
        "revision": name,
        "commit": HEAD,
        "event": event,
        "share": None,
        "entry_ids": [],
    }


def busy_cycle() -> Json:
    """Ten minutes: a deploy that is rolled back, tests of which two fail, three errors, a gap, a fix."""
    report = empty_cycle(600)
    report["deploys"]["revisions"] = [
        revision(41, 0, 20, 600),
        revision(42, 60, 90, 300, state="rolled_back"),
        revision(43, 400, None, None, state="refused", requests=0),
    ]
    report["deploys"]["timeline"] = [
        happened(42, 60, "deployed"),
        happened(42, 80, "ready"),
        happened(42, 90, "serving"),
        happened(42, 300, "rolled_back"),
        happened(43, 400, "deployed"),
        happened(43, 420, "refused"),
    ]
    report["deploys"]["traffic"] = [
        {"time": at(60 * minute), "service": "orders", "requests": {"orders-00041-kip": 10 + minute}}
        for minute in range(10)
    ]
    report["tests"] |= {"total": 4, "passed": 1, "failed": 2, "skipped": 1}
    report["tests"]["results"] = [
        ran("tests.test_till::test_receipts", 150, 210, "failed"),
        ran("tests.test_shop::test_menu", 120, 150),
        ran("tests.test_ovens::test_bread", 450, 480, "error"),
        ran("tests.test_ovens::test_cakes", 480, 480, "skipped"),
    ]
    report["clusters"] = [
        seen(PRICE, [150, 150.5, 151, 200], "Receipt could not be printed"),
        seen(OVEN, [450, 450.2, 455]),
        seen(SHOP, [300], "The shop is closed"),
    ]
    report["ledger"]["gaps"] = [{"from": at(240), "to": at(270), "reason": "quota refused"}]
    report["fixes"] = [
        {
            "commit": HEAD,
            "claims": [PRICE],
            "claim_text": "Receipt",
            "verdict": "inconclusive",
            "evidence": [],
            "committed": at(30),
        }
    ]
    return report


def two_weeks() -> Json:
    """Errors all the time and errors every night, five revisions one after the other."""
    day = 86_400
    report = empty_cycle(14 * day)
    report["deploys"]["revisions"] = [
        revision(40 + n, n * 3 * day - 60, n * 3 * day, (n + 1) * 3 * day, state=state)
        for n, state in enumerate(STATES)
    ]
    report["deploys"]["traffic"] = [
        {
            "time": at(minute * 60),
            "service": "orders",
            "requests": {f"orders-{40 + minute // 4320:05}-kip": minute % 90},
        }
        for minute in range(0, 14 * 1440, 7)
    ]
    report["clusters"] = [
        seen(PRICE, range(0, 14 * day, 400), "Receipt could not be printed"),
        seen(OVEN, (night * day + second for night in range(14) for second in range(0, 600, 5))),
    ]
    return report


def many_revisions(count: int) -> Json:
    """One revision after the other."""
    report = empty_cycle(count * 100)
    report["deploys"]["revisions"] = [
        revision(n, n * 100, n * 100 + 20, n * 100 + 120, state=STATES[n % 5]) for n in range(count)
    ]
    report["deploys"]["timeline"] = [happened(n, n * 100, "deployed") for n in range(count)]
    return report


def many_failed(count: int) -> Json:
    """One failed test after the other."""
    report = empty_cycle(count * 3)
    results = [ran(f"tests.test_{n}::test_number_{n}", n * 3, n * 3 + 2, "failed") for n in range(count)]
    report["tests"] |= {"total": count, "passed": 0, "failed": count, "skipped": 0, "results": results}
    return report


def many_errors(count: int) -> Json:
    """Errors that occurred once each."""
    report = empty_cycle(count)
    report["clusters"] = [seen(f"s1:{n:016x}", [n], f"Oven {n} is cold") for n in range(count)]
    return report


def one_moment() -> Json:
    """A window of no length."""
    report = empty_cycle(0)
    report["clusters"] = [seen(PRICE, [0, 0]), seen(OVEN, [0])]
    return report


def without_times() -> Json:
    """Nothing in it has a time."""
    report = empty_cycle(0)
    report["cycle"]["window"] = {"from": None, "to": None}
    report["clusters"] = [cluster(PRICE, "The oven is cold", first_seen=None, last_seen=None, count=2)]
    return report


def trending(rates: Sequence[float | None], clusters: Sequence[int]) -> Json:
    """The second cycle after cycles with these pass rates and clusters."""
    report = second_cycle()
    report["trend"] = [
        {"cycle": str(number), "pass_rate": rate, "clusters": count}
        for number, (rate, count) in enumerate(zip(rates, clusters, strict=True))
    ]
    return report


MOVING = {
    "busy": busy_cycle,
    "weeks": two_weeks,
    "moment": one_moment,
    "revisions": lambda: many_revisions(40),
    "failed": lambda: many_failed(200),
    "errors": lambda: many_errors(60),
}
