"""Bookings: a hold that was paid."""

import itertools
import logging
from dataclasses import dataclass

from cinema.pricing.tariff import Tariff
from cinema.programme import SeatState
from cinema.seating.model import Hold

logger = logging.getLogger(__name__)


class UpgradeFailed(Exception):
    pass


@dataclass
class Booking:
    number: str
    visitor: str
    kind: str
    title: str
    seat: str
    cents: int


class Bookings:
    def __init__(self, tariff: Tariff) -> None:
        self._tariff = tariff
        self._numbers = itertools.count(1)
        self._by_number: dict[str, Booking] = {}

    def confirm(self, hold: Hold, kind: str) -> Booking:
        """Take the money and give the seat for good."""
        order = hold.order
        cents, fee = self._tariff.price(order.seat, kind)
        order.seat.state = SeatState.SOLD
        booking = Booking(
            number=f"bk-{next(self._numbers):05d}",
            visitor=order.visitor,
            kind=kind,
            title=order.showing.title,
            seat=order.seat.label,
            cents=cents,
        )
        self._by_number[booking.number] = booking
        logger.info(f"Booking {booking.number}: seat {booking.seat}, {cents} cents, {fee} of them a fee")
        return booking

    def upgrade(self, booking: Booking, hold: Hold) -> int:
        """Move a booking to a better chair; the cents still to pay."""
        try:
            cents, _ = self._tariff.price(hold.order.seat, booking.kind)
        except Exception as error:
            raise UpgradeFailed(f"booking {booking.number} stays on seat {booking.seat}") from error
        hold.order.seat.state = SeatState.SOLD
        booking.seat, due, booking.cents = hold.order.seat.label, cents - booking.cents, cents
        logger.info(f"Booking {booking.number} moved to seat {booking.seat}")
        return due

    def find(self, number: str) -> Booking | None:
        return self._by_number.get(number)

    def takings(self) -> int:
        return sum(booking.cents for booking in self._by_number.values())
