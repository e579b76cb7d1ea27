"""Text that cannot act on the reader's screen: no escape sequences, control or direction-changing characters.

Log text is written by strangers. Every renderer works on a report that went through `clean_values` first; what
each format needs besides (HTML escaping, Markdown neutralising) stands with that format.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_ESCAPE_SEQUENCE = re.compile(
    r"""(?x)
      (?: \x1b\[ | \x9b ) [0-?]*+ [\ -/]*+ [@-~]             # CSI: colours, cursor moves
    | \x1b [\]PX^_] [^\x07\x1b\n]*+ (?: \x07 | \x1b\\ )      # OSC, DCS, SOS, PM, APC: titles, links, clipboard
    | \x1b [\ -/]*+ [0-~]?                                   # two-character sequences, and a lone ESC
    """
)

_LINE_ENDS = re.compile("\r\n?|\u0085|\u2028|\u2029")

_UNSEEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1, without tab and newline
    "\u00ad\u061c\u180e\u200b\u200e\u200f"  # soft hyphen, zero width space, direction marks
    "\u202a-\u202e\u2060-\u206f"  # direction embeddings, overrides, isolates; invisible operators
    "\ufeff\ufff9-\ufffb"  # byte order mark, interlinear annotation
    "\U000e0000-\U000e007f"  # tag characters
    "]+"
)

_PLAIN = (int, float, type(None))
"""Asked first: whether something is a mapping costs more."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """The text with line ends as `\\n`, tabs kept, and nothing else that a reader cannot see.

    Linear in the length; cleaning twice is cleaning once.
    """
    if text.isprintable() or text.replace("\n", "").replace("\t", "").isprintable():
        return text  # nothing that goes below is printable
    text = _LINE_ENDS.sub("\n", text)
    # One pass is enough: every ESC goes, so what closes up around a cut cannot form a new sequence.
    return _LONE_SURROGATE.sub("\ufffd", _UNSEEN.sub("", _ESCAPE_SEQUENCE.sub("", text)))


def clean_values(value: Any) -> Any:
    """The JSON value with every string in it cleaned, keys included."""
    if isinstance(value, str):
        return value if value.isprintable() else clean(value)  # asked here too: a large report has many short strings
    if isinstance(value, dict):
        return {
            key if type(key) is str and key.isprintable() else clean(str(key)): clean_values(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [clean_values(item) for item in value]
    if not isinstance(value, _PLAIN) and isinstance(value, Mapping):
        return clean_values(dict(value))
    return value


def one_line(text: str) -> str:
    """The text cleaned, every run of white space as one blank: fit for a line on a terminal."""
    return " ".join(clean(text).split())


def shorten(text: str, limit: int) -> str:
    """The text on one line, at most `limit` characters, the cut shown as `…`."""
    line = one_line(text)
    return line if len(line) <= limit else line[: max(limit - 1, 0)].rstrip() + "…"
