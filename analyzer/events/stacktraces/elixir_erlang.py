"""What Erlang prints of a crash: reports with the reason as a term, `exception error:` with places, a failed boot.

A reason `{badarith,[{shop,total,1,[{file,"shop.erl"},{line,16}]}]}` names its kind first: that is the type, the rest
of it the message. Where the runtime describes it in words, the type is the class (`error`, `exit`, `throw`).
https://www.erlang.org/doc/apps/stdlib/proc_lib.html and
https://github.com/erlang/otp/blob/master/lib/stdlib/src/erl_error.erl
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK, Draft, LineState, Move, Span, build
from analyzer.events.stacktraces.line_grammar import LineGrammar, Token, after, line_kind
from analyzer.model import Frame

LANGUAGE = "erlang"
HINTS = (
    *(" REPORT==== ", "CRASH REPORT Process", "with exit value:", "Reason for termination", "terminating in do_boot"),
    *("exception error: ", "exception exit: ", "exception throw: ", "in call from "),
)
_STATE = "erlang:"
_ATOM = r"(?:'[^'\n]{1,300}'|[a-z][\w@]{0,200})"
_CALL = re.compile(rf"\{{({_ATOM}),\s{{0,200}}({_ATOM}),\s{{0,200}}(?:(\d{{1,3}})(?=,\s{{0,200}}\[)|\[)")
"""module and function with an arity, or with the list of the arguments"""
_PLACE = re.compile(r'\{file,\s{0,200}\\{0,3}"([^"\\\n]{1,400})\\{0,3}"\},\s{0,200}\{line,\s{0,200}(\d{1,9})\}')
_MAX_PLACE_AT = 4000
_KIND = re.compile(
    rf"(?:(?:error|exit|throw):)?(?P<braces>\{{{{0,40}})(?P<type>{_ATOM})(?:,(?P<message>.*))?$", re.DOTALL
)
_PREFIX = re.compile(
    r"(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S{0,20} (?:\[(?:error|critical|alert|emergency)\]|error:) )?"
    r"(?:<[\d.]{5,30}>(?:@\S{1,100})? )?"
)

_BEGINS_LIKE_A_TERM = r"""(?:[\[{#<"'\d]|[a-z]\w{0,100}[,}\]])"""
_TERMS = ("value", "starred", "term")


_IN = ("exception", "message", "in", "called")

GRAMMAR = LineGrammar(
    (
        line_kind(
            "lager",  # all in one line; the place has no file
            r"(?:CRASH REPORT Process [^\n]{1,200}? with \d{1,9} neighbours (?:crashed|exited)"
            r"|gen_\w{3,9} \S{1,200} terminated) with reason: (?>(?P<message>.*) in )"
            r"(?P<function>[a-z'][^\s:]{0,200}:[^\s/]{1,200}/\d{1,3})(?: line (?P<line>\d{1,9}))?\s*$",
            opens=SURE,
        ),
        line_kind("heading", r"=(?:ERROR|CRASH|SUPERVISOR) REPORT==== [^\n]{1,80}$", opens=LIKELY),
        line_kind(
            "value",
            r"Error in process <[\d.]{1,30}>(?: on node \S{1,200})? with exit value:\s{0,4}(?P<term>.*)",
            after((("heading",), SURE)),
            opens=SURE,
        ),
        line_kind(
            "boot",
            r'\{\\{0,3}"(?:init terminating in do_boot|Kernel pid terminated)\\{0,3}",(?P<term>.*)\}\s*$',
            opens=SURE,
        ),
        line_kind(
            "booted",
            r"init terminating in do_boot \(|Kernel pid terminated |Crash dump is being written to: ",
            after((("boot", "booted"), SURE)),
        ),
        line_kind(
            "server",
            r"\*\* (?:Generic server|State machine|Generic event handler|gen_event handler|Task) [^\n]{1,500} "
            r"(?:terminating|crashed\.?)\s*$",
            after((("heading",), SURE)),
            opens=LIKELY,
        ),
        line_kind(
            "reason",
            r"\*\* Reason for termination ==?\s{0,4}(?P<term>.*)",
            after((("server", "fact", "fact-term"), SURE)),
            opens=LIKELY,
        ),
        line_kind("stack", r"\*\* Stacktrace ==?\s{0,4}(?P<term>.*)", after((("fact", "fact-term", *_TERMS), SURE))),
        line_kind("client", r"\*\* Client [^\n]{1,200} stacktrace\s*$", after(((*_TERMS, "fact"), SURE))),
        line_kind(
            "fact",
            r"\*\* (?:Last (?:message|event)|When |Was |Installed |Callback mode|Queued|Postponed|Time-?outs|Client )",
            after((("server", "fact", "fact-term", *_TERMS), SURE)),
        ),
        line_kind("starred", r"\*\* {1,4}(?P<term>\S.*)", after((("reason", "stack"), SURE))),
        line_kind("fact-term", rf"(?:\*\*)?\s{{0,200}}{_BEGINS_LIKE_A_TERM}", after((("client", "fact-term"), SURE))),
        line_kind(
            "term", rf"\s{{0,200}}(?P<term>{_BEGINS_LIKE_A_TERM}.*)", after((("value", "reason", "stack"), SURE))
        ),
        line_kind("term", rf"\s{{0,200}}(?P<term>{_BEGINS_LIKE_A_TERM}.*)", after((("starred", "term"), LIKELY))),
        line_kind(
            "term",  # a call
            rf"\s{{0,200}}(?P<term>\{{{_ATOM},{_ATOM},(?:\d|\[|\s*$).*)",
            after((("starred", "term"), SURE)),
        ),
        line_kind("fact-term", rf"\s{{1,200}}{_BEGINS_LIKE_A_TERM}", after((("fact",), LIKELY))),
        line_kind("crasher", r"\s{0,8}crasher:\s*$", after((("heading",), SURE)), opens=LIKELY),
        line_kind(
            "about", r"\s{0,8}(?:initial call|pid|registered_name|process_label): ", after((("crasher", "about"), SURE))
        ),
        line_kind(
            "exception",
            r"(?P<prefix>(?:escript: |\d{1,9}> |\([\w@.-]{1,200}\)\d{1,9}> )?(?:\*\* )?)\s{0,8}"
            r"exception (?P<type>error|exit|throw): (?P<message>.*)",
            after((("about", "crasher"), SURE)),
            opens=LIKELY,
        ),
        line_kind(
            "in",
            r"\s{0,200}in (?:function|call from|operator)\s{1,3}(?P<function>[^\s(]{1,500})"
            r"[^\n]{0,2000}?(?: \((?P<file>[^,()\n]{1,300}), line (?P<line>\d{1,9})\))?\s*$",
            after((_IN, SURE)),
            opens=LIKELY,
        ),
        line_kind("called", r"\s{0,200}(?:called as |\*\*\* argument \d|\*\*\* )", after((_IN, SURE))),
        line_kind(
            "tail",
            r"\s{0,8}(?:ancestors|message_queue_len|messages|links|dictionary|trap_exit|status|heap_size|stack_size"
            r"|reductions|neighbours|current_function|current_location|current_stacktrace|suspending):",
            after(((*_IN, "tail", "tail-term"), SURE)),
        ),
        line_kind("tail-term", rf"\s{{8,200}}{_BEGINS_LIKE_A_TERM}", after((("tail", "tail-term"), LIKELY))),
        line_kind("message", r"(?!\[?\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d|=)", after((("exception", "message"), WEAK))),
    )
)


def begin(line: str) -> Move | None:
    """The state after a line that opens a crash by itself."""
    return _ours(GRAMMAR.begin(_bare(line)))


def step(state: LineState, line: str) -> Move | None:
    """The state after a line that goes on with an open one."""
    return _ours(GRAMMAR.step(state.removeprefix(_STATE), _bare(line)))


def knows(state: LineState) -> bool:
    """Whether a state is one of Erlang's."""
    return state.startswith(_STATE)


def read(lines: Sequence[str]) -> list[Span]:
    """All crashes of a text, in order."""
    shown = [_bare(line) for line in lines]
    return [span for run in GRAMMAR.runs(shown) if (span := _span(run, shown)) is not None]


def _ours(move: Move | None) -> Move | None:
    return (_STATE + move[0], move[1]) if move else None


def _bare(line: str) -> str:
    """The line without what a server's logger puts in front of every line."""
    if line[:1] in "<0123456789":
        found = _PREFIX.match(line)
        if found:
            return line[found.end() :]
    return line


def _span(run: list[Token], lines: Sequence[str]) -> Span | None:
    kinds = {token.kind for token in run}
    first, last = run[0], run[-1]
    draft: Draft | None
    if first.kind == "lager":
        draft = _in_one_line(first)
    elif "exception" in kinds or first.kind == "in":
        draft = _described(run, lines)
    elif kinds & {"value", "boot", "reason"}:
        draft = _reported([token.found["term"] for token in run if "term" in token.found.re.groupindex])
    else:
        return None
    if draft is None:
        return None
    cut = first.kind in ("in", "reason", "crasher")
    return Span(start=first.at, end=last.at + 1, trace=build(LANGUAGE, (draft,), truncated=cut))


def _in_one_line(token: Token) -> Draft:
    """Lager tells the reason in words, and the innermost call."""
    line = token.found["line"]
    frame = Frame(file=None, line=int(line) if line else None, function=token.found["function"])
    return Draft(message=token.found["message"].strip(), frames=[frame])


def _described(run: list[Token], lines: Sequence[str]) -> Draft | None:
    """What `erl_error` says in words, with a line for every call."""
    draft = Draft()
    title = next((token for token in run if token.kind == "exception"), None)
    if title is not None:
        said = [title.found["message"]]
        said += [lines[token.at] for token in run if token.kind == "message"]
        draft = Draft(type=title.found["type"], message="\n".join(said).rstrip())
    for token in run:
        if token.kind == "in":
            line = token.found["line"]
            frame = Frame(file=token.found["file"], line=int(line) if line else None, function=token.found["function"])
            draft.frames.append(frame)
    placed = sum(frame.file is not None for frame in draft.frames)
    if title is None and placed < 2:
        return None
    if title is not None and not draft.frames and not title.found["prefix"] and run[0] is title:
        return None
    draft.frames.reverse()
    return draft


def _reported(terms: Sequence[str]) -> Draft | None:
    """The reason as a term: what happened, then the calls."""
    text = "\n".join(terms)
    calls: list[re.Match[str]] = []
    for found in _CALL.finditer(text):
        if not found[3] and calls:
            break  # no frame: a call that is told as part of an outer reason
        calls.append(found)
    reason = text[: calls[0].start()].rstrip(" \n[").rstrip(",") if calls else text
    kind = _KIND.match(reason.strip())
    draft = Draft(message=reason.strip())
    if kind:
        message = (kind["message"] or "").strip()
        inner = max(0, len(kind["braces"]) - (1 if calls else 0))
        draft = Draft(type=kind["type"].strip("'"), message=message[:-inner] if inner and message else message)
    for n, found in enumerate(calls):
        end = calls[n + 1].start() if n + 1 < len(calls) else len(text)
        place = _PLACE.search(text, found.end(), min(end, found.end() + _MAX_PLACE_AT))
        name = f"{found[1]}:{found[2]}".replace("'", "") + (f"/{found[3]}" if found[3] else "")
        draft.frames.append(
            Frame(file=place[1] if place else None, line=int(place[2]) if place else None, function=name)
        )
    draft.frames.reverse()
    return draft
