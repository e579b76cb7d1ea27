"""Showings and their seats."""

from dataclasses import dataclass, field
from enum import Enum


class SeatState(Enum):
    FREE = "free"
    HELD = "held"
    SOLD = "sold"


@dataclass
class Seat:
    row: str
    number: int
    premium: bool = False
    state: SeatState = SeatState.FREE

    @property
    def label(self) -> str:
        return f"{self.row}{self.number}"


@dataclass
class Showing:
    key: str
    title: str
    hall: str
    starts: str
    seats: dict[str, Seat] = field(default_factory=dict)

    def seat(self, label: str) -> Seat | None:
        return self.seats.get(label.upper())

    def free(self) -> int:
        return sum(seat.state is SeatState.FREE for seat in self.seats.values())


def seat_plan(rows: str, width: int, premium_row: str) -> dict[str, Seat]:
    """All seats of a hall by label; one row has the good chairs."""
    seats = [Seat(row=row, number=n, premium=row == premium_row) for row in rows for n in range(1, width + 1)]
    return {seat.label: seat for seat in seats}
