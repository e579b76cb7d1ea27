"""Lines for a terminal: no wider than it is, wide characters counted as two, with colour where wanted."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from analyzer.reports.hostile import one_line

_STYLES = {"bold": "1", "dim": "2", "bad": "31", "good": "32", "mixed": "33", "open": "36"}


class Pen:
    """Writes lines no wider than `width` cells (at least 20), with colour where wanted."""

    def __init__(self, width: int, *, color: bool) -> None:
        self.width = max(width, 20)
        self._color = color

    def paint(self, text: str, style: str) -> str:
        """The text in a style of `_STYLES`; plain where colour is off, or the style is none."""
        code = _STYLES.get(style)
        return f"\x1b[{code}m{text}\x1b[0m" if code and self._color else text

    def fit(self, text: str, width: int | None = None) -> str:
        """The text on one line, cut at `width` cells with `…`."""
        width = self.width if width is None else width
        line = one_line(text)
        return line if cell_len(line) <= width else set_cell_size(line, max(width - 1, 0)).rstrip() + "…"

    def fit_end(self, text: str, width: int) -> str:
        """The same for a path: its end, which tells file and line, stays."""
        line = one_line(text)
        if cell_len(line) <= width:
            return line
        line = line[-width:]  # a character seldom has less than a cell
        while line and cell_len(line) >= width:
            line = line[1:]
        return f"…{line}"

    def wrap(self, text: str, *, indent: str = "", limit: int = 3) -> list[str]:
        """At most `limit` lines, broken at blanks, the last one cut; `indent` before each."""
        room = self.width - cell_len(indent)
        lines: list[str] = []
        words = one_line(text).split(" ")
        while words and len(lines) < limit - 1:
            line = words.pop(0)
            while words and cell_len(line) + 1 + cell_len(words[0]) <= room:
                line += f" {words.pop(0)}"
            lines.append(self.fit(line, room))
        if words:
            lines.append(self.fit(" ".join(words), room))
        return [indent + line for line in lines]

    def labelled(self, label: str, text: str, style: str = "") -> str:
        """`label    text`, the text cut to the rest of the line."""
        head = f"{label:<8} "
        return self.paint(head, "dim") + self.paint(self.fit(text, self.width - len(head)), style)

    def columns(self, head: str, mark: str, title: str, tail: str, *, style: str) -> str:
        """A row of fixed columns around a title that fills the line, however wide its characters are."""
        room = self.width - cell_len(head) - cell_len(mark) - cell_len(tail)
        if room < 1:
            return self.fit(f"{head}{title}")
        filled = set_cell_size(self.fit(title, room), room)
        return self.paint(head, "dim") + self.paint(mark, style) + filled + self.paint(tail, "dim")
