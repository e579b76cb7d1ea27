"""The lines of Ruby's stacks: what each may look like, and which may follow which.

`rb_error_write` prints the place, the message with the class behind its first line, and `\\tfrom` lines; loggers and
frameworks print `Exception#backtrace`, whose lines are places and nothing else.
https://github.com/ruby/ruby/blob/master/eval_error.c
"""

from __future__ import annotations

from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK
from analyzer.events.stacktraces.line_grammar import after, line_kind
from analyzer.events.stacktraces.marked_grammar import MarkedGrammar

CLASS = r"[A-Z]\w{0,80}(?:::[A-Z]\w{0,80}){0,12}"
KNOWN_CLASS = (
    r"(?:[A-Z]\w{0,80}(?:::[A-Z]\w{0,80}){1,12}"
    r"|[A-Z]\w{0,80}(?:Error|Exception|Failure|Timeout|Invalid|NotFound|Expired|Denied)|Interrupt|SystemExit|StopIteration)"
)
_TIME = r"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d[^\s\]]{0,20}(?: [+-]\d{4}| UTC)?"
_LEVEL = r"(?:DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|UNKNOWN|ANY|error|warn|fatal)"
PREFIX = (
    r"(?>(?:[DIWEFA], \[[^\]\n]{1,60}\] {1,3}[A-Z]{3,8} -- [^:\n]{0,80}: "
    rf"|\[[^\]\n]{{1,80}}\]:? ?|{_TIME}:?(?: - | )"
    r"|(?:pid|tid|class|jid|bid|elapsed|tags|queue)=\S{1,100} |\d{1,10} TID-\w{1,20} (?:\S{1,60} JID-\w{1,40} )?"
    rf"|{_LEVEL}(?:: | -- : | - |\s{{1,4}})|#\d{{1,4}} ){{0,8}})"
)
_BEFORE = rf"(?P<pre>(?>\s{{0,10}}){PREFIX})"
_FILE = (
    r"(?P<file>(?:/|[A-Za-z]:[\\/]|\.{1,2}/|<|\(|\[GEM_ROOT\]|uri:|jar:|file:)[^\n]{0,500}?"
    r"|[\w.-]{1,80} \(\d[\w.]{0,40}\) [^\s:]{1,300}?|(?!\d{1,9}:)[^\s:`'\"\[#]{1,300}?)"
)
_IN = r"(?::(?P<line>\d{1,9}))?:in [`'](?P<function>[^'\n]{0,300})'"
_SCRIPT = (
    r"(?:\.(?:rb|ru|erb|haml|slim|rake|gemspec|jbuilder|builder|scss|sass|coffee|arb|rabl|thor)|Rakefile|Gemfile|-e)"
)
_JAVA = (
    r"(?P<function>[\w$.<>-]{3,400}(?::[\w$?!]{1,80})?(?: (?:\(\d levels\) )?in [\w$<>?!]{1,100})?)"
    r"\((?P<file>[^\s()]{0,300}/[^\s():]{1,300}(?:\.\w{1,8})?|[^\s():]{1,300}\.(?:java|rb|gen)|uri:[^\s()]{1,300}?)"
    r"(?::(?P<line>\d{1,9}))?\)\s*$"
)
_ROW = r"(?P<file>(?:/|[A-Za-z]:[\\/])[^\n]{0,500}?|[^\s:`'\"]{1,300}?):(?P<line>\d{1,9})"

_SYNTAX = (
    r"(?P<pre>)(?P<file>-e|[^\s:][^\n:]{0,300}\.(?:rb|ru|rake)):(?P<line>\d{1,9}): (?P<said>syntax errors?\b[^\n]*)$"
)

TITLES = ("title", "placed")
FROMS = ("from", "levels")
REVERSED = ("traceback", "numbered")
TOLD = ("plain", "inspected", "fluentd", "behind", "guess", "logged")
_TOLD = (*TOLD, "aborted", "caused", "retold")
_FAILURE = ("failure", "failure_said", "failure_line")
_TEXTS = ("text", "excerpt", "caret", "hint", "hint_more")
BARE = ("bare", "marked", "row", "jruby", "java", "script", "oracle")
_CLASS_ENDS = ("Failure)", "Timeout)", "Invalid)", "NotFound)", "Expired)", "Denied)", "Interrupt)", "SystemExit)")
_ANY_MARK = (
    ":in ",
    "Error",
    "Exception",
    "::",
    ".rb:",
    "aborted!",
    "terminated with ",
    "(most recent",
    "(execjs)",
    "[BUG]",
    "org.jruby.",
    "ORA-06512",
)


_MARKS = {
    "from": ("from ",),
    "numbered": (": from ",),
    "levels": (" levels...",),
    **dict.fromkeys(("bare", "marked"), (":in ",)),
    "row": (":",),
    "jruby": (" at ",),
    "title": (":in ",),
    "placed": (".rb:", "-e:", "ruby: ", ".ru:", ".rake:"),
    "java": ("(",),
    "script": (":",),
    "oracle": ("ORA-06512",),
    "thread": ("terminated with ",),
    "traceback": ("(most recent",),
    "bug": ("[BUG]",),
    **dict.fromkeys(("syntax", "syntax_more"), ("syntax error",)),
    "aborted": ("aborted!",),
    "caused": ("Caused by:",),
    "retold": ("Information for",),
    "plain": (": ", ":", " - ", " ("),
    "inspected": ("#<",),
    "fluentd": ("error_class=",),
    "behind": ("(",),
    "guess": (": ", " ("),
    "logged": ("ERROR", "FATAL", "WARN", "error", "warn"),
    "failure": ("Failure/Error",),
    "failed": ("#test_",),
    "caret": ("^",),
    "hint": ("Did you mean?",),
    "bug_head": ("-- ",),
}
"""what a line of a kind holds at least one of"""


def _may_open(line: str) -> bool:
    for mark in _ANY_MARK:
        if mark in line:
            return True
    if ".java:" in line and not line.lstrip().startswith("at "):
        return True
    first = line[:1]
    if first.isupper():
        return ": " in line[:100] or line[1:4] == ", ["
    return line.rstrip().endswith(_CLASS_ENDS)


GRAMMAR = MarkedGrammar(
    (
        # -- calls
        line_kind(
            "from",
            rf"\s{{0,40}}from {_FILE}(?:{_IN}|:(?P<row>\d{{1,9}})(?::in (?P<name>\S{{1,200}}))?)\s*$",
            after(((*TITLES, *FROMS, *_TOLD, *_TEXTS, "oracle"), SURE)),
            opens=LIKELY,
        ),
        line_kind(
            "numbered",
            rf"\s{{0,40}}\d{{1,7}}: from {_FILE}(?:{_IN}|:(?P<row>\d{{1,9}}))\s*$",
            after(((*TITLES, *_TEXTS, *REVERSED, "levels"), SURE)),
            opens=SURE,
        ),
        line_kind("levels", r"\s{0,40}\.\.\. \d{1,9} levels\.\.\.\s*$", after(((*FROMS, *REVERSED, *TITLES), SURE))),
        line_kind(
            "bare",
            rf"\s{{0,40}}(?:#\s{{1,4}})?{_FILE}{_IN}\s*$",
            after(((*_TOLD, *_TEXTS, *BARE, *_FAILURE, "rspec_said", "rspec_cause", "bug_head"), SURE))
            | after((("from",), LIKELY)),
            opens=LIKELY,
        ),
        line_kind(
            "marked",
            rf"(?=\s{{0,10}}[\[\dWEFADI]){_BEFORE}\s{{0,40}}{_FILE}{_IN}\s*$",
            after(((*_TOLD, *_TEXTS, "marked"), SURE)),
            opens=LIKELY,
        ),
        line_kind(
            "row",
            rf"\s{{0,40}}(?:#\s{{1,4}})?{_ROW}\s*$",
            after((BARE, SURE)) | after(((*_FAILURE, "rspec_said", "rspec_cause"), LIKELY)),
        ),
        line_kind(
            "jruby",
            r"\s{0,60}(?P<function>\S[^\n]{0,200}?) at (?P<file>\S{1,300}?):(?P<line>\d{1,9})\s*$",
            after((("plain", "guess", "text", "jruby"), SURE)),
        ),
        line_kind("java", rf"\s{{0,40}}(?:at )?{_JAVA}", after((BARE, SURE)) | after(((*_TOLD, *_TEXTS), LIKELY))),
        line_kind(
            "java",
            rf"(?=(?:org\.jruby|rubyjit|RUBY)\.|[^\s(]{{1,400}}(?: in \S{{1,100}})?\([^\s()]{{0,300}}/){_JAVA}",
            opens=LIKELY,
        ),
        line_kind(
            "script",
            r"\s{0,40}(?:(?P<function>\S[^()\n]{0,200}) \()?(?P<file>\(execjs\)):(?P<line>\d{1,9}):\d{1,9}\)?\s*$",
            after(((*BARE, *_TOLD, *_TEXTS), SURE)),
            opens=LIKELY,
        ),
        line_kind(
            "script",
            r"\s{0,40}(?:(?P<function>\S[^()\n]{0,200}) \()?(?P<file>[^\s()]{1,200}?):(?P<line>\d{1,9}):\d{1,9}\)?\s*$",
            after((("script",), SURE)),
        ),
        line_kind(
            "oracle",
            r"\s{0,40}ORA-06512: at (?:\"(?P<function>[^\"\n]{1,200})\", )?line (?P<line>\d{1,9})\s*$",
            after((("oracle",), SURE)),
            opens=WEAK,
        ),
        # -- titles
        line_kind(
            "thread",
            r"#<Thread:0x[0-9a-f]{1,20}[^\n]{0,500} terminated with exception \(report_on_exception is true\):\s*$",
            opens=SURE,
        ),
        line_kind("traceback", rf"{_BEFORE}Traceback \(most recent call last\):\s*$", opens=LIKELY),
        line_kind("bug", rf"(?P<pre>){_FILE}:(?P<line>\d{{1,9}}): (?P<said>\[BUG\] [^\n]*)$", opens=SURE),
        line_kind(
            "title",
            rf"{_BEFORE}{_FILE}{_IN}: (?P<said>(?!warning: )[^\n]*\({CLASS}\)\s*)$",
            after((("thread", *TITLES, *FROMS, *REVERSED, *_TEXTS), SURE)),
            opens=SURE,
        ),
        line_kind(
            "title",
            rf"{_BEFORE}{_FILE}{_IN}: (?P<said>(?!warning: )[^\n]*)$",
            after((("thread", *REVERSED), SURE)) | after(((*TITLES, *FROMS, *_TEXTS), LIKELY)),
            opens=LIKELY,
        ),
        line_kind(
            "placed",
            r"(?P<pre>)(?P<file>-e|ruby|[^\s:][^\n:]{0,300}\.(?:rb|ru|rake))(?::(?P<line>\d{1,9}))?: "
            rf"(?P<said>(?!warning: )[^\n]*\({CLASS}\))\s*$",
            after((("thread", "numbered"), SURE)) | after(((*TITLES, *FROMS), LIKELY)),
            opens=WEAK,
        ),
        line_kind("syntax", _SYNTAX, opens=LIKELY),
        line_kind("syntax_more", _SYNTAX, after((("syntax", "syntax_more"), SURE))),
        line_kind("aborted", r"(?:rake|rails|cap|thor|bin/rails) aborted!\s*$", opens=SURE),
        line_kind("caused", r"\s{0,10}Caused by:\s*$", after((BARE, SURE))),
        line_kind(
            "retold",
            rf"{_BEFORE}Information for(?P<cause> cause)?: (?P<said>[^\n]*)$",
            after(((*BARE, *_TOLD, *_TEXTS), SURE)),
        ),
        line_kind(
            "plain",
            rf"{_BEFORE}(?P<said>{KNOWN_CLASS}(?::(?: [^\n]*)?| - [^\n]*:| \([^\n]*\):?))\s*$",
            after((("aborted", "caused"), SURE)),
            opens=LIKELY,
        ),
        line_kind("inspected", rf"(?P<pre>[^\n]{{0,300}}?)(?P<said>#<{CLASS}: [^\n]*>)\s*$", opens=LIKELY),
        line_kind("fluentd", rf"(?P<pre>[^\n]{{0,300}}?)(?P<said>error_class={CLASS} error=\"[^\n]*)$", opens=LIKELY),
        line_kind("behind", rf"{_BEFORE}(?P<said>[^\n]*\({KNOWN_CLASS}\))\s*$", opens=WEAK),
        line_kind("guess", rf"{_BEFORE}(?P<said>{CLASS}: [^\n]*)$", opens=WEAK),
        line_kind("guess", rf"{_BEFORE}(?P<said>{KNOWN_CLASS} \([^\n]*)$", opens=WEAK),
        line_kind("guess", rf"(?P<pre>[^\n]{{0,300}}?[\s:])(?P<said>{KNOWN_CLASS}: [^\n]*)$", opens=WEAK),
        line_kind(
            "logged",
            r"(?=(?:[WEFA], \[|\[|\d{4}-)[^\n]{0,200}(?:ERROR|FATAL|WARN|error|warn))"
            rf"(?P<pre>{PREFIX})(?P<said>[^\n]*)$",
            opens=WEAK,
        ),
        # -- reports of tests
        line_kind("failure", r"\s{0,40}(?:\d{1,6}(?:\.\d{1,6})?\) )?Failure/Error:(?P<said>[^\n]*)$", opens=SURE),
        line_kind("rspec_cause", r"\s{0,40}# --- Caused by: ---\s*$", after((("bare", "row", "rule"), SURE))),
        line_kind("rule", r"\s{0,40}# -{10,30}\s*$", after((("bare", "row"), SURE))),
        line_kind("rspec_said", r"\s{0,40}#[^\n]{0,4000}$", after((("rspec_cause", "rspec_said"), LIKELY))),
        line_kind(
            "failed",
            r"(?P<function>[A-Z][\w:]{0,200}#test_[^\n\[]{1,200}) \[(?P<file>[^\]\n:]{1,300}):(?P<line>\d{1,9})\]:\s*$",
            opens=SURE,
        ),
        line_kind(
            "failed_said",
            r"(?:Expected|  Actual|\+\+\+ actual|--- expected|[+-]\"|@@ )[^\n]*$",
            after((("failed", "failed_said", "failed_text"), LIKELY)),
        ),
        line_kind("failed_text", r"[^\n]", after((("failed", "failed_said", "failed_text"), WEAK))),
        line_kind("failure_line", rf"\s{{5,80}}\S|{CLASS}:\s*$", after((_FAILURE, LIKELY))),
        line_kind("failure_said", r"[^\n]", after((_FAILURE, WEAK))),
        # -- crashes of Ruby itself
        line_kind("bug_head", r"-- [A-Z][^\n]{2,80} -{5,80}\s*$", after((("bug", "bug_said", "bug_head"), SURE))),
        line_kind("bug_said", r"[^\n]", after((("bug", "bug_said", "bug_head"), WEAK))),
        # -- the rest of messages, which may be anything
        line_kind("excerpt", r"[> ] {0,8}\d{1,7} \| | {2,12}\| ", after(((*TITLES, "text", "excerpt"), LIKELY))),
        line_kind("caret", r"\s{0,400}\^[\^~]{0,400}\s*$", after((("text", *TITLES), LIKELY))),
        line_kind("hint", r"\s{0,10}Did you mean\?  \S", after(((*TITLES, *_TEXTS, "plain", "guess"), SURE))),
        line_kind("hint_more", r"\s{10,20}\S{1,200}\s*$", after((("hint", "hint_more"), LIKELY))),
        line_kind("text", r"[^\n]", after(((*TITLES, *_TOLD, *_TEXTS, "thread"), WEAK))),
    ),
    marks=_MARKS,
    may_open=_may_open,
)
