"""A claim turns an order into a hold."""

import logging

from cinema.seating.holds import HoldBook
from cinema.seating.model import Hold, Order, SeatTaken

logger = logging.getLogger(__name__)


class SeatClaims:
    def __init__(self, holds: HoldBook) -> None:
        self._holds = holds
        self._journal: list[str] = []

    def claim(self, order: Order) -> Hold:
        """The seat for the order, or SeatTaken."""
        logger.info(f"Claim for seat {order.seat.label} in {order.showing.hall}")
        try:
            return self._holds.place(order)
        except SeatTaken as taken:
            logger.warning(f"Claim lost: seat {taken.label} is thought about by someone else")
            raise
