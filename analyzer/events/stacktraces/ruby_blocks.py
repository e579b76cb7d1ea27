"""A run of Ruby's lines as its exceptions, and which of them hang together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from analyzer.events.stacktraces.line_grammar import Token
from analyzer.events.stacktraces.ruby_lines import BARE, TITLES, TOLD

PRINTED = (*TITLES, "syntax", "bug")
TESTS = ("failure", "failed")
_HEADERS = ("thread", "aborted", "caused", "rspec_cause")
_FRAMES = ("from", "numbered", *BARE)
_LOOSE = ("text", "bug_said", "failure_said", "failed_text", "rule")
_RESCUED = ("in `rescue in ", "in `ensure in ", ":in '", " levels...", "<internal:ractor>")


@dataclass(slots=True, kw_only=True)
class Block:
    """The lines of one exception."""

    start: int
    head: Token | None = None
    header: Token | None = None
    """the line that announces it"""
    calls: list[Token] = field(default_factory=list)
    """in printed order"""
    elided: bool = False
    reversed: bool = False
    """the outermost call stands first, the title last"""
    older: bool = False
    """the header says that it caused the one before"""
    end: int = 0


def blocks_of(run: list[Token]) -> list[Block]:
    """A run as its exceptions, in printed order."""
    blocks: list[Block] = []
    block: Block | None = None
    for token in run:
        kind = token.kind
        if kind in _HEADERS or kind == "traceback":
            block = Block(start=token.at, header=token, older=kind in ("caused", "rspec_cause"))
            block.reversed = kind == "traceback"
            blocks.append(block)
        elif kind == "retold" and block is not None and not token.found["cause"]:
            block.head = token
        elif kind in (*PRINTED, *TOLD, *TESTS, "retold"):
            closes = block is not None and block.reversed and block.head is None
            follows = block is not None and block.head is None and not block.calls
            if block is None or not (closes or follows):
                block = Block(start=token.at, older=kind == "retold")
                blocks.append(block)
            block.head = token
        elif kind in _FRAMES:
            if block is None or (kind == "numbered" and block.head is not None):
                block = Block(start=token.at, reversed=kind == "numbered")
                blocks.append(block)
            if kind in BARE and block.calls and block.calls[-1].kind == "from":
                if block.head is not None and block.head.kind in (*PRINTED, "levels"):
                    block = Block(start=token.at)
                    blocks.append(block)
                block.calls.clear()  # those were words of the message
            block.calls.append(token)
        elif kind == "levels" and block is not None:
            block.elided = True
        if block is not None and kind not in _LOOSE:
            block.end = token.at + 1
    return blocks


def chains_of(blocks: list[Block], lines: Sequence[str]) -> list[list[Block]]:
    """Blocks that hang together; two errors that were printed one after the other do not."""
    chains: list[list[Block]] = []
    for block in blocks:
        before = chains[-1][-1] if chains else None
        if before is not None and (block.older or _is_linked(before, block, lines)):
            chains[-1].append(block)
        else:
            chains.append([block])
    return chains


def _is_linked(newer: Block, older: Block, lines: Sequence[str]) -> bool:
    """Whether what was printed next caused it: it was rescued then, and both were called by the same program."""
    if newer.reversed or older.reversed:
        return newer.reversed and older.reversed and older.header is None
    if newer.head is None or older.head is None or newer.head.kind not in TITLES or older.head.kind not in TITLES:
        return False
    if older.header is not None or lines[newer.head.at] == lines[older.head.at]:
        return False
    if not newer.elided and not any(shows_rescue(lines[at]) for at in range(newer.start, newer.end)):
        return False
    return newer.elided or older.elided or _outermost(newer) == _outermost(older)


def shows_rescue(line: str) -> bool:
    """A frame inside `rescue` or `ensure`; Ruby 3.4 does not show them any more, and quotes in another way."""
    return any(mark in line for mark in _RESCUED)


def _outermost(block: Block) -> tuple[str | None, str]:
    token = block.calls[-1] if block.calls else block.head
    assert token is not None
    function = token.found.groupdict().get("function") or ""
    return token.found["file"], function.rpartition(" in ")[2]
