"""What `--help` of a verb says below its options: examples, exit codes, where to read on; and its options in groups.

Plain text that fits 80 columns, and one source for three readers: the terminal, docs/reference/command.md, and a test
that parses every example.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from typer.core import TyperCommand

DONE = (0, "done; warnings may have been printed")
CANNOT = (2, "could not do it: usage, or input that cannot be used")
REFUSED = (3, "a source refused, or a part of the window could not be had")

_WIDTH = 76
"""of a line in the epilog: 80 less the indentation"""
_AS_WRITTEN = "\b"
"""before a paragraph whose line ends stay as they are"""


def manual(*, examples: Sequence[str], exits: Sequence[tuple[int, str]] = (), see: Sequence[str] = ()) -> str:
    """The epilog of a verb. 0 and 2 stand in every list; `exits` are those of the verb, in place of these too."""
    codes = dict((DONE, CANNOT)) | dict(exits)
    parts = ["Examples:\n" + "\n".join(f"  {line}" for example in examples for line in _folded(example))]
    parts.append("Exit codes:\n" + "\n".join(f"  {code:<3}  {text}" for code, text in sorted(codes.items())))
    if see:
        parts.append("See also: " + ", ".join(see))
    return "\n\n".join(f"{_AS_WRITTEN}\n{part}" for part in parts)


def _folded(example: str) -> list[str]:
    """The command on lines that fit the screen, broken before an option as one would for a shell."""
    if len(example) <= _WIDTH:
        return [example]
    at = example.rindex(" -", 0, _WIDTH - 2)
    return [f"{example[:at]} \\", f"    {example[at + 1 :]}"]


def grouped(groups: Mapping[str, Sequence[str]]) -> type[TyperCommand]:
    """A command whose help lists options under headings: heading → names of parameters, in this order.

    Parameters that no group names stand under "Options", arguments always under "Arguments".
    """

    class GroupedCommand(TyperCommand):
        def format_options(self, ctx: Any, formatter: Any) -> None:
            """Write the sections."""
            sections: dict[str, list[tuple[str, str]]] = {name: [] for name in ("Arguments", *groups, "Options")}
            home = {parameter: heading for heading, names in groups.items() for parameter in names}
            for parameter in self.get_params(ctx):
                row = parameter.get_help_record(ctx)
                if row is None:
                    continue
                fallback = "Arguments" if parameter.param_type_name == "argument" else "Options"
                sections[home.get(str(parameter.name), fallback)].append(row)
            for heading, rows in sections.items():
                if rows:
                    with formatter.section(heading):
                        formatter.write_dl(rows)

    return GroupedCommand
