"""What a text says about where its error comes from: a failed call, an end of the process, a failure that was survived.

Words only: what they are worth is in `weights`. Every pattern is bounded, since texts are hostile.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


def _any(*alternatives: str, flags: str = "i") -> re.Pattern[str]:
    return re.compile(f"(?{flags})" + "|".join(alternatives) if flags else "|".join(alternatives))


_SETTING = r"[A-Z][A-Z0-9]{1,30}_[A-Z0-9_]{1,80}"
_CALL = _any(
    r"\b(?:responded|answered|returned|replied|failed|respond)(?: with)?(?: status(?: code)?| code| HTTP| error)?"
    r"[ :=]{0,3}(?:HTTP )?\[?[45]\d\d\b",
    r"\b(?:HTTP Error|HTTPError|status(?:[ _]code)?[:= ]{1,3}|HTTP/\d(?:\.\d)?) ?\[?[45]\d\d\b",
    r"\b(?:server|client) error '?[45]\d\d\b",
    r"\bupstream",
    r"\b(?:bad gateway|gateway time-?out|service unavailable)\b",
    r"\b(?:call(?:ing)?|request|query|fetch)(?: to)? \S{1,80} (?:failed|timed out)",
    r"\b[45]\d\d (?:from|by) ",
    r"\b[45]\d\d : \[no body\]",
    r"\bcircuit (?:breaker )?(?:is )?open",
    r"\bno (?:answer|response|reply) from\b",
    r"\bdid not (?:answer|respond|reply)\b",
    r"\brpc error: code = ",
    r"\b(?:ConnectTimeout|ReadTimeout|UpstreamError|RemoteDisconnected|DEADLINE_EXCEEDED|UNAVAILABLE)\b",
    r"\b(?:timed out|time-?out) (?:waiting|calling)\b",
)
_CALLING_TYPE = _any(
    r"http\w{0,12}(?:status|server|client|request|response)\w{0,12}(?:error|exception)",
    r"\bHTTPError|axios|fetcherror|feign|restclient|webclientresponse|statusruntime|rpcerror|clientresponse",
    r"clientconnector|upstream|(?:connect|read|socket|request|pool)time(?:d)?out",
    r"badgateway|serviceunavailable|gatewaytimeout|remotedisconnected|apistatus|webexception",
)
_REFUSED = _any(
    r"connection (?:to \S{1,120} )?(?:was )?(?:refused|reset|closed)",
    r"Errno 111|ECONNREFUSED|ECONNRESET|ENOTFOUND",
    r"name or service not known|no such host|could not resolve",
    r"failed to connect|cannot connect|connect to \S{1,120} failed",
)
_EXIT = _any(
    r"container called exit\(\d",
    r"exit(?:ed)? (?:with )?(?:code|status) [1-9]",
    r"uncaught signal: ?\d|\bSIGKILL\b|terminated on signal",
    r"\bexiting\.?$",
    r"\bback-?off restarting|CrashLoopBackOff|worker failed to boot|worker exit(?:ed|ing)",
    r"(?:startup|liveness|readiness) probe failed|failed to start and (?:then )?listen|default startup tcp probe",
)
_STARTUP = _any(
    r"application startup failed|\bstart-?up (?:failure|failed|error)|failed (?:to|during|at) (?:start|boot|startup)\b",
    r"(?:could not|cannot|unable to) start\b",
    r"(?:settings|config(?:uration)?|secrets?)(?: \S{1,40})? (?:load(?:ing)?|import) ?(?:failed|error)",
    r"(?:failed|unable|could not|cannot) (?:to )?(?:load|read|open|parse) (?:the )?(?:settings|config|secrets?)",
    r"\binitiali[sz]ation (?:failed|failure|error|time-?out)|failed to initiali[sz]e",
    r"\bboot(?:ing)? failed|\bphase failed",
)
_MEMORY = _any(
    r"memory limit of \S{1,20} ?\S{1,5} exceeded",
    r"\bOOM-?Killed\b|\bout of memory\b|cannot allocate memory|heap out of memory|\bOutOfMemoryError\b|\bMemoryError\b",
)
_PLATFORM = _any(
    r"^the request (?:failed|was aborted) because|malformed or connection to the instance had an error",
    r"no available instance|no healthy upstream|upstream connect error|instance (?:was )?(?:not )?(?:ready|terminated)",
)
_SURVIVED = _any(
    r"\b(?:continu(?:e|ing)|proceed(?:ing)?|go(?:es|ing)? on) (?:without|anyway|with default)",
    r"\bfall(?:s|ing)? ?back\b|\bignor(?:ed|ing)\b|\bnon-?(?:critical|fatal)\b|\bskipp(?:ed|ing)\b",
    r"\bgraceful(?:ly)? (?:degrad|continu)|\busing (?:the )?(?:default|cached)",
)
_RETRY = _any(r"\b(?:attempt|retry|try)[ #:]{1,2}(\d{1,3}) ?(?:/|of) ?(\d{1,3})\b")
_GONE = _any(
    r"\b(?:client|peer|caller|downstream)\b[^\n]{0,40}\b(?:disconnected|closed|gone|went away|aborted|cancell?ed)",
    r"\bbroken pipe\b|context cancell?ed|\bclient (?:connection )?reset",
)
_UNSET = _any(
    rf"(?i:\b(?:missing|unset|no|required|undefined|empty)\b)[^\n]{{0,40}}\b{_SETTING}\b",
    rf"\b{_SETTING}\b[^\n]{{0,20}}(?i:\b(?:missing|unset|not set|not found|required|must be set|undefined)\b)",
    rf"(?m:^'{_SETTING}'$)",
    flags="",
)
_STATUS = _any(
    r"(?:\bHTTP(?:/\d(?:\.\d)?)?(?: [A-Z]{3,8})?|\bstatus(?:[ _]code)?"
    r"|\b(?:responded|returned|answered|replied|failed)(?: with)?|\berror|[:=\[(])[ '\":=]{0,3}([45]\d\d)\b",
    r"\b([45]\d\d) (?:from|by|service unavailable|bad gateway|gateway time|internal server)",
)
_NAME = _any(
    rf"\b{_SETTING}\b",
    r"[\"'`]([A-Za-z_][\w.-]{3,60})[\"'`]",
    r"\b([a-z][\w.-]{2,80}:\d{2,5})\b",
    r"(/[\w.-]{2,60}/[\w./-]{2,200})",
    flags="",
)
_CANCELLED = frozenset(
    (
        "AbortError",
        "CancelledError",
        "CancelledException",
        "GeneratorExit",
        "InterruptedException",
        "KeyboardInterrupt",
        "OperationCanceledException",
        "TaskCanceledException",
        "context canceled",
    )
)
_ENVIRONMENT = r"(?i)[-_](?:staging|stage|stg|prod|production|dev|test|qa|service|svc|server|api)"
_MAX_CHARS = 4_000
_MAX_NAMES = 12
_MAX_STATUS_CHARS = 600
_MIN_NAME = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the words of an error claim."""

    call: bool = False
    """something that it called failed"""
    refused: bool = False
    """it could not connect"""
    exit: bool = False
    """the process or its container ended"""
    startup: bool = False
    """it could not start"""
    memory: bool = False
    """memory ran out"""
    platform: bool = False
    """the platform could not reach the instance"""
    survived: bool = False
    """the service goes on without"""
    retry: tuple[int, int] | None = None
    """(attempt, of how many): it was tried more than once, so what failed is a call"""
    gone: bool = False
    """the caller went away"""
    statuses: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    """rare names: variables, quoted words, host:port, paths"""

    unset: bool = False
    """a setting or secret is missing"""

    @property
    def fatal(self) -> bool:
        """The service cannot serve after this."""
        return self.exit or self.startup or self.memory or self.unset


def said(text: str, exception_type: str | None = None) -> Said:
    """Read a message, of a long one its beginning, and the class of the innermost exception."""
    text = text[:_MAX_CHARS]
    retry = _RETRY.search(text)
    names: list[str] = []
    for found in _NAME.finditer(text):
        names.append(next((g for g in found.groups() if g), found[0]))
        if len(names) == _MAX_NAMES:
            break
    return Said(
        call=_CALL.search(text) is not None
        or _CALLING_TYPE.search(exception_type or "") is not None
        or (retry is not None and int(retry[2]) > 1),
        refused=_REFUSED.search(text) is not None,
        exit=_EXIT.search(text) is not None,
        startup=_STARTUP.search(text) is not None,
        memory=_MEMORY.search(text) is not None,
        platform=_PLATFORM.search(text) is not None,
        survived=_SURVIVED.search(text) is not None,
        retry=(int(retry[1]), int(retry[2])) if retry else None,
        unset=_UNSET.search(text) is not None,
        gone=_GONE.search(text) is not None,
        statuses=frozenset(one or other for one, other in _STATUS.findall(text[:_MAX_STATUS_CHARS])),
        names=frozenset(names),
    )


def is_cancellation(exception_type: str | None) -> bool:
    """Whether an exception only says that somebody else stopped the work."""
    return (exception_type or "").rpartition(".")[2] in _CANCELLED


def names_service(text: str, service: str) -> bool:
    """Whether a text speaks of a service, with or without its environment's ending.

    Many services are called by a common word (`orders`, `auth`): such a name counts only where it is spoken of as one
    speaks of a service: in an address, as what was called, or as who answered.
    """
    return _naming(service).search(text[:_MAX_CHARS]) is not None


@lru_cache(maxsize=4096)
def _naming(service: str) -> re.Pattern[str]:
    names = spoken(service)
    some = "|".join(re.escape(name) for name in names)
    own = [re.escape(name) for name in names if re.search(r"[-_.\d]", name)]
    return _any(
        *([rf"(?<![\w-])(?:{'|'.join(own)})(?![\w-])"] if own else []),
        r"(?:://|@|\b(?:calling|call|to|of|from|by|upstream|service|host|via|reach|contact|for|on|at) [\"'`]?)"
        rf"(?:{some})"
        r"(?:[\"'`]?(?:[:/.,;)]|$)| (?:failed|timed|returned|responded|is|was|did|service|with|after|giving))",
        rf"(?:\A|\n|= |: )(?:{some}): ",
        rf"(?<![\w-])(?:{some})[\"'`]?(?::\d{{2,5}}\b|[ -]service\b| (?:responded|returned|answered|replied|rejected"
        r"|refused|failed|timed out|did not|is (?:down|un)|un(?:available|reachable)|not responding|said|call\b))",
    )


def spoken(service: str) -> tuple[str, ...]:
    """How a service is called in texts: its name, and the name without `-staging`, `-service` and the like."""
    short = re.sub(rf"{_ENVIRONMENT}(?=$|[-_])", "", service)
    return tuple(name for name in dict.fromkeys((service, short)) if len(name) >= _MIN_NAME)
