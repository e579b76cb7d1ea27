"""Runs snippets that fail and gives what they raised, free of what only this run has."""

from __future__ import annotations

import builtins
import contextlib
import gc
import io
import json
import platform
import re
import signal
import sys
import traceback
import types
import warnings
from typing import Any, Dict, Iterator, List, Optional, Union

import surroundings

SECONDS_A_SNIPPET = 40

_SCRUBBED = (
    (re.compile(r"\b0x[0-9a-f]{8,16}\b"), "0x7f0000000000"),
    (re.compile(r"/tmp/raising-\w+"), "/srv/app"),
    (re.compile(r"(?:/[\w.-]+)+/(?:site-packages|lib/python3\.\d+)/"), "/usr/lib/python3/"),
    (re.compile(r"_ssl\.c:\d+"), "_ssl.c:1000"),
    (re.compile(r"'Date': '[^']*'"), "'Date': 'Mon, 01 Jan 2024 00:00:00 GMT'"),
    (re.compile(r'"\{.{0,400}?grpc_status:.{0,400}?\}"', re.DOTALL), '"{…}"'),
    (
        re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
        "6fa459ea-ee8a-3ca4-894e-db77e160355e",
    ),
    (re.compile(r"<ObjectId\('[^']*'\)>|ObjectId\('[0-9a-f]{24}'\)"), "ObjectId('0123456789abcdef01234567')"),
    (re.compile(r"topology_id: [0-9a-f]{24}"), "topology_id: 0123456789abcdef01234567"),
    (
        re.compile(r"Topology Description: <TopologyDescription id: [0-9a-f]{24}"),
        "Topology Description: <TopologyDescription id: 0123456789abcdef01234567",
    ),
    (re.compile(r"name='[\w-]*Task-\d+'"), "name='Task-1'"),
    (re.compile(r"(?<=base_events\.py:)\d+"), "100"),
    (re.compile(r"thread id \d+"), "thread id 140000000000000"),
    (re.compile(r"(?<=timed out after )0\.\d+"), "0.1"),
    (re.compile(re.escape(sys.executable)), "/usr/bin/python3"),
    (re.compile(r"cpython-3\d+-[\w-]+\.so"), "so"),
)
Snippet = Union[str, Dict[str, Any]]
"""code that fails; or a table: `code`, `since` and `until` (Python versions), `needs` (module)"""


def rows(family: Any) -> Iterator[Dict[str, str]]:
    """What each snippet of a family raised, on this Python: one JSON row each."""
    for rule, snippets in family.CASES.items():
        for snippet in snippets:
            table = {"code": snippet} if isinstance(snippet, str) else snippet
            if not table.get("since", (3,)) <= sys.version_info[:2] < table.get("until", (4,)):
                continue
            raised = run(table["code"], collect=getattr(family, "LEAVES_OPEN", False))
            if isinstance(raised, surroundings.Absent):
                print(f"{rule}: {raised}", file=sys.stderr)
                continue
            if raised is None:
                print(f"{rule}: nothing was raised by {table['code']!r}", file=sys.stderr)
                continue
            yield {
                "family": family.FAMILY,
                "rule": rule,
                "exception": class_name(raised),
                "message": scrub(str(raised)),
                "version": version(family),
            }


def run(code: str, *, collect: bool = False) -> Optional[BaseException]:
    """What `code` raises; with `collect` connections that it left open are closed at once."""
    module = types.ModuleType("shop")
    module.__dict__.update(surroundings.NAMES)
    sys.modules["shop"] = module  # classes look their module up
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS_A_SNIPPET)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            exec(compile(code, "<snippet>", "exec"), module.__dict__)
    except KeyboardInterrupt:
        traceback.print_exc()
        raise
    except BaseException as raised:  # what is raised is what we are after, SystemExit too
        return raised
    finally:
        signal.alarm(0)
        module.__dict__.clear()  # what the snippet left open closes with its last name
        if collect:
            gc.collect()
        surroundings.clean_up()
    return None


def class_name(raised: BaseException) -> str:
    """The class as a trace prints it; empty where the text was logged and not raised."""
    if isinstance(raised, surroundings.Logged):
        return ""
    kind = type(raised)
    return kind.__qualname__ if kind.__module__ == builtins.__name__ else f"{kind.__module__}.{kind.__qualname__}"


def scrub(text: str) -> str:
    """The text without what differs from run to run: addresses in memory, folders, ports, ids, dates."""
    for pattern, instead in _SCRUBBED:
        text = pattern.sub(instead, text)
    for port in surroundings.PORTS:
        text = re.sub(rf"\b{port}\b", "54321", text)
    return text


def version(family: Any) -> str:
    """Python, and the library where the family is one."""
    python = f"CPython {platform.python_version().rsplit('.', 1)[0]}"
    distribution = getattr(family, "DISTRIBUTION", None)
    if not distribution:
        return python
    from importlib.metadata import version as installed

    return f"{python}, {distribution} {installed(distribution)}"


def merged(found: List[Dict[str, str]]) -> List[Dict[str, Any]]:
    """Rows that differ in their version only, as one row that lists the versions; sorted."""
    by_text: Dict[str, Dict[str, Any]] = {}
    for row in found:
        key = json.dumps([row[k] for k in ("family", "rule", "exception", "message")])
        kept = by_text.setdefault(key, {**{k: v for k, v in row.items() if k != "version"}, "versions": []})
        kept["versions"] = sorted(
            {*kept["versions"], *row.get("versions", [row.get("version")])} - {None}, key=_numbers
        )
    return [by_text[key] for key in sorted(by_text)]


def _numbers(text: str) -> List[Any]:
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", text)]


def _too_long(signum: int, frame: object) -> None:
    del signum, frame
    raise KeyboardInterrupt("a snippet did not end")
