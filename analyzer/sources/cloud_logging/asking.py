"""One page, whatever it takes: rate gate → call → what the trouble asks for. No generator lives across a failure.

Back-off with full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ ; waits after
RESOURCE_EXHAUSTED are the gate's business, since they bind every process that shares the quota.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from analyzer.errors import SourceError, SourceRefusedError
from analyzer.sources.cloud_logging.gate import Gate
from analyzer.sources.cloud_logging.listing import SIGN_IN, TRUST, CallError, Listing, Page, Query, Trouble

MAX_TRIES = 60
"""failures on one page, one after the other, before it is given up: about four minutes of trying"""
_FIRST_WAIT_S = 0.1
_GROWTH = 1.3
_LONGEST_WAIT_S = 10.0
"""start and growth are those of the official client; what bounds the rate of calls is the gate"""
_MAX_REFUSALS = 100
_CHANCE = random.Random()


class TokenDiedError(Exception):
    """The chain of pages is lost: begin the slice anew."""


class TooMuchError(Exception):
    """The page takes longer than a call may: ask for less at once."""


class GaveUpError(Exception):
    """No page after many tries; says why."""


@dataclass(slots=True)
class Asker:
    """Asks one listing, through one gate."""

    listing: Listing
    gate: Gate
    say: Callable[[str], None]
    """where a wait or a failure worth knowing is told"""
    sleep: Callable[[float], None] = time.sleep
    calls: int = 0

    def page(self, query: Query, token: str, *, can_halve: bool) -> Page:
        """The next page. Raises `TokenDiedError`, `TooMuchError` (only with `can_halve`), `GaveUpError`, and
        `SourceError` for what no repetition mends."""
        failures = refusals = slow = 0
        while True:
            with self.gate.call() as call:
                self.calls += 1
                try:
                    return self.listing.page(query, token)
                except CallError as err:
                    trouble = err
                    if err.trouble is Trouble.EXHAUSTED:
                        call.refused(err.retry_after_s)
            match trouble.trouble:
                case Trouble.EXHAUSTED:
                    refusals += 1
                    if refusals > _MAX_REFUSALS:
                        raise GaveUpError(f"the quota stayed exhausted over {refusals} calls: {trouble.message}")
                    continue
                case Trouble.TOKEN:
                    raise TokenDiedError(trouble.message)
                case Trouble.TOO_SLOW:
                    slow += 1
                    if slow > 1 and can_halve:
                        raise TooMuchError(trouble.message)
                case Trouble.PASSING:
                    pass
                case _:
                    raise _refusal(trouble, query)
            failures += 1
            if failures >= MAX_TRIES:
                raise GaveUpError(f"{failures} calls in a row failed, the last one with: {trouble.message}")
            if failures % 10 == 0:
                self.say(f"{failures} calls in a row failed ({trouble.message}); trying on")
            longest = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * _GROWTH**failures)
            self.sleep(_CHANCE.uniform(0.0, longest))


def _refusal(err: CallError, query: Query) -> SourceError:
    """The error for the user: what was refused, and the very thing to do about it."""
    asked = ", ".join(query.resources)
    match err.trouble:
        case Trouble.DENIED:
            return SourceRefusedError(
                f"no permission to read the logs of {asked}: {err.message}",
                "grant roles/logging.viewer (Data Access audit logs: roles/logging.privateLogViewer): "
                f"gcloud projects add-iam-policy-binding {_project(query)} --role=roles/logging.viewer --member=USER",
            )
        case Trouble.UNAUTHENTICATED:
            return SourceRefusedError(
                f"the credentials were refused: {err.message}",
                err.hint or f"sign in again: {SIGN_IN}",
            )
        case Trouble.NOT_FOUND:
            return SourceError(f"there is no {asked}: {err.message}", "see the ids with: gcloud projects list")
        case Trouble.UNTRUSTED:
            return SourceError(f"no trusted connection: {err.message}", TRUST)
        case Trouble.TOO_LARGE:
            return SourceError(
                f"an answer is larger than the channel takes: {err.message}",
                "a proxy on the way limits messages: raise its limit, or use --transport rest",
            )
        case _:
            return SourceError(
                f"Cloud Logging cannot read the question: {err.message}",
                f"the filter was: {query.filter[:300]}",
            )


def _project(query: Query) -> str:
    parts = query.resources[0].split("/")
    return parts[1] if len(parts) > 1 else "PROJECT"
