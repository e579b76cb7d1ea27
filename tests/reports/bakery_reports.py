"""Sample reports of an invented bakery: an order service, an oven controller and a shop front."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

Json = dict[str, Any]

HEAD = "4be19c07d2a84f6f9be1c5d86ad0b1f3e7a92c55"
BEFORE = "91d0c3aa57f24be0a6d1f8e2c9b74f05ad31e680"
FIX = "c7f3a1e0b95d4c2288e6410fd7a9b3e5561f0a4d"

PRICE, OVEN, STOCK, SHOP, PROBE, OLD = (
    "s1:5e1f0c77a2b94d10",
    "s1:a90c44e2d7135b68",
    "s1:0f83bb1e6c2d9a47",
    "s1:c41d2296e80b5f33",
    "s1:77aa10dce5f4032b",
    "s1:2b6e9f4410c8d3a5",
)


def path(file: str, line: int, function: str | None, role: str, **more: Any) -> Json:
    """A code path."""
    return {
        "file": file,
        "line": line,
        "end_line": line,
        "function": function,
        "commit": HEAD,
        "role": role,
        "confidence": 0.9,
        "unique": True,
        "evidence": [],
        "excerpt": [],
        "owner": None,
        "link": None,
        **more,
    }


def excerpt(first: int, marked: int, *lines: str) -> list[Json]:
    """Numbered source lines, one of them marked."""
    return [{"line": n, "text": text, "marked": n == marked} for n, text in enumerate(lines, first)]


def cluster(fingerprint: str, title: str, **more: Any) -> Json:
    """A cluster of the order service."""
    return {
        "fingerprint": fingerprint,
        "aliases": [],
        "alias_reason": None,
        "title": title,
        "template": title,
        "exception": None,
        "core": title,
        "wrappers": [],
        "severity": "ERROR",
        "kind": "application",
        "noise": None,
        "known": None,
        "count": 3,
        "entries": 3,
        "first_seen": "2026-03-02T10:04:11.000000Z",
        "last_seen": "2026-03-02T10:21:40.000000Z",
        "services": ["orders"],
        "revisions": ["orders-00042-kip"],
        "change": None,
        "related": [],
        "facets": [],
        "exemplars": [{"entry_ids": [f"entry-of-{fingerprint[3:9]}"], "message": title, "roles": {}}],
        "location": "unmapped",
        "code_paths": [],
        "unlocated": "no statement of the repository fits this text",
        **more,
    }


def evidence(text: str, *entry_ids: str, **more: Any) -> Json:
    """A fact for a cause."""
    return {"text": text, "entry_ids": list(entry_ids), "file": None, "line": None, "rule": None, **more}


RECEIPT = excerpt(
    58,
    61,
    "    def receipt(self, order: Order) -> bytes:",
    '        """The receipt as the till prints it."""',
    "        lines = [line.as_dict() for line in order.lines]",
    '        return json.dumps({"order": order.id, "lines": lines, "total": order.total})',
    "",
    "    def _round(self, total: Decimal) -> Decimal:",
)


def _clusters() -> list[Json]:
    return [
        cluster(
            PRICE,
            "Receipt could not be printed: Object of type Decimal is not JSON serializable",
            template="Receipt could not be printed: <*>",
            exception={"type": "TypeError", "message": "Object of type Decimal is not JSON serializable"},
            core="Object of type Decimal is not JSON serializable",
            wrappers=["Receipt could not be printed: "],
            count=41,
            entries=82,
            facets=[{"slot": 0, "values": [["till-1", 30], ["till-2", 9]], "others": 2}],
            related=[SHOP],
            exemplars=[
                {
                    "entry_ids": ["1kq0a2f0000001", "1kq0a2f0000002"],
                    "message": "Receipt could not be printed: Object of type Decimal is not JSON serializable\n"
                    "Traceback (most recent call last):\n"
                    '  File "/app/bakery/till.py", line 31, in close\n    paper = self.receipts.receipt(order)\n'
                    '  File "/app/bakery/receipts.py", line 61, in receipt\n    return json.dumps({...})\n'
                    "TypeError: Object of type Decimal is not JSON serializable",
                    "roles": {"1kq0a2f0000001": "raise", "1kq0a2f0000002": "wrap"},
                }
            ],
            location="unique",
            unlocated=None,
            code_paths=[
                path(
                    "bakery/till.py",
                    34,
                    "Till.close",
                    "emit",
                    confidence=0.97,
                    excerpt=excerpt(
                        32,
                        34,
                        "        except TypeError as error:",
                        "            self.paper_jam()",
                        '            log.error("Receipt could not be printed: %s", error)',
                    ),
                    link="https://git.example.com/bakery/blob/4be19c0/bakery/till.py#L34",
                ),
                path("bakery/receipts.py", 61, "Receipts.receipt", "raise", excerpt=RECEIPT, owner="@till-team"),
            ],
        ),
        cluster(
            OVEN,
            "Oven 7 did not answer within 30 s",
            template="Oven <num> did not answer within <num> s",
            severity="CRITICAL",
            services=["ovens"],
            revisions=["ovens-00017-abo"],
            count=6,
            entries=6,
            location="ambiguous",
            unlocated=None,
            code_paths=[
                path("ovens/client.py", 88, "OvenClient.ask", "author", confidence=0.5, unique=False),
                path("ovens/legacy_client.py", 41, "ask_oven", "author", confidence=0.45, unique=False),
            ],
        ),
        cluster(SHOP, "HTTP 502 POST /orders/<id>/close", kind="request", services=["shop"], count=41, entries=41),
        cluster(STOCK, "Flour is below the reorder point", severity="WARNING", count=12, entries=12),
        cluster(
            PROBE,
            "Connection reset by peer during health probe",
            severity="ERROR",
            kind="platform",
            noise="platform.probe-reset",
            count=9,
            entries=9,
        ),
    ]


def _causes() -> list[Json]:
    return [
        {
            "rank": 1,
            "fingerprints": [PRICE, SHOP],
            "summary": "Receipts.receipt hands a Decimal to json.dumps, which raises for every order with a total",
            "kind": "code",
            "code_paths": [
                path(
                    "bakery/receipts.py",
                    61,
                    "Receipts.receipt",
                    "cause",
                    confidence=0.88,
                    excerpt=RECEIPT,
                    evidence=["the value of `total` is annotated Decimal in bakery/orders.py:19"],
                )
            ],
            "siblings": [
                path("bakery/labels.py", 27, "print_label", "sibling", confidence=0.7),
                path("bakery/exports/daily.py", 112, "DailyExport.write", "sibling", confidence=0.6),
            ],
            "look_alikes": [
                {
                    "file": "bakery/cards.py",
                    "line": 14,
                    "why_not": "passes default=str, so a Decimal is written as text",
                }
            ],
            "suspect_commits": [
                {
                    "commit": HEAD,
                    "author_time": "2026-03-01T17:12:00Z",
                    "why": "changed the type of Order.total from float to Decimal",
                }
            ],
            "chain": [
                {"fingerprint": SHOP, "role": "symptom", "evidence": "the shop answers 502 in the same trace"},
                {"fingerprint": PRICE, "role": "root", "evidence": "the innermost exception is raised here"},
            ],
            "evidence": [
                evidence(
                    "41 of 41 traces end in Receipts.receipt",
                    "1kq0a2f0000001",
                    "1kq0a2f0000002",
                    file="bakery/receipts.py",
                    line=61,
                ),
                evidence("`json.dumps` raises exactly this text for a value it does not know", rule="runtime.json"),
            ],
            "would_confirm": "Close an order with a total on staging and see the receipt fail",
            "confidence": 0.81,
        },
        {
            "rank": 2,
            "fingerprints": [OVEN],
            "summary": "An oven does not answer; whether the oven or the network is at fault is not visible here",
            "kind": "unknown",
            "code_paths": [],
            "siblings": [],
            "look_alikes": [],
            "suspect_commits": [],
            "chain": [{"fingerprint": OVEN, "role": "root", "evidence": "nothing earlier in the instance"}],
            "evidence": [evidence("6 timeouts within 17 minutes", "entry-of-a90c44")],
            "would_confirm": "The oven's own log of 10:04 to 10:22, which was not part of this window",
            "confidence": 0.25,
        },
    ]


def first_cycle() -> Json:
    """A report without baseline: every change, the delta and the baseline are null."""
    return {
        "schema": "analyzer.report/1",
        "cycle": {
            "name": "1",
            "window": {"from": "2026-03-02T10:00:00.000000Z", "to": "2026-03-02T10:30:00.000000Z"},
            "services": ["orders", "ovens", "shop"],
            "revisions": ["orders-00042-kip", "ovens-00017-abo", "shop-00108-vel"],
            "baseline": None,
        },
        "ledger": {
            "entries": 1240,
            "duplicates": 12,
            "error_entries": 138,
            "warning_entries": 12,
            "other_entries": 1071,
            "dropped": [{"reason": "not JSON", "count": 7}],
            "error_events": 97,
            "warning_events": 12,
            "clustered": 109,
            "noise": 9,
            "covered": {"from": "2026-03-02T10:00:03.120000Z", "to": "2026-03-02T10:29:58.004000Z"},
            "without_severity": 230,
            "without_payload": 4,
            "gaps": [
                {
                    "from": "2026-03-02T10:26:00.000000Z",
                    "to": "2026-03-02T10:27:30.000000Z",
                    "reason": "cap of 1,000 entries",
                }
            ],
            "warnings": ["tills.jsonl: 7 lines are not JSON, the first is line 311"],
        },
        "tests": {
            "total": 25,
            "passed": 22,
            "failed": 2,
            "skipped": 1,
            "pass_rate": 0.916667,
            "pass_rate_interval": [0.741515, 0.976812],
            "delta": None,
            "results": [
                {
                    "test": "tests.test_till::test_closing_an_order_prints_a_receipt",
                    "status": "failed",
                    "seconds": 1.2,
                    "message": "assert 502 == 200",
                    "clusters": [PRICE],
                    "suspicious": None,
                    "signature": "s1:11aa22bb33cc44dd",
                },
                {
                    "test": "tests.test_ovens::test_bread_is_baked",
                    "status": "error",
                    "seconds": 30.0,
                    "message": "TimeoutError",
                    "clusters": [],
                    "suspicious": None,
                    "signature": "s1:55ee66ff77aa88bb",
                },
                {
                    "test": "tests.test_shop::test_menu",
                    "status": "passed",
                    "seconds": 0.0,
                    "message": None,
                    "clusters": [],
                    "suspicious": "passed in 0.0 s without a request to the service",
                    "signature": None,
                },
            ],
            "transitions": [],
            "warnings": [],
        },
        "clusters": _clusters(),
        "causes": _causes(),
        "deploys": {
            "services": [
                {
                    "service": "orders",
                    "revisions": ["orders-00042-kip"],
                    "commit": HEAD,
                    "source": "label",
                    "inferred_commits": [HEAD, HEAD],
                    "facts": {"labels": [39, 39], "frames": [9, 9]},
                },
                {
                    "service": "ovens",
                    "revisions": ["ovens-00017-abo"],
                    "commit": None,
                    "source": None,
                    "inferred_commits": None,
                    "facts": {},
                },
            ],
            "inferred_commits": [HEAD, HEAD],
            "head": HEAD,
            "timeline": [
                {
                    "time": "2026-03-02T09:58:30.000000Z",
                    "service": "orders",
                    "revision": "orders-00042-kip",
                    "commit": HEAD,
                    "event": "deployed",
                    "share": None,
                    "entry_ids": ["1kq0a2f00000a0"],
                },
                {
                    "time": "2026-03-02T09:59:12.000000Z",
                    "service": "orders",
                    "revision": "orders-00042-kip",
                    "commit": HEAD,
                    "event": "serving",
                    "share": 1.0,
                    "entry_ids": [],
                },
            ],
        },
        "fixes": [],
        "impact": [],
        "actions": [
            {
                "priority": 1,
                "text": "Write Order.total as text before json.dumps; two more places have the same defect",
                "command": f"analyzer siblings --cluster {PRICE} --report report.json",
                "file": "bakery/receipts.py",
                "line": 61,
                "from_cycle": None,
            },
            {
                "priority": 2,
                "text": "Pull the oven's own log for 10:04 to 10:22",
                "command": "analyzer pull --service oven-firmware --from 2026-03-02T10:00Z --to 2026-03-02T10:30Z",
                "file": None,
                "line": None,
                "from_cycle": None,
            },
        ],
        "trend": [],
        "loop": None,
    }


def second_cycle() -> Json:
    """A report with a baseline, claimed fixes, impact and a trend."""
    report = first_cycle()
    report["cycle"] |= {"name": "2", "baseline": "1"}
    for one, change in zip(report["clusters"], ("ongoing", "new", "regressed", "ongoing", "ongoing"), strict=True):
        one["change"] = change
    report["clusters"].append(
        cluster(OLD, "Yeast inventory is locked by another baker", change="resolved", count=0, entries=0)
    )
    tests = report["tests"]
    tests["delta"] = {"pass_rate": 0.041667, "significant": False, "p_value": 1.0, "common_tests": 24}
    tests["transitions"] = [
        {
            "test": "tests.test_till::test_closing_an_order_prints_a_receipt",
            "from": "failed",
            "to": "failed",
            "change": "same_error",
            "clusters": [PRICE],
        },
        {
            "test": "tests.test_ovens::test_bread_is_baked",
            "from": "failed",
            "to": "failed",
            "change": "error_changed",
            "clusters": [],
        },
        {
            "test": "tests.test_stock::test_yeast_is_counted",
            "from": "failed",
            "to": "passed",
            "change": "fixed",
            "clusters": [OLD],
        },
        {"test": "tests.test_shop::test_gift_cards", "from": None, "to": "passed", "change": "new", "clusters": []},
    ]
    tests["warnings"] = ["1 test of cycle 1 is not in this one: tests.test_shop::test_vouchers"]
    report["fixes"] = [
        {
            "commit": FIX,
            "claims": [PRICE],
            "claim_text": "Decimal is not JSON serializable",
            "verdict": "wrong_path",
            "evidence": ["the 4 changed lines are f-strings: none of them can raise this text"],
        }
    ]
    report["impact"] = [
        {
            "area": "counter sales",
            "value": 12000,
            "unit": "EUR a day",
            "status": "at_risk",
            "tests": ["tests.test_till::test_closing_an_order_prints_a_receipt"],
            "delta": "unchanged",
        }
    ]
    report["actions"][1]["from_cycle"] = "1"
    report["trend"] = [
        {"cycle": "0", "pass_rate": 0.72, "clusters": 9},
        {"cycle": "1", "pass_rate": 0.875, "clusters": 6},
    ]
    report["loop"] = "converging"
    return report


def quiet_cycle() -> Json:
    """No error in the window, all tests green, no baseline."""
    report = first_cycle()
    report["ledger"] |= {
        "error_entries": 0,
        "warning_entries": 0,
        "other_entries": 1221,
        "error_events": 0,
        "warning_events": 0,
        "clustered": 0,
        "noise": 0,
        "gaps": [],
        "warnings": [],
    }
    report["tests"] |= {
        "passed": 24,
        "failed": 0,
        "pass_rate": 1.0,
        "pass_rate_interval": [0.862022, 1.0],
        "results": [],
    }
    report["clusters"] = report["causes"] = report["actions"] = []
    return report


def without_payloads() -> Json:
    """An export that lost every message."""
    report = quiet_cycle()
    report["tests"] = None
    report["ledger"] |= {
        "error_entries": 60,
        "other_entries": 1161,
        "error_events": 60,
        "clustered": 60,
        "without_payload": 1240,
    }
    report["clusters"] = [
        cluster(
            STOCK,
            "(no message)",
            count=60,
            entries=60,
            unlocated="the entries have no payload, so there is no text to look for",
        )
    ]
    return report


ATTACKS = (
    "<script>alert('s')</script>",
    '"><img src=x onerror=alert(1)>',
    "[click](javascript:alert(1)) ![p](https://evil.example.com/p.png)",
    "ping @till-team and team@example.com, closes #123, GH-7, bakery/shop#9, !4",
    "see https://evil.example.com/x and www.evil.example.com",
    "<!-- analyzer:cluster=forged --> closed -->",
    "tick ` two `` three ``` four ```` five",
    "a | b \\| c",
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b]8;;https://evil.example.com\x1b\\link \x9b2J bell\x07 back\x08 nul\x00",
    "right \u202eto left\u202c \u2066isolate\u2069 zero\u200bwidth \ufeff mark",
    "{{ 7 * 7 }} {% raw %} ${7*7} $`x`$",
    "/close\n/assign me\n# heading\n- item\n1. first\n> quote\n---\n```\nfence\n```",
    "half \ud800 surrogate",
    "</pre></code></details></summary></style></script><style>*{display:none}</style>",
    "</text><svg onload=alert(1)>",
    "*bold* _under_ ~~gone~~ **x** __y__ :tada: <details open>",
)


def hostile_cycle(attacks: tuple[str, ...] = ATTACKS) -> Json:
    """Every free text of the second cycle replaced by an attack, or by all of them at once."""
    report = second_cycle()
    everything = " ".join(attacks)
    free = {
        *("name", "title", "template", "core", "message", "type", "summary", "text", "reason", "evidence", "why"),
        *("why_not", "would_confirm", "claim_text", "area", "unit", "delta", "command", "function", "owner", "file"),
        *("suspicious", "test", "service", "revision", "unlocated", "alias_reason", "link", "rule", "known", "noise"),
        *("cycle", "baseline", "services", "revisions", "wrappers", "warnings", "entry_ids", "from_cycle", "tests"),
        *("commit", "head", "author_time"),
    }

    def poison(value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {k: poison(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [poison(v, key) for v in value]
        return everything if isinstance(value, str) and key in free else value

    poisoned = {key: poison(value, key if key != "cycle" else "") for key, value in deepcopy(report).items()}
    poisoned["clusters"][0]["facets"] = [{"slot": 0, "values": [[everything, 1]], "others": 0}]
    poisoned["clusters"][0]["exemplars"][0]["roles"] = {everything: "raise"}
    poisoned["clusters"][1]["known"] = everything
    poisoned["deploys"]["services"][0]["facts"] = {everything: [1, 2]}
    result: Json = poisoned
    return result


ALL = {
    "first": first_cycle,
    "second": second_cycle,
    "quiet": quiet_cycle,
    "no-payloads": without_payloads,
    "hostile": hostile_cycle,
}
