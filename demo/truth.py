"""story.toml written by hand → story.toml with commit ids, line numbers and measured counts."""

import gzip
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import history


def write(story: dict, repo: Path, commits: list[str], out: Path) -> None:
    """Resolve the story against the repository and what was recorded into `out`."""
    text = ["# Written by demo/record.py from demo/story.toml. Do not edit.", ""]
    text += _table({"root": story["root"], "project": story["project"], "head": commits[-1], "commits": commits})
    for cycle in story["cycle"]:
        folder = out / f"cycle-{cycle['name']}"
        if folder.is_dir():
            text += _cycle(story, cycle, repo, commits, folder)
    (out / "story.toml").write_text("\n".join(text), encoding="utf-8")


def _cycle(story: dict, cycle: dict, repo: Path, commits: list[str], folder: Path) -> list[str]:
    entries = [json.loads(line) for line in gzip.decompress((folder / "logs.jsonl.gz").read_bytes()).splitlines()]
    times = sorted(entry["timestamp"] for entry in entries)
    suite = ElementTree.parse(folder / "junit.xml").getroot().find("testsuite").attrib
    text = ["", "", "[[cycle]]"]
    text += _table(
        {
            "name": cycle["name"],
            "tests_from": cycle["starts"],
            "first_entry": times[0],
            "last_entry": times[-1],
            "entries": len(entries),
            "tests": {key: int(suite[key]) for key in ("tests", "failures", "errors", "skipped")},
        }
    )
    for kind in ("services", "refused"):
        for service, deploy in cycle.get(kind, {}).items():
            text += ["", f"[cycle.{kind}.{service}]"]
            text += _table(
                {**{k: v for k, v in deploy.items() if k != "previous"}, "commit": commits[deploy["commit"] - 1]}
            )
    for claim in cycle.get("claims", []):
        text += ["", "[[cycle.claims]]", *_table({**claim, "commit": commits[claim["commit"] - 1]})]
    if "transitions" in cycle:
        text += ["", "[cycle.transitions]", *_table(cycle["transitions"])]
    for error in story["error"]:
        if cycle["name"] in error["cycles"]:
            text += _error(error, cycle, repo, commits, entries)
    return text


def _error(error: dict, cycle: dict, repo: Path, commits: list[str], entries: list[dict]) -> list[str]:
    holder = cycle.get("refused", {}).get(error["service"]) or cycle["services"][error["service"]]
    commit = commits[holder["commit"] - 1]
    bodies = [entry.get("textPayload") or entry.get("jsonPayload", {}).get("message", "") for entry in entries]
    found = sum(error["message"] in body and error["marker"] in body for body in bodies)
    if not found:
        raise SystemExit(f"cycle {cycle['name']}: no entry holds {error['message']!r} and {error['marker']!r}")
    fields = {key: error[key] for key in ("id", "message", "service", "kind", "why")}
    fields |= {"change": error["change"][error["cycles"].index(cycle["name"])], "occurrences": found}
    if "origin" in error:
        fields["origin"] = commits[error["origin"] - 1]
    text = ["", "[[cycle.errors]]", *_table(fields), "places = ["]
    for place in error["places"]:
        line = _line(history.git(repo, "show", f"{commit}:{place['file']}").decode(), place)
        shown = {**{k: v for k, v in place.items() if k != "after"}, "line": line}
        text.append(f"  {_value(shown)},")
    return [*text, "]"]


def _line(source: str, place: dict) -> int:
    """The line that holds the text; `after` says after which other line to look when there are several."""
    lines = source.splitlines()
    first = next((n for n, line in enumerate(lines) if place["after"] in line), len(lines)) if "after" in place else 0
    for number, line in enumerate(lines[first:], first + 1):
        if place["holds"] in line:
            return number
    raise SystemExit(f"{place['file']} does not hold {place['holds']!r}")


def _table(fields: dict) -> list[str]:
    return [f"{key} = {_value(value)}" for key, value in fields.items()]


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[\n" + "".join(f"  {_value(inner)},\n" for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)
