"""Prices in cents."""

from cinema.programme import Seat

BASE = 1150
PREMIUM = 300
REDUCED = {"student": 0.75}


class Tariff:
    def price(self, seat: Seat, kind: str) -> tuple[int, int]:
        """The price of a seat for a kind of visitor, and the fee in it, in cents."""
        cents = BASE + (PREMIUM if seat.premium else 0)
        cents = round(cents * REDUCED.get(kind, 1.0))
        return cents, cents // 20
