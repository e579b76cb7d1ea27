"""Offers for groups, before anybody holds a seat."""

import logging

from cinema.pricing.tariff import Tariff
from cinema.programme import Seat, Showing

logger = logging.getLogger(__name__)


class OfferFailed(Exception):
    pass


class Offers:
    def __init__(self, tariff: Tariff) -> None:
        self._tariff = tariff

    def group(self, showing: Showing, people: int, kind: str) -> dict:
        """Price for so many people on the cheapest free seats."""
        seats = sorted(showing.seats.values(), key=lambda seat: seat.premium)[:people]
        try:
            total = sum(self._one(seat, kind) for seat in seats)
        except Exception as error:
            raise OfferFailed(f"no offer for {people} people, {showing.key}") from error
        logger.info(f"Offer: {people} people, {showing.key}, {total} cents")
        return {"people": people, "total": total}

    def _one(self, seat: Seat, kind: str) -> int:
        cents, fee = self._tariff.price(seat, kind)
        return cents - fee
