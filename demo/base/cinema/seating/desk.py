"""The desk: what visitors, the till and the kiosk talk to."""

import itertools
import json
import logging

from cinema.programme import Showing
from cinema.seating.claims import SeatClaims
from cinema.seating.holds import THINKING_TIME, HoldBook
from cinema.seating.model import HoldResult, Order, SeatTaken

logger = logging.getLogger(__name__)


class HoldDesk:
    def __init__(self, claims: SeatClaims, holds: HoldBook) -> None:
        self._claims = claims
        self._holds = holds
        self._numbers = itertools.count(1)

    def request(self, visitor: str, showing: Showing, label: str) -> HoldResult:
        """Hold one seat of a showing for a visitor."""
        seat = showing.seat(label)
        if seat is None:
            logger.error(f"Hold desk: no seat {label} in {showing.hall}")
            return HoldResult(ok=False, code="SEAT_UNKNOWN", error=f"Seat {label} does not exist in {showing.hall}")
        order = Order(number=f"ord-{next(self._numbers):05d}", visitor=visitor, showing=showing, seat=seat)
        logger.info(f"Hold desk: order {order.number}, seat {seat.label}, {showing.title}")
        try:
            hold = self._claims.claim(order)
        except SeatTaken as taken:
            return HoldResult(ok=False, code="SEAT_TAKEN", error=f"Seat {taken.label} is taken")
        except Exception as error:
            state = json.dumps({"order": order.number, "seat": seat.label, "state": str(seat.state)})
            logger.error(f"Hold desk: order {order.number} could not be served", exc_info=True, extra={"context": state})
            return HoldResult(ok=False, code="HOLD_EXCEPTION", error=f"Seat hold error: {error}")
        return HoldResult(ok=True, hold=hold)

    def extend(self, number: str) -> HoldResult:
        """Some more time to think; only once the hold is there."""
        hold = self._holds.find(number)
        if hold is None:
            return HoldResult(ok=False, code="NO_HOLD", error=f"No hold for order {number}")
        try:
            hold.until += THINKING_TIME
        except Exception as error:
            logger.error(f"Hold desk: order {number} could not be extended", exc_info=True)
            return HoldResult(ok=False, code="EXTEND_EXCEPTION", error=f"Seat hold error: {error}")
        return HoldResult(ok=True, hold=hold)
