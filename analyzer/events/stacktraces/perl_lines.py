"""The lines of Perl's stacks: what each may look like, and which may follow which.

`Perl_mess_sv` writes the place of a message, `Carp::ret_backtrace` the calls, `Devel::StackTrace::as_string` its list.
https://github.com/Perl/perl5/blob/blead/util.c and https://github.com/Perl/perl5/blob/blead/dist/Carp/lib/Carp.pm
"""

from __future__ import annotations

import re

from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK
from analyzer.events.stacktraces.line_grammar import LineGrammar, after, line_kind

_HANDLE = r"<[^<>\n]{1,80}> (?:line|chunk) \d{1,12}"
_END = (
    rf"(?P<end>(?:, {_HANDLE})?(?: during global destruction)?(?:, thread \d{{1,9}})?"
    r"(?P<dot>\.?)(?:, near [^\n]{0,300}|: \S{1,300}|, referer: \S{1,300})?\"?)\s*$"
)
_FILE = r"(?P<file>[^\n]{1,300}?) line (?P<line>\d{1,9})"
_NAME = r"&?[A-Za-z_]\w{0,100}(?:(?:::|')\w{1,100}){1,20}"
_CALLED = rf"(?:eval [{{'\"]|require [^\s()]|{_NAME}(?:\s?[({{]| called at | at ))"

PLACE_IN_HANDLE = re.compile(r"(?>(?P<head>.*) line (?P<line>\d{1,9})), <[^<>\n]{1,80}>$")
"""the head of a title that goes on with the line of a file handle"""
BARE_PLACE = re.compile(rf"\s{{1,8}}at {_FILE}{_END}")
LOG_PREFIX = re.compile(
    r"(?:\[[^\]\n]{1,60}\]:? ?"
    r"|\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d\S{0,20} "
    r"|(?:FATAL|ERROR|CRITICAL|WARN(?:ING)?|INFO|DEBUG|TRACE|fatal|error|critical|warn(?:ing)?|info|debug|trace)"
    r"(?:> |: | - | (?=\[|@\d))"
    r"|@\d{4}-\d\d-\d\d \d\d:\d\d:\d\d> (?:in \S{1,200} l\. \d{1,9} )?"
    r"|[\w./-]{1,200}:\d{1,9} [\w:]{1,200} - |AH\d{5}: |(?<=\] )[\w./-]{1,200}\.(?:pl|cgi|fcgi|psgi|t): ){1,8}"
)
WARNINGS = re.compile(
    r"(?:Use of |Useless use of |Argument \"|Odd number of |Wide character |Deep recursion |Possible |Name \""
    r"|Subroutine \S{1,200} redefined|Scalar value |Smartmatch |Parentheses missing |Found = in |Reference found "
    r"|\"(?:my|our)\" variable |print\w{0,2}\(\) on |readline\(\) on |Exiting |Statement unlikely |Unquoted string "
    r"|Prototype mismatch|\S{1,40} is (?:experimental|deprecated)|Constant subroutine |Redundant argument )"
)
"""how perl's own warnings begin"""
MARKS = (" called at ", " line ", "Trace begun", "DBD::")
"""a line without any of these opens nothing"""
CALLS = ("call", "listed", "mojo", "aborted")


GRAMMAR = LineGrammar(
    (
        line_kind(
            "aborted",
            r"(?P<aborted>Compilation failed in require|BEGIN failed--compilation aborted)(?: \(\S{1,200}\))?"
            rf" at {_FILE}{_END}",
            after((("title", "aborted", "call"), SURE)),
        ),
        line_kind(
            "over",
            r"(?:Execution of \S[^\n]{0,300} aborted due to compilation errors"
            r"|\S[^\n]{0,300} had (?:too many|compilation) errors)\.\s*$",
            after((("title", "aborted"), SURE)),
        ),
        line_kind(
            "call",
            rf"\s{{0,40}}(?={_CALLED})(?>(?P<call>.*) called at ){_FILE}(?:, {_HANDLE})?(?:, thread \d{{1,9}})?\s*$",
            after((("title", "late", "call", "begun", "listed"), SURE)),
            opens=LIKELY,
        ),
        line_kind("begun", rf"Trace begun at {_FILE}\.?\s*$", after((("title",), SURE)), opens=SURE),
        line_kind(
            "listed", rf"\s{{0,40}}(?={_CALLED})(?>(?P<call>.*) at ){_FILE}\s*$", after((("begun", "listed"), SURE))
        ),
        line_kind(
            "listed", rf"\s{{0,40}}(?={_CALLED})(?>(?P<call>.*) at ){_FILE}\s*$", after((("title", "call"), LIKELY))
        ),
        line_kind("late", BARE_PLACE.pattern, after((("title", "call"), SURE)), opens=LIKELY),
        line_kind("mojo-head", r"Traceback \(most recent call first\):\s*$", after((("title", "source"), SURE))),
        line_kind(
            "mojo",
            r'\s{0,8}File "(?P<file>[^"\n]{1,400})", line (?P<line>\d{1,9}), in "(?P<call>[^"\n]{1,400})"\s*$',
            after((("mojo-head", "mojo"), SURE)),
        ),
        line_kind("source", r"\s{0,8}\d{1,9}: ", after((("title", "source"), WEAK))),
        line_kind(
            "title",
            rf"(?=.* at )(?>(?P<head>.*) line (?P<line>\d{{1,9}})){_END}",
            after((("database", "told"), SURE)),
            opens=LIKELY,
        ),
        line_kind("database", r"(?:\[[^\]\n]{1,60}\] ?){0,4}DBD::[\w:]{1,60} [\w ]{1,40} failed: ", opens=LIKELY),
        line_kind(
            "told",
            r"(?:DETAIL|HINT|CONTEXT|QUERY|WHERE|STATEMENT|LINE \d{1,9}):\s|\s{1,200}\S",
            after((("database", "told"), LIKELY)),
        ),
    )
)
