"""Source that this Python does not take, in words that it takes: the same lines, the same texts.

Python 2 (print and exec statements, `except X, e`, `raise X, "text"`, backticks, `<>`, `0777`, `10L`, `ur""`), syntax
of later versions (f-strings with their own quotes inside, `t""`, `type X = …`, type parameters, `except A, B:`), marks
of an unfinished merge (both sides are kept). Only what such constructs need is changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from analyzer.codepaths.tokens import Token, fields, split_string, tokenize

_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: [^\r\n]*+)?$|^={7}$", re.MULTILINE)
_INDENT = re.compile(r"^[ \f]*+\t[ \t\f]*+", re.MULTILINE)
_CHAIN = re.compile(r"\{\s*+(\w++(?>(?:\.\w++)*))")
_LATER = re.compile(r"""[\\#]|\b[fFtT][rR]?['"]|\b[rR][fFtT]['"]""")
"""what no field held before Python 3.12, and f-strings in fields, which may hold it"""
_OCTAL = re.compile(r"0[0-7]+")
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_NOT_A_STATEMENT = frozenset("(=.,:;)]}")
_IGNORED = frozenset({"space", "comment", "newline"})


def mend(text: str) -> str:
    """The source in the syntax of this Python, as far as its constructs are known; line by line the same."""
    text = _INDENT.sub(lambda m: m.group().expandtabs(8), _CONFLICT.sub("", text))
    return "".join(piece for statement in _statements(tokenize(text)) for piece in _mended(statement))


def _statements(tokens: Sequence[Token]) -> list[list[Token]]:
    """Tokens up to each end of a simple statement or of a compound statement's head, outside brackets."""
    statements: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        statements[-1].append(token)
        depth = _depth(depth, token)
        if not depth and (token.kind == "newline" or token.text in (";", ":")):
            statements.append([])
    return statements


def _depth(depth: int, token: Token) -> int:
    if token.kind != "op":
        return depth
    return depth + 1 if token.text in _OPEN else max(0, depth - 1) if token.text in _CLOSE else depth


def _mended(statement: list[Token]) -> list[str]:
    pieces = [_token(t) for t in statement]
    words = [n for n, t in enumerate(statement) if t.kind not in _IGNORED and t.text != ";"]
    ticks = [n for n in words if statement[n].text == "`"]
    if len(ticks) % 2 == 0:
        for number, n in enumerate(ticks):
            pieces[n] = ")" if number % 2 else "repr("
    if len(words) > 1:
        rewrite = _REWRITES.get(statement[words[0]].text)
        if rewrite is not None:
            rewrite(statement, pieces, words)
    return pieces


def _token(token: Token) -> str:
    if token.kind == "string":
        return _string(token.text)
    if token.kind == "number":
        digits = token.text.rstrip("lL") if token.text[-1] in "lL" else token.text
        return f"0o{digits[1:]}" if _OCTAL.fullmatch(digits) else digits
    return "!=" if token.text == "<>" else token.text.replace("\0", " ")


def _string(text: str) -> str:
    prefix, quote, body = split_string(text)
    new = prefix.replace("t", "f")
    if "r" in new:
        new = new.replace("u", "")
    lines_lost = 0
    if "f" in new:
        kept = []
        at = 0
        for start, end in fields(body, quote):
            field = body[start:end]
            if quote[0] in field or _LATER.search(field) or ("\n" in field and len(quote) == 1):
                chain = _CHAIN.match(field)
                kept += [body[at:start], "{", chain.group(1) if chain else "_", "}"]
                if len(quote) == 1:
                    lines_lost += field.count("\n")
                else:
                    kept.append("\n" * field.count("\n"))
                at = end
        body = "".join([*kept, body[at:]])
    closed = text.endswith(quote) and len(text) >= len(prefix) + 2 * len(quote)
    return f"{new}{quote}{body}{quote if closed else ''}" + "\\\n" * lines_lost


def _printed(statement: list[Token], pieces: list[str], words: list[int]) -> None:
    """`print x, y` and `exec x` as calls; `print >>file, x` without the file."""
    if statement[words[1]].text in _NOT_A_STATEMENT:
        return
    pieces[words[0]] += "("
    pieces[words[-1]] += ")"
    if [statement[n].text for n in words[1:3]] == [">", ">"]:
        commas = _commas(statement)
        _drop(pieces, words[1], commas[0] if commas else words[-1] - 1)


def _caught(statement: list[Token], pieces: list[str], words: list[int]) -> None:
    """`except X, e:` with `as`; `except A, B:` in brackets: which it is, the first letter tells."""
    commas = _commas(statement)
    if not commas or statement[words[-1]].text != ":":
        return
    after = [statement[n] for n in words if commas[0] < n < words[-1]]
    if len(commas) == 1 and len(after) == 1 and after[0].kind == "name" and not after[0].text[0].isupper():
        pieces[commas[0]] = " as"
    else:
        pieces[words[0]] += " ("
        pieces[words[-1]] = "):"


def _raised(statement: list[Token], pieces: list[str], words: list[int]) -> None:
    """`raise X, "text", trace` as `raise X("text")`."""
    commas = _commas(statement)
    if not commas:
        return
    if len(commas) > 1:
        _drop(pieces, commas[1], words[-1])
    pieces[commas[0]] = "("
    pieces[words[-1]] += ")"


def _aliased(statement: list[Token], pieces: list[str], words: list[int]) -> None:
    """`type X = …` as an assignment."""
    if len(words) > 2 and statement[words[1]].kind == "name" and statement[words[2]].text in ("=", "["):
        _drop(pieces, words[0], words[1] - 1)


def _defined(statement: list[Token], pieces: list[str], words: list[int]) -> None:
    """`def f[T](x)` and `class A[T]` without the type parameters."""
    start = next((n for n in words[1:4] if statement[n].text in ("(", "[")), None)
    if start is None or statement[start].text != "[":
        return
    depth = 0
    for n in words:
        if n >= start:
            depth = _depth(depth, statement[n])
            if not depth:
                _drop(pieces, start, n)
                return


def _commas(statement: list[Token]) -> list[int]:
    depth = 0
    found = []
    for n, token in enumerate(statement):
        depth = _depth(depth, token)
        if token.text == "," and not depth:
            found.append(n)
    return found


def _drop(pieces: list[str], first: int, last: int) -> None:
    """Takes pieces out and leaves their line breaks in."""
    for n in range(first, last + 1):
        pieces[n] = "\\\n" * pieces[n].count("\n")


_REWRITES: dict[str, Callable[[list[Token], list[str], list[int]], None]] = {
    "print": _printed,
    "exec": _printed,
    "except": _caught,
    "raise": _raised,
    "type": _aliased,
    "def": _defined,
    "class": _defined,
    "async": _defined,
}
