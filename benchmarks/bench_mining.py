"""Mining against Drain3 with the masks of its own example: `python -m benchmarks.bench_mining [--messages N]`.

Runs take turns in one process; figures are CPU seconds, ratios the medians of the rounds with the least and the most.

- kernel: first lines in memory → summaries → templates, at each number of templates
- texts: the same with stack traces behind a third of the lines; Drain3 reads whole texts, mining their first lines
- file: JSON lines on disk → templates, against json.loads and Drain3; and the peak memory of a process that does it
- quality: GA, FGA of both on the made-up messages

`--logs FILE.jsonl` takes LogEntry lines of your own in place of made-up ones, for one run of everything but quality.
Drain3 reads at most `--peer` messages a round: its cost grows a little faster than their number, so that flatters it.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from drain3 import TemplateMiner
from drain3.masking import MaskingInstruction
from drain3.template_miner_config import TemplateMinerConfig

from analyzer.signatures import Summary, finalize, merge, mine, summarize
from benchmarks.made_up_entries import make_entries
from benchmarks.made_up_messages import make_messages

BATCH = 50_000
"""first lines of a file in memory at a time"""
JUDGED = 100_000
"""messages that quality is measured on"""
_MASKS = (
    (r"(?:[0-9a-f]{2,}:){3,}[0-9a-f]{2,}", "ID"),
    (r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}", "IP"),
    (r"(?:[0-9a-f]{6,} ?){3,}", "SEQ"),
    (r"(?:[0-9A-F]{4} ?){4,}", "SEQ"),
    (r"0x[a-f0-9A-F]+", "HEX"),
    (r"[\-\+]?\d+", "NUM"),
)
"""kinds of values that the example of Drain3 masks, each alone between signs that are no letters and figures"""


class Payload(msgspec.Struct):
    message: str = ""


class Line(msgspec.Struct, rename="camel"):
    """What mining needs of a LogEntry."""

    text_payload: str | None = None
    json_payload: Payload | None = None


def main() -> int:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--messages", type=int, default=1_000_000, metavar="N")
    options.add_argument("--peer", type=int, default=100_000, metavar="N", help="messages that Drain3 reads a round")
    options.add_argument("--templates", type=int, nargs="+", default=[500, 2_000, 8_000], metavar="N")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--logs", metavar="FILE", help="JSON lines of LogEntry dicts")
    options.add_argument("--peak", metavar="FILE", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.peak:
        _say(f"{len(set(_mine_file(Path(chosen.peak)).values()))} {_peak_mib():.0f}")
        return 0
    if chosen.logs:
        texts = list(islice(_texts_of(Path(chosen.logs)), chosen.messages))
        heads = [text.split("\n", 1)[0] for text in texts]
        _kernel({f"{len(set(mine(heads))):,}": heads}, chosen.peer, chosen.rounds)
        _texts(texts, chosen.peer, chosen.rounds)
        _file(Path(chosen.logs), chosen.peer, chosen.rounds)
        return 0
    made = {f"{n:,}": make_messages(chosen.messages, templates=n) for n in chosen.templates}
    _kernel({name: messages for name, (messages, _) in made.items()}, chosen.peer, chosen.rounds)
    for name, (messages, groups) in made.items():
        _quality(name, messages[:JUDGED], groups[:JUDGED])
    del made
    entries = make_entries(min(chosen.messages, 300_000))
    _texts([_text_of_dict(e) for e in entries if e["severity"] == "ERROR"], chosen.peer // 4, chosen.rounds)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "entries.jsonl")
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(entry) + "\n" for entry in make_entries(chosen.messages))
        _file(path, chosen.peer, chosen.rounds)
    return 0


def _kernel(messages_by_templates: dict[str, Sequence[str]], peer: int, rounds: int) -> None:
    _say("kernel, first lines             ours µs a message    Drain3 µs       ratio (least, most)")
    costs: dict[str, float] = {}
    for name, messages in messages_by_templates.items():
        ours, theirs = _in_turns(
            lambda m=messages: finalize(summarize(m)), lambda m=messages[:peer]: _drain3(m), rounds
        )
        costs[name] = statistics.median(ours) / len(messages)
        _compare(f"{name} templates, {len(messages):,}", ours, len(messages), theirs, min(peer, len(messages)))
    least, *_ = each = list(costs.values())
    if len(each) > 1:
        _say(f"cost of a message, the last against the first: {each[-1] / least:.2f}")


def _texts(texts: Sequence[str], peer: int, rounds: int) -> None:
    ours, theirs = _in_turns(lambda: finalize(summarize(texts)), lambda: _drain3(texts[:peer]), rounds)
    _compare(f"texts with traces, {len(texts):,}", ours, len(texts), theirs, min(peer, len(texts)))


def _file(path: Path, peer: int, rounds: int) -> None:
    with path.open("rb") as file:
        count = sum(1 for _ in file)

    def their_way() -> None:
        with path.open(encoding="utf-8") as file:
            _drain3(_text_of_dict(json.loads(line)).split("\n", 1)[0] for line in islice(file, peer))

    ours, theirs = _in_turns(lambda: _mine_file(path), their_way, rounds)
    _compare(f"file of {path.stat().st_size / 1e6:,.0f} MB, {count:,}", ours, count, theirs, min(peer, count))
    command = [sys.executable, "-m", "benchmarks.bench_mining", "--peak", str(path)]
    templates, peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    _say(f"  {templates} templates; peak memory of a process that mines the file: {peak} MiB")


def _quality(name: str, messages: Sequence[str], groups: Sequence[int]) -> None:
    for who, found in (("ours", [m.fingerprint for m in mine(messages)]), ("Drain3", _drain3(messages))):
        of_true, of_found, joint = Counter(groups), Counter(found), Counter(zip(groups, found, strict=True))
        exact = [n for (t, f), n in joint.items() if n == of_true[t] == of_found[f]]
        fga = 2 * len(exact) / (len(of_true) + len(of_found))
        _say(f"  {name} templates, {len(messages):,}: {who} GA {sum(exact) / len(messages):.3f} FGA {fga:.3f}")


def _mine_file(path: Path) -> dict[str, Any]:
    total, heads = Summary(), (text.lstrip().split("\n", 1)[0] for text in _texts_of(path))
    while batch := list(islice(heads, BATCH)):
        total = merge(total, summarize(batch))
    return finalize(total)


def _texts_of(path: Path) -> Iterator[str]:
    decode = msgspec.json.Decoder(Line).decode
    with path.open("rb") as file:
        for line in file:
            entry = decode(line)
            yield entry.text_payload or (entry.json_payload.message if entry.json_payload else "")


def _text_of_dict(entry: dict[str, Any]) -> str:
    return str(entry.get("textPayload") or (entry.get("jsonPayload") or {}).get("message", ""))


def _drain3(messages: Iterable[str]) -> list[int]:
    config = TemplateMinerConfig()
    config.masking_instructions = [
        MaskingInstruction(rf"(?:(?<=[^A-Za-z0-9])|^)(?:{inner})(?=[^A-Za-z0-9]|$)", name) for inner, name in _MASKS
    ]
    miner = TemplateMiner(config=config)
    return [miner.add_log_message(message)["cluster_id"] for message in messages]


def _in_turns(ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int) -> tuple[list[float], list[float]]:
    ours()  # what is imported and made once
    spent: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds):
        for which in (0, 1) if turn % 2 == 0 else (1, 0):
            start = time.process_time()
            (ours, theirs)[which]()
            spent[which].append(time.process_time() - start)
    return spent


def _compare(name: str, ours: Sequence[float], count: int, theirs: Sequence[float], peer: int) -> None:
    mine_, yours = ([s / n * 1e6 for s in spent] for spent, n in ((ours, count), (theirs, peer)))
    ratios = [y / m for m, y in zip(mine_, yours, strict=True)]
    _say(
        f"{name:<38}{statistics.median(mine_):>10.2f}{statistics.median(yours):>13.1f}"
        f"{statistics.median(ratios):>12.1f}  ({min(ratios):.1f}, {max(ratios):.1f})"
    )


def _peak_mib() -> float:
    """Of this process alone: `ru_maxrss` also counts what the process was copied from."""
    status = Path("/proc/self/status")
    if status.is_file():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
