"""The machine in the foyer picks a seat by itself."""

import logging

from cinema.programme import SeatState, Showing
from cinema.seating.desk import HoldDesk
from cinema.seating.model import HoldResult

logger = logging.getLogger(__name__)


class Kiosk:
    def __init__(self, desk: HoldDesk) -> None:
        self._desk = desk

    def any_seat(self, showing: Showing) -> HoldResult:
        try:
            label = next(s.label for s in reversed(showing.seats.values()) if s.state is SeatState.FREE)
        except StopIteration:
            return HoldResult(ok=False, code="SOLD_OUT", error=f"{showing.title} is sold out")
        except Exception as error:
            logger.error("Kiosk: no seat could be picked", exc_info=True)
            return HoldResult(ok=False, code="KIOSK_EXCEPTION", error=f"Seat hold error: {error}")
        logger.info(f"Kiosk: picked seat {label}")
        return self._desk.request("kiosk", showing, label)
