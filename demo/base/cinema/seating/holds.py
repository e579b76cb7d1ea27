"""The book of holds: one visitor at a time may think about a seat."""

import logging
import threading
from datetime import datetime, timedelta

from cinema.programme import SeatState
from cinema.seating.model import Hold, Order, SeatTaken

logger = logging.getLogger(__name__)

THINKING_TIME = timedelta(minutes=8)


class HoldBook:
    def __init__(self) -> None:
        self._holds: dict[tuple[str, str], Hold] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._holds)

    def place(self, order: Order) -> Hold:
        """Write the hold down; SeatTaken while an earlier one lasts."""
        key = (order.showing.key, order.seat.label)
        with self._lock:
            earlier = self._holds.get(key)
            if earlier is not None and self._lasts(earlier):
                raise SeatTaken(order.seat.label, earlier.order.visitor)
            hold = Hold(order=order, until=datetime.now() + THINKING_TIME)
            self._holds[key] = hold
            order.seat.state = SeatState.HELD
        logger.info(f"Seat {order.seat.label} in {order.showing.hall} is now {order.seat.state}")
        return hold

    def lift(self, number: str) -> Hold | None:
        """Take the hold of an order out of the book."""
        with self._lock:
            key = next((k for k, hold in self._holds.items() if hold.order.number == number), None)
            hold = self._holds.pop(key) if key else None
        if hold is not None and hold.order.seat.state is SeatState.HELD:
            hold.order.seat.state = SeatState.FREE
            logger.info(f"Seat {hold.order.seat.label} in {hold.order.showing.hall} is {hold.order.seat.state} again")
        return hold

    def find(self, number: str) -> Hold | None:
        return next((hold for hold in self._holds.values() if hold.order.number == number), None)

    def _lasts(self, hold: Hold) -> bool:
        return hold.until > datetime.now()
