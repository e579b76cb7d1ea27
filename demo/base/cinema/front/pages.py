"""The pages of the box office."""

import json
import logging

from cinema.accounts.tokens import Person, SignInRefused, Tokens
from cinema.front.post import Post
from cinema.front.server import Answer, Call, Pages
from cinema.pricing.bookings import Bookings
from cinema.pricing.offers import Offers
from cinema.programme import Showing
from cinema.programme.catalogue import Catalogue
from cinema.seating.desk import HoldDesk
from cinema.seating.holds import HoldBook
from cinema.seating.kiosk import Kiosk
from cinema.seating.model import HoldResult

logger = logging.getLogger(__name__)

STATUS = {"SEAT_UNKNOWN": 404, "NO_HOLD": 404, "SEAT_TAKEN": 409, "SOLD_OUT": 409}


class BoxOffice:
    def __init__(
        self, catalogue: Catalogue, tokens: Tokens, desk: HoldDesk, holds: HoldBook, kiosk: Kiosk,
        offers: Offers, bookings: Bookings, post: Post,
    ) -> None:
        self.catalogue, self.tokens, self.desk, self.holds = catalogue, tokens, desk, holds
        self.kiosk, self.offers, self.bookings, self.post = kiosk, offers, bookings, post

    def pages(self) -> Pages:
        pages = Pages()
        pages.add("GET", "/health", lambda call: (200, {"status": "ok"}))
        pages.add("GET", "/showings", self.showings)
        pages.add("GET", "/showings/*", self.showing)
        pages.add("GET", "/showings/*/offer", self.offer)
        pages.add("POST", "/sign-in", self.sign_in)
        pages.add("POST", "/holds", self.hold)
        pages.add("DELETE", "/holds/*", self.release)
        pages.add("POST", "/holds/*/extend", self.extend)
        pages.add("POST", "/kiosk/*", self.kiosk_hold)
        pages.add("POST", "/bookings", self.book)
        pages.add("POST", "/bookings/*/upgrade", self.upgrade)
        pages.add("GET", "/till/takings", self.takings)
        return pages

    def _person(self, call: Call) -> Person | None:
        try:
            return self.tokens.person(call.bearer)
        except SignInRefused as refused:
            logger.warning(f"Refused {call.method} {call.path}: {refused}")
            return None

    def sign_in(self, call: Call) -> Answer:
        try:
            token = self.tokens.sign_in(call.body.get("mail", ""), call.body.get("password", ""))
        except SignInRefused as refused:
            logger.warning(f"Sign-in refused for {call.body.get('mail')}: {refused}")
            return 401, {"error": str(refused)}
        return 200, {"token": token}

    def showings(self, call: Call) -> Answer:
        found = self.catalogue.search(call.query.get("title", ""))
        return 200, {"showings": [{"key": s.key, "title": s.title, "free": s.free()} for s in found]}

    def showing(self, call: Call) -> Answer:
        found = self.catalogue.find(call.piece(1))
        if found is None:
            return 404, {"error": f"no showing {call.piece(1)}"}
        seats = {label: seat.state.value for label, seat in found.seats.items()}
        return 200, {"key": found.key, "title": found.title, "hall": found.hall, "seats": seats}

    def offer(self, call: Call) -> Answer:
        found = self.catalogue.find(call.piece(1))
        if found is None:
            return 404, {"error": f"no showing {call.piece(1)}"}
        return 200, self.offers.group(found, int(call.query.get("people", "2")), call.query.get("kind", "visitor"))

    def hold(self, call: Call) -> Answer:
        person = self._person(call)
        if person is None:
            return 401, {"error": "sign in first"}
        found = self.catalogue.find(call.body.get("showing", ""))
        if found is None:
            return 404, {"error": "no such showing"}
        return self._answer_hold(self.desk.request(person.mail, found, call.body.get("seat", "")), found)

    def kiosk_hold(self, call: Call) -> Answer:
        found = self.catalogue.find(call.piece(1))
        if found is None:
            return 404, {"error": "no such showing"}
        return self._answer_hold(self.kiosk.any_seat(found), found)

    def _answer_hold(self, result: HoldResult, showing: Showing) -> Answer:
        if result.ok:
            order = result.hold.order
            return 201, {"order": order.number, "seat": order.seat.label, "until": result.hold.until.isoformat()}
        status = STATUS.get(result.code, 500)
        report = {"code": result.code, "error": result.error, "showing": showing.key, "status": status}
        if status == 500:
            logger.error(f"Box office answers {status}: {result.code} for {showing.key}")
            logger.error(f"HOLD REPORT: {json.dumps(report, indent=2)}")
        return status, report

    def release(self, call: Call) -> Answer:
        if self._person(call) is None:
            return 401, {"error": "sign in first"}
        hold = self.holds.lift(call.piece(1))
        if hold is None:
            return 404, {"error": f"no hold for order {call.piece(1)}"}
        return 200, {"order": hold.order.number}

    def extend(self, call: Call) -> Answer:
        if self._person(call) is None:
            return 401, {"error": "sign in first"}
        result = self.desk.extend(call.piece(1))
        if result.ok:
            return 200, {"until": result.hold.until.isoformat()}
        return STATUS.get(result.code, 500), {"code": result.code, "error": result.error}

    def book(self, call: Call) -> Answer:
        person = self._person(call)
        if person is None:
            return 401, {"error": "sign in first"}
        hold = self.holds.lift(call.body.get("order", ""))
        if hold is None:
            logger.warning(f"Booking without a hold: order {call.body.get('order')}")
            return 400, {"error": "hold a seat first"}
        booking = self.bookings.confirm(hold, person.kind)
        mailed = self.post.send_ticket(booking, call.bearer)
        return 201, {"booking": booking.number, "cents": booking.cents, "mailed": mailed}

    def upgrade(self, call: Call) -> Answer:
        person = self._person(call)
        if person is None:
            return 401, {"error": "sign in first"}
        booking, hold = self.bookings.find(call.piece(1)), self.holds.find(call.body.get("order", ""))
        if booking is None or hold is None:
            return 404, {"error": "no such booking or hold"}
        return 200, {"due": self.bookings.upgrade(booking, hold)}

    def takings(self, call: Call) -> Answer:
        person = self._person(call)
        if person is None or person.kind != "staff":
            return 403, {"error": "staff only"}
        return 200, {"cents": self.bookings.takings()}
