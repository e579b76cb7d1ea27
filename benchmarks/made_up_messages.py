"""Error messages with known groups: the first lines of a few services' errors, their statements drawn by lot.

Statements share their words, come in near twins, begin with a value, hold values of several words, lists, JSON; a few
are seen all the time and many once or twice. The same seed makes the same messages.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import accumulate

_PARTS = (
    "oven", "till", "tray", "recipe", "voucher", "basket", "parcel", "counter", "shelf", "scale", "mixer", "timer",
    "shift", "ledger", "label", "crate", "courier", "route", "depot", "invoice", "stamp", "batch", "flour", "sieve",
    "kettle", "drawer", "printer", "badge", "roster", "freezer",
)  # fmt: skip
_DOES = (
    "load", "save", "price", "pack", "send", "merge", "count", "close", "open", "lock", "weigh", "print", "seal",
    "bake", "cool", "sort", "scan", "book", "void", "refund", "assign", "release", "reserve", "restock",
)  # fmt: skip
_WHY = (
    "connection refused", "deadline exceeded", "not found", "disk full", "already closed", "checksum differs",
    "no route to host", "permission denied", "out of range", "lock is held", "stream ended early", "version conflict",
    "quota used up", "name not resolved", "bad certificate", "half written",
)  # fmt: skip
_TYPES = ("TimeoutError", "LookupError", "StoreError", "IllegalStateException", "RangeError", "ConflictError")
_SHOPS = ("north", "harbour", "station", "market", "hill", "castle", "bridge", "park")
_PEOPLE = ("ada", "bram", "cleo", "dov", "elin", "finn", "gita", "hugo", "ines", "jora", "kurt", "lena", "milo", "nuri")
_GOODS = ("Rye Loaf", "Plum Cake", "Salt Stick", "Oat Bar", "Pear Tart", "Fig Roll", "Nut Braid", "Corn Bread")
_TWINS = (("before", "after"), ("primary", "standby"), ("read", "write"), ("inbound", "outbound"), ("first", "second"))
_FORMS = (
    "cannot {do} {part} {v}", "{kind}: {part} {v} is gone", "{do} of {part} {v} at {address} failed",
    "giving up on {part} {v} (attempt {n} of 5)", "[{part}] {do} id={v} elapsed={took}", "{v} {part} {do} refused",
    "{shop}: {part} wants {other} {v}", "no {part} left for {other} (had {n})", "{part} {do} skipped: {goods}",
    "person {person} may not {do} {part} {v}", "{other} {v} points to a missing {part}", "{part}-{other} lags by {n}",
    "could not {do} {part}: {other} {v} is late", "{part} {quoted} is no {other}", "{shop} has {goods} but no {part}",
    "unexpected {part} while it should {do} {other} {v}", "{do} timed out after {took} in {part} of {shop}",
)  # fmt: skip
_ENDS = (
    "", "", "", ": {why}", ": {why}", ", {why}", " after {took}", " on {pod}", ", again in {took}", " [trace={hex}]",
    " for {person}", ", rows={list}", " {json}", ", cause: {kind}: {why}", " see {url}", ", dry={flag}",
)  # fmt: skip
_FIXED = frozenset(("do", "part", "other", "kind", "shop", "why"))

Draw = Callable[[random.Random], str]


def make_messages(count: int, *, templates: int = 500, seed: int = 17) -> tuple[list[str], list[int]]:
    """(messages, the number of the statement that made each)."""
    made = random.Random(seed)
    statements = _statements(made, templates)
    shares = list(accumulate(1 / (n + 1) ** 1.1 for n in range(templates)))
    numbers = [bisect_left(shares, made.random() * shares[-1]) for _ in range(count)]
    return ["".join(draw if isinstance(draw, str) else draw(made) for draw in statements[n]) for n in numbers], numbers


def _statements(made: random.Random, count: int) -> list[list[str | Draw]]:
    found: dict[str, list[str | Draw]] = {}
    while len(found) < count:
        form = made.choice(_FORMS) + made.choice(_ENDS)
        fixed = {"do": made.choice(_DOES), "kind": made.choice(_TYPES), "shop": made.choice(_SHOPS)}
        fixed["part"], fixed["other"] = made.sample(_PARTS, 2)
        fixed["why"] = made.choice(_WHY)
        value = made.choice(("n", "hex", "name", "path", "uuid", "person", "pod", "took", "size", "address"))
        tails = made.choice(_TWINS) if made.random() < 0.06 else ("",)
        for tail in tails:
            text = form + (f" during {tail}" if tail else "")
            key = text.format_map({**{n: f"<{n}>" for n in _DRAWS}, "v": f"<{value}>", **fixed})
            found[key] = list(_pieces(text, fixed, value))
    return list(found.values())[:count]


def _pieces(text: str, fixed: dict[str, str], value: str) -> Iterator[str | Draw]:
    for number, piece in enumerate(text.replace("}", "{").split("{")):
        if number % 2 == 0:
            yield piece
        else:
            yield fixed[piece] if piece in _FIXED else _DRAWS[value if piece == "v" else piece]


_DRAWS: dict[str, Draw] = {
    "n": lambda r: str(int(10 ** (r.random() * 6))),
    "hex": lambda r: f"{r.getrandbits(48):012x}",
    "uuid": lambda r: "-".join(f"{r.getrandbits(4 * n):0{n}x}" for n in (8, 4, 4, 4, 12)),
    "name": lambda r: f"{r.choice(_PARTS)}_{r.getrandbits(16)}",
    "path": lambda r: f"/srv/{r.choice(_SHOPS)}/{r.getrandbits(24):06x}.dat",
    "person": lambda r: r.choice(_PEOPLE),
    "pod": lambda r: f"{r.choice(_SHOPS)}-{r.getrandbits(28):07x}-{r.getrandbits(16):04x}9",
    "took": lambda r: f"{r.randrange(30_000)}{r.choice(('ms', 's', 'us'))}",
    "size": lambda r: f"{r.random() * 900:.1f} {r.choice(('KiB', 'MiB', 'GiB'))}",
    "address": lambda r: f"203.0.113.{r.randrange(250)}:{1024 + r.getrandbits(15)}",
    "url": lambda r: f"https://{r.choice(_SHOPS)}.example.com/v1/{r.choice(_PARTS)}/{r.getrandbits(20)}",
    "goods": lambda r: " ".join(r.choice(_GOODS) for _ in range(r.randint(1, 2))),
    "quoted": lambda r: f"'{r.choice(_PEOPLE)} {r.choice(_GOODS)}'",
    "list": lambda r: "[" + ", ".join(str(r.getrandbits(10)) for _ in range(r.randint(1, 6))) + "]",
    "json": lambda r: (
        f'{{"id": {r.getrandbits(20)}, "shop": "{r.choice(_SHOPS)}", "dry": {r.choice(("true", "false"))}}}'
    ),
    "flag": lambda r: r.choice(("true", "false")),
}
