"""Write docs/reference/, the picture of imports in docs/architecture.md and the help in README.md from the code itself.

    python tools/make_reference.py          writes what is not as it should be
    python tools/make_reference.py --check  names it, and exits with 1 where something is

The same code gives the same bytes: widths are fixed, nothing of this machine or of the time goes in.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from inspect import Parameter, getdoc, signature
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
WIDTH = 78
"""of the text on a terminal of 80 columns"""
MADE = "<!-- made by tools/make_reference.py: edit the code instead -->"
HELP = re.compile(r"(?<=<!-- help -->\n).*?(?=<!-- /help -->)", re.DOTALL)
IMPORTS = re.compile(r"(?<=<!-- imports -->\n).*?(?=<!-- /imports -->)", re.DOTALL)


def pages() -> dict[Path, str]:
    """Each page with the text that it must have."""
    reference, architecture, readme = ROOT / "docs" / "reference", ROOT / "docs" / "architecture.md", ROOT / "README.md"
    return {
        reference / "command.md": command_page(),
        reference / "library.md": library_page(),
        reference / "report.md": report_page(),
        reference / "settings.md": settings_page(),
        architecture: IMPORTS.sub(lambda _: imports_picture(), architecture.read_text(encoding="utf-8"), count=1),
        readme: HELP.sub(
            lambda _: f"```text\n{dict(helps())['analyzer']}\n```\n", readme.read_text(encoding="utf-8"), count=1
        ),
    }


# --- the command -----------------------------------------------------------------------------------------------------


def command_page() -> str:
    """`--help` of every verb, as a terminal of 80 columns shows it."""
    parts = [
        MADE,
        "# Every verb and option",
        "What `--help` prints. What the verbs are for: [the command](../command.md); the exit codes: "
        "[bad input](../bad-input.md).",
    ]
    for name, text in helps():
        parts += [f"{'##' if name == 'analyzer' else '###'} {name}", f"```text\n{text}\n```"]
    return "\n\n".join(parts) + "\n"


def helps() -> Iterator[tuple[str, str]]:
    """Name and help of the command, its groups and verbs, in the order in which `--help` lists them."""
    import typer
    from typer.main import get_command

    from analyzer.cli import app

    def walk(command: Any, name: str, parent: Any) -> Iterator[tuple[str, str]]:
        settings = {} if parent else command.context_settings
        context = typer.Context(command, info_name=name, parent=parent, terminal_width=WIDTH, **settings)
        yield context.command_path, command.get_help(context).rstrip()
        for verb in command.list_commands(context) if hasattr(command, "list_commands") else ():
            yield from walk(command.get_command(context, verb), verb, context)

    return walk(get_command(app), "analyzer", None)


# --- the library -----------------------------------------------------------------------------------------------------


def library_page() -> str:
    """Signatures and docstrings of the public names."""
    import analyzer

    parts = [MADE, "# Every public name", "`import analyzer`; what the names are for: [the library](../library.md)."]
    for name in sorted(analyzer.__all__, key=str.lower):
        value = getattr(analyzer, name)
        if isinstance(value, type):
            parts += [f"## {name}", _prose(value)]
            for member, found in sorted(vars(value).items()):
                if not member.startswith("_") or member == "_repr_html_":
                    parts += [f"### {name}.{member}", *_member(member, found)]
        else:
            parts += [f"## {name}", f"```python\n{_signature(name, value)}\n```", _prose(value)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _member(name: str, found: Any) -> list[str]:
    if isinstance(found, property):
        gives = signature(found.fget).return_annotation if found.fget else ""
        return [f"```python\n{name}: {gives}\n```", _prose(found)]
    function = getattr(found, "__func__", found)
    if not callable(function):
        return [_prose(found)]
    return [f"```python\n{_signature(name, function)}\n```", _prose(function)]


def _signature(name: str, function: Any) -> str:
    """The parameters as they are written, on lines of their own where one line is too short; annotations are texts."""
    found = signature(function)
    shown, starred = [], False
    for parameter in found.parameters.values():
        if parameter.name in ("self", "cls"):
            continue
        if parameter.kind is Parameter.KEYWORD_ONLY and not starred:
            starred = True
            shown.append("*")
        star = "*" if parameter.kind is Parameter.VAR_POSITIONAL else ""
        star = "**" if parameter.kind is Parameter.VAR_KEYWORD else star
        text = f"{star}{parameter.name}: {parameter.annotation}"
        shown.append(text if parameter.default is Parameter.empty else f"{text} = {parameter.default!r}")
    line = f"{name}({', '.join(shown)}) -> {found.return_annotation}"
    return (
        line if len(line) <= WIDTH else f"{name}(\n    " + ",\n    ".join(shown) + f",\n) -> {found.return_annotation}"
    )


def _prose(value: Any) -> str:
    return getdoc(value) or ""


# --- the report ------------------------------------------------------------------------------------------------------


def report_page() -> str:
    """Every object of the report with its keys, from the JSON Schema."""
    from analyzer.reports import schema

    whole = schema()
    parts = [
        MADE,
        "# Every key of the report",
        f"`{whole['title']}`, from the schema that `analyzer schema` prints. What a reader can rely on: "
        "[the report as JSON](../json-report.md).",
        "## report",
        whole.get("description", ""),
        _keys(whole),
    ]
    for name, found in sorted(whole["$defs"].items()):
        if "properties" in found:
            parts += [f"## {name}", found.get("description", ""), _keys(found)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _keys(found: Mapping[str, Any]) -> str:
    rows = [
        f"| `{key}` | {_type(value)} | {_cell(_meaning(value))} |" for key, value in sorted(found["properties"].items())
    ]
    return "| key | value | meaning |\n|---|---|---|\n" + "\n".join(rows)


def _meaning(value: Mapping[str, Any]) -> str:
    """The description of a key, else of what it refers to."""
    from analyzer.reports import schema

    if "description" in value or "$ref" not in value:
        return str(value.get("description", ""))
    return str(schema()["$defs"][value["$ref"].rsplit("/", 1)[-1]].get("description", ""))


def _type(value: Mapping[str, Any]) -> str:
    """The kind of a value in a few words; what has keys of its own is linked."""
    if "$ref" in value:
        return _named(value["$ref"].rsplit("/", 1)[-1])
    if "const" in value:
        return f"`{json.dumps(value['const'])}`"
    if "enum" in value:
        return " ".join(f"`{json.dumps(one)}`" for one in value["enum"])
    if "anyOf" in value:
        return " or ".join(_type(one) for one in value["anyOf"])
    kinds = value.get("type", "any")
    texts = []
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        if kind == "array" and isinstance(value.get("items"), Mapping):
            texts.append(f"list of {_type(value['items'])}")
        elif kind == "object" and isinstance(value.get("additionalProperties"), Mapping):
            texts.append(f"object of {_type(value['additionalProperties'])}")
        elif kind == "object" and "properties" in value:
            texts.append("object of " + ", ".join(f"`{key}`" for key in value["properties"]))
        else:
            texts.append(kind)
    return " or ".join(texts)


def _named(name: str) -> str:
    from analyzer.reports import schema

    return f"[{name}](#{name.lower()})" if "properties" in schema()["$defs"][name] else name


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


# --- the settings ----------------------------------------------------------------------------------------------------


def settings_page() -> str:
    """Every setting with its default."""
    from analyzer.config import SETTINGS

    rows = [f"| `{one.name}` | {one.kind} | `{json.dumps(one.default)}` | {_cell(one.help)} |" for one in SETTINGS]
    parts = [
        MADE,
        "# Every setting",
        "In `analyzer.toml` or `[tool.analyzer]` of `pyproject.toml` by name, in the environment as `ANALYZER_NAME`; "
        "an option comes last and wins. `analyzer config show --origin` tells where each value is from.",
        "| setting | kind | default | meaning |\n|---|---|---|---|\n" + "\n".join(rows),
    ]
    return "\n\n".join(parts) + "\n"


# --- the imports -----------------------------------------------------------------------------------------------------


def imports_picture() -> str:
    """The layers of pyproject.toml, and which package really imports which."""
    import grimp

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = [
        [part.strip(" ()") for part in re.split(r"[|:]", layer)]
        for layer in project["tool"]["importlinter"]["contracts"][0]["layers"]
    ]
    graph = grimp.build_graph("analyzer", cache_dir=None)
    there = {module.split(".")[1] for module in graph.modules if "." in module}
    used: dict[str, set[str]] = {name: set() for name in there}
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            if "." in module and "." in imported and (name := module.split(".")[1]) != imported.split(".")[1]:
                used[name].add(imported.split(".")[1])
    order = [name for layer in layers for name in layer if name in there]
    wide = max(map(len, order))
    lines = [" " * (wide + 4) + " ".join(f"{number:>2}" for number in range(1, len(order) + 1))]
    for layer in layers:
        for name in (one for one in layer if one in there):
            cells = " ".join(f" {'x' if other in used[name] else '-' if other == name else '.'}" for other in order)
            lines.append(f"{order.index(name) + 1:>2} {name:<{wide}} {cells}")
        if any(name in there for name in layer):
            lines.append("")
    return "```text\n" + "\n".join(lines).rstrip() + "\n```\n"


def main() -> int:
    """Write the pages, or with `--check` only say which are not as they should be."""
    check = "--check" in sys.argv[1:]
    stale = []
    for page, text in pages().items():
        if not page.is_file() or page.read_text(encoding="utf-8") != text:
            stale.append(page.relative_to(ROOT).as_posix())
            if not check:
                page.parent.mkdir(parents=True, exist_ok=True)
                page.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{'not as the code is' if check else 'wrote'}: {name}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
