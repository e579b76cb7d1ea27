"""What one call asks for, which entries answer it, and the pages and tokens in which they are given."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from .faults import Draw
from .fields import View
from .filters import And, parse
from .matching import build_test, window
from .statuses import invalid
from .store import Store

DEFAULT_PAGE, LARGEST_PAGE = 50, 1000
LONGEST_FILTER = 20_000
MOST_RESOURCES = 100
CACHED_QUERIES = 64
_RESOURCE = re.compile(
    r"((?:projects|organizations|billingAccounts|folders)/[^/]+)(?:/locations/[^/]+/buckets/[^/]+/views/[^/]+)?"
)
_ORDERS = {"": False, "timestamp": False, "timestamp asc": False, "timestamp desc": True}
_nonces = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The parameters of `entries.list`: https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list"""

    resource_names: tuple[str, ...]
    filter: str = ""
    order_by: str = ""
    page_size: int = 0
    page_token: str = ""

    @property
    def query(self) -> str:
        """Short digest of what a token is bound to: every parameter but the token."""
        text = json.dumps([self.resource_names, self.filter, self.order_by, self.page_size])
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def check(self) -> None:
        """Raises `ApiError` INVALID_ARGUMENT for what no server would take."""
        if not 1 <= len(self.resource_names) <= MOST_RESOURCES:
            raise invalid(f"resource_names must have 1 to {MOST_RESOURCES} names, not {len(self.resource_names)}.")
        for name in self.resource_names:
            if not _RESOURCE.fullmatch(name):
                raise invalid(f"Invalid resource name: {name!r}.")
        if not 0 <= self.page_size <= LARGEST_PAGE:
            raise invalid(f"page_size must be 0 to {LARGEST_PAGE}, not {self.page_size}.")
        if len(self.filter) > LONGEST_FILTER:
            raise invalid(f"filter has {len(self.filter)} characters, more than {LONGEST_FILTER}.")
        if self.order_by.strip().lower() not in _ORDERS:
            raise invalid(f"Invalid order_by: {self.order_by!r}.")


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the pages of a query have come."""

    after: int = -1
    """serial of the last entry taken in order; -1 at the start"""
    held: tuple[int, ...] = ()
    """serials to be given with the next page: kept back, or once more"""

    def token(self, query: str) -> str:
        """As an opaque text, another one each time."""
        data = json.dumps([query, self.after, self.held, next(_nonces)], separators=(",", ":"))
        return base64.urlsafe_b64encode(data.encode()).decode().rstrip("=")


def read_token(token: str, query: str) -> Cursor:
    """The cursor in a token of the same query. Raises `ApiError` INVALID_ARGUMENT."""
    if not token:
        return Cursor()
    try:
        owner, after, held, _ = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError:
        raise invalid("page_token is not valid.") from None
    if owner != query:
        raise invalid("page_token doesn't match arguments from the request.")
    return Cursor(after, tuple(held))


@dataclass(slots=True)
class Queries:
    """Answers of one store; which entries match a filter is found out once per query and change of the store."""

    store: Store
    page_bytes: int = 0
    """a page ends before it grows larger, serialised; 0 is without limit"""
    _matched: dict[tuple[object, ...], Sequence[int]] = field(default_factory=dict)

    def matched(self, request: Request) -> Sequence[int]:
        """Positions of all entries that match, visible yet or not, in the order asked for."""
        key = (self.store.generation, request.resource_names, request.filter, request.order_by)
        if key not in self._matched:
            while len(self._matched) >= CACHED_QUERIES:
                del self._matched[next(iter(self._matched))]
            self._matched[key] = self._match(request)
        return self._matched[key]

    def _match(self, request: Request) -> Sequence[int]:
        start, end, rest = window(parse(request.filter))
        test = build_test(rest)
        positions: Sequence[int] = self.store.between(start, end)
        parents = tuple(found[1] + "/" for name in request.resource_names if (found := _RESOURCE.fullmatch(name)))
        if not all(name.startswith(parents) for name in self.store.known_names):
            names = self.store.log_names
            positions = [p for p in positions if names[p].startswith(parents)]
        if rest != And(()):
            view = View(self.store)
            positions = [p for p in positions if test(view.move(p))]
        if _descending(request):  # entries of one time stay in the order of their insertId
            times = self.store.timestamps
            positions = sorted(positions, key=lambda p: -times[p])
        return positions

    def page(self, request: Request, cursor: Cursor, now: int, draw: Draw) -> tuple[list[int], Cursor | None]:
        """Positions of the next page, the cursor behind it or None at the end; what came after `now` (ns) is hidden."""
        matched = self.matched(request)
        if "empty" in draw.names:
            return [], cursor
        limit = self._limit(request, draw)
        held = [self.store.positions[serial] for serial in cursor.held[:limit]]
        fresh, more = self._fresh(matched, self._start(request, matched, cursor), limit - len(held), now)
        last = self.store.serials[fresh[-1]] if fresh else cursor.after
        kept = list(cursor.held[limit:])
        if "disorder" in draw.names and more:
            late = set(draw.chance.sample(fresh, max(1, len(fresh) // 50))) if len(fresh) > 1 else set()
            kept += [self.store.serials[p] for p in sorted(late)]
            fresh = [p for p in fresh if p not in late]
        page = held + fresh
        if "duplicates" in draw.names and page:
            page.insert(draw.chance.randint(0, len(page)), draw.chance.choice(page))
            if more:
                kept.append(self.store.serials[draw.chance.choice(page)])
        if "disorder" in draw.names:
            draw.chance.shuffle(page)
        return page, Cursor(last, tuple(kept)) if more or kept else None

    def _limit(self, request: Request, draw: Draw) -> int:
        limit = request.page_size or DEFAULT_PAGE
        if "short" in draw.names:
            limit = draw.chance.randint(1, max(1, limit - 1))
        if "duplicates" in draw.names:
            limit = max(1, limit - 1)  # a page is never longer than asked for
        return limit

    def _start(self, request: Request, matched: Sequence[int], cursor: Cursor) -> int:
        """Index into `matched` of the first entry behind the cursor, also when the store has grown since."""
        if cursor.after < 0:
            return 0
        position = self.store.positions[cursor.after]
        if not _descending(request):
            return bisect_right(matched, position)
        times = self.store.timestamps
        return bisect_right(matched, (-times[position], position), key=lambda p: (-times[p], p))

    def _fresh(self, matched: Sequence[int], start: int, limit: int, now: int) -> tuple[list[int], bool]:
        """Up to `limit` visible entries from an index on, and whether there are more."""
        store = self.store
        all_visible = store.latest_received <= now
        if all_visible and not self.page_bytes:
            return list(matched[start : start + limit]), start + limit < len(matched)
        page: list[int] = []
        size = 0
        for index in range(start, len(matched)):
            position = matched[index]
            if not all_visible and store.received[position] > now:
                continue
            size += len(store.framed[position])
            if len(page) >= limit or (page and self.page_bytes and size > self.page_bytes):
                return page, True
            page.append(position)
        return page, False


def _descending(request: Request) -> bool:
    return _ORDERS[request.order_by.strip().lower()]
