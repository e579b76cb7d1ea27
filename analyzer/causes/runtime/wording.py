"""What a text says about where its error comes from: a failed call, an end of the process, a failure that was survived.

Words only: what they are worth is in `weights`. Every pattern is bounded, since texts are hostile.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_CALL = re.compile(
    r"(?i)\b(?:responded|answered|returned|replied|failed|respond)(?: with)?(?: status(?: code)?| code| HTTP| error)?[ :=]{0,3}"
    r"(?:HTTP )?\[?[45]\d\d\b|\b(?:HTTP Error|HTTPError|status(?:[ _]code)?[:= ]{1,3}|HTTP/\d(?:\.\d)?) ?\[?[45]\d\d\b"
    r"|\b(?:Server|Client) [Ee]rror '?[45]\d\d\b|\bupstream|\b(?:bad gateway|gateway time-?out|service unavailable)\b"
    r"|\b(?:call(?:ing)?|request|query|fetch)(?: to)? \S{1,80} (?:failed|timed out)"
    r"|\b[45]\d\d (?:from|by) |\bcircuit (?:breaker )?(?:is )?open|\bno (?:answer|response|reply) from\b"
    r"|\brpc error: code = |\b[45]\d\d : \[no body\]|\bdid not (?:answer|respond|reply)\b"
    r"|\b(?:ConnectTimeout|ReadTimeout|UpstreamError|RemoteDisconnected|DEADLINE_EXCEEDED|UNAVAILABLE)\b"
    r"|\b(?:timed out|time-?out) (?:waiting|calling)\b"
)
_CALLING_TYPE = re.compile(
    r"(?i)http\w{0,12}(?:status|server|client|request|response)\w{0,12}(?:error|exception)|\bHTTPError|axios|fetcherror|feign|restclient"
    r"|webclientresponse|statusruntime|rpcerror|clientresponse|clientconnector|upstream|(?:connect|read|socket|request|pool)time(?:d)?out"
    r"|badgateway|serviceunavailable|gatewaytimeout|remotedisconnected|apistatus|webexception"
)
_REFUSED = re.compile(
    r"(?i)connection (?:to \S{1,120} )?(?:was )?(?:refused|reset|closed)|Errno 111|ECONNREFUSED|ECONNRESET|ENOTFOUND"
    r"|name or service not known|no such host|could not resolve|failed to connect|cannot connect|connect to \S{1,120} failed"
)
_EXIT = re.compile(
    r"(?i)container called exit\(\d|exit(?:ed)? (?:with )?(?:code|status) [1-9]|uncaught signal: ?\d|\bSIGKILL\b|terminated on signal"
    r"|\bexiting\.?$|\bback-?off restarting|CrashLoopBackOff|worker failed to boot|worker exit(?:ed|ing)"
    r"|(?:startup|liveness|readiness) probe failed|failed to start and (?:then )?listen|default startup tcp probe"
)
_STARTUP = re.compile(
    r"(?i)application startup failed|\bstart-?up (?:failure|failed|error)|failed (?:to|during|at) (?:start|boot|startup)\b"
    r"|(?:could not|cannot|unable to) start\b|(?:settings|config(?:uration)?|secrets?)(?: \S{1,40})? (?:load(?:ing)?|import) ?(?:failed|error)"
    r"|(?:failed|unable|could not|cannot) (?:to )?(?:load|read|open|parse) (?:the )?(?:settings|config|secrets?)|\binitiali[sz]ation (?:failed|failure|error|time-?out)"
    r"|failed to initiali[sz]e|\bboot(?:ing)? failed|\bphase failed"
)
_MEMORY = re.compile(
    r"(?i)memory limit of \S{1,20} ?\S{1,5} exceeded|\bOOM-?Killed\b|\bout of memory\b|cannot allocate memory|heap out of memory"
    r"|\bOutOfMemoryError\b|\bMemoryError\b"
)
_PLATFORM = re.compile(
    r"(?i)^the request (?:failed|was aborted) because|malformed or connection to the instance had an error"
    r"|no available instance|no healthy upstream|upstream connect error|instance (?:was )?(?:not )?(?:ready|terminated)"
)
_SURVIVED = re.compile(
    r"(?i)\b(?:continu(?:e|ing)|proceed(?:ing)?|go(?:es|ing)? on) (?:without|anyway|with default)|\bfall(?:s|ing)? ?back\b|\bignor(?:ed|ing)\b"
    r"|\bnon-?(?:critical|fatal)\b|\bskipp(?:ed|ing)\b|\bgraceful(?:ly)? (?:degrad|continu)|\busing (?:the )?(?:default|cached)"
)
_RETRY = re.compile(r"(?i)\b(?:attempt|retry|try)[ #:]{1,2}(\d{1,3}) ?(?:/|of) ?(\d{1,3})\b")
_GONE = re.compile(
    r"(?i)\b(?:client|peer|caller|downstream)\b[^\n]{0,40}\b(?:disconnected|closed|gone|went away|aborted|cancell?ed)|\bbroken pipe\b"
    r"|context cancell?ed|\bclient (?:connection )?reset"
)
_UNSET = re.compile(
    r"(?i:\b(?:missing|unset|no|required|undefined|empty)\b)[^\n]{0,40}\b[A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){1,6}\b"
    r"|\b[A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){1,6}\b[^\n]{0,20}(?i:\b(?:missing|unset|not set|not found|required|must be set|undefined)\b)"
    r"|\A'[A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){1,6}'\Z"
)
_CANCELLED = frozenset(("CancelledError", "CancelledException", "OperationCanceledException", "TaskCanceledException",
                        "AbortError", "GeneratorExit", "KeyboardInterrupt", "InterruptedException", "context canceled"))  # fmt: skip
_STATUS = re.compile(
    r"(?i)(?:\bHTTP(?:/\d(?:\.\d)?)?(?: [A-Z]{3,8})?|\bstatus(?:[ _]code)?|\b(?:responded|returned|answered|replied|failed)(?: with)?|\berror"
    r"|[:=\[(])[ '\":=]{0,3}([45]\d\d)\b|\b([45]\d\d) (?:from|by|service unavailable|bad gateway|gateway time|internal server)"
)
_NAME = re.compile(
    r"\b[A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){1,6}\b|[\"'`]([A-Za-z_][\w.-]{3,60})[\"'`]"
    r"|\b((?:[a-z][\w-]{1,40}\.)*[a-z][\w-]{1,40}:\d{2,5})\b|(/[\w.-]{2,60}(?:/[\w.-]{2,60}){1,6})"
)
_MAX_CHARS = 4_000
_MAX_NAMES = 12
_MAX_STATUS_CHARS = 600


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
    bare = rf"(?<![\w-])(?:{'|'.join(own)})(?![\w-])|" if own else ""
    return re.compile(
        rf"(?i){bare}(?:://|@|\b(?:calling|call|to|of|from|by|upstream|service|host|via|reach|contact|for|on|at) [\"'`]?)(?:{some})"
        rf"(?:[\"'`]?(?:[:/.,;)]|$)| (?:failed|timed|returned|responded|is|was|did|service|with|after|giving))"
        rf"|(?:\A|\n|= |: )(?:{some}): |(?<![\w-])(?:{some})[\"'`]?(?::\d{{2,5}}\b|[ -]service\b| (?:responded|returned|answered|replied|rejected|refused|failed|timed out"
        rf"|did not|is (?:down|un)|un(?:available|reachable)|not responding|said|call\b))"
    )


def spoken(service: str) -> tuple[str, ...]:
    """How a service is called in texts: its name, and the name without `-staging`, `-service` and the like."""
    short = re.sub(r"(?i)[-_](?:staging|stage|stg|prod|production|dev|test|qa|service|svc|server|api)(?=$|[-_])", "", service)
    short = re.sub(r"(?i)[-_](?:staging|stage|stg|prod|production|dev|test|qa|service|svc|server|api)$", "", short)
    return tuple(name for name in dict.fromkeys((service, short)) if len(name) >= 3)
