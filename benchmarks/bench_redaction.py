"""What redaction costs: `bench_redaction.py [TEXTS]`, CPU microseconds a text, as a column and one by one.

The texts are made here: request lines, JSON lines and sentences, 15 % of them with something to hide. Also printed: how
many bytes a second the screens see, how many of the quiet texts trip them, and the cost of one call.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Sequence

from analyzer.redaction import build_redactor
from analyzer.redaction.screens import column_of, pattern_screen, places_of
from analyzer.rules import load_rules

_WORDS = tuple(
    word
    for line in (
        "the order could not be saved because upstream timed out while reading from cache worker request handler",
        "started finished version user session tokens key value retry connection account",
    )
    for word in line.split()
)
_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0 Safari/537.36"
_SHARE_TO_HIDE = 0.15
_RUNS = 5


def main() -> int:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    made = random.Random(17)
    for name, length in (("short", 80), ("medium", 250), ("long", 2000)):
        _report(name, [_text(made, length) for _ in range(count)])
    _report("medium, a page", [_text(made, 250) for _ in range(1000)])
    _report_rules([_quiet(made, 250) for _ in range(count)])
    return 0


def _report(name: str, texts: Sequence[str]) -> None:
    redactor, one_by_one = build_redactor(), build_redactor()
    documents = [json.dumps({"message": text}) for text in texts]
    some = texts[:2000]

    def column() -> None:
        redactor._cache.clear()  # each run is a first one
        redactor.texts(texts)

    def alone() -> None:
        one_by_one._cache.clear()
        for text in some:
            one_by_one.text(text)

    size = sum(len(text.encode()) for text in texts) / len(texts)
    _say(
        f"{name}: {size:.0f} bytes, column {_cpu(column) / len(texts) * 1e6:.2f} µs a text, "
        f"one by one {_cpu(alone) / len(some) * 1e6:.1f} µs, "
        f"screen of documents {_cpu(lambda: redactor.may_change_json(documents)) / len(texts) * 1e6:.2f} µs"
    )


def _report_rules(texts: Sequence[str]) -> None:
    """The screens on texts with nothing to hide."""
    column, _ = column_of(texts)
    size = sum(len(text.encode()) for text in texts) / 1e6
    columns = build_redactor()._columns
    together = columns._screens.texts
    one, _ = column_of(texts[:1])
    for name, expression in (
        ("all rules", together),
        *((rule.id, screen.texts) for rule in load_rules("redact") if (screen := pattern_screen(rule.pattern))),
    ):
        seconds = _cpu(lambda expression=expression: places_of(column, expression))
        setup = _cpu(lambda expression=expression: places_of(one, expression))
        share = len(places_of(column, expression)) / len(texts)
        _say(f"  {name}: {size / seconds:.0f} MB/s, {share:.2%} of quiet texts trip it, {setup * 1e3:.2f} ms set-up")


def _cpu(run: Callable[[], object]) -> float:
    """CPU seconds of the best of some runs."""
    best = float("inf")
    for _ in range(_RUNS):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    return best


def _text(made: random.Random, length: int) -> str:
    if made.random() >= _SHARE_TO_HIDE:
        return _quiet(made, length)
    return made.choice((_request_from_someone, _sentence_with_a_token, _json_with_an_address))(made, length)


def _quiet(made: random.Random, length: int) -> str:
    return made.choice((_request, _json, _sentence))(made, length)


def _sentence(made: random.Random, length: int) -> str:
    return " ".join(made.choices(_WORDS, k=max(1, length // 6)))


def _request(made: random.Random, length: int, client: str = "-") -> str:
    line = (
        f"{client} - - [07/Sep/2025:13:{made.randrange(60):02}:{made.randrange(60):02} +0000] "
        f'"GET /api/orders/{made.randrange(9999)}?page={made.randrange(50)} HTTP/1.1" 200 {made.randrange(99999)} '
        f'"{_AGENT}"'
    )
    return f"{line} {_sentence(made, max(0, length - len(line)))}"[:length]


def _request_from_someone(made: random.Random, length: int) -> str:
    return _request(made, length, f"203.0.113.{made.randrange(256)}")


def _sentence_with_a_token(made: random.Random, length: int) -> str:
    start = f"login with token={made.randbytes(10).hex()} refused for baker{made.randrange(999)}@example.com "
    return start + _sentence(made, length - len(start))


def _json(made: random.Random, length: int, message: str = "") -> str:
    fields = {
        "severity": "INFO",
        "time": f"2025-09-07T13:35:00.{made.randrange(10**6):06}Z",
        "trace": made.randbytes(16).hex(),
        "nanos": 1757349000000000000 + made.randrange(10**15),
    }
    return json.dumps({**fields, "message": message + _sentence(made, max(10, length - 150))})


def _json_with_an_address(made: random.Random, length: int) -> str:
    return _json(made, length, f"peer 203.0.113.{made.randrange(256)} left: ")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
