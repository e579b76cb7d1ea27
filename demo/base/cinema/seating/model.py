"""What the desk is asked for and what it answers."""

from dataclasses import dataclass
from datetime import datetime

from cinema.programme import Seat, Showing


class SeatTaken(Exception):
    def __init__(self, label: str, holder: str) -> None:
        super().__init__(f"seat {label} is taken")
        self.label = label
        self.holder = holder


@dataclass(frozen=True)
class Order:
    number: str
    visitor: str
    showing: Showing
    seat: Seat


@dataclass
class Hold:
    order: Order
    until: datetime


@dataclass(frozen=True)
class HoldResult:
    """`hold` when it went well, else a code for programs and a sentence for people."""

    ok: bool
    hold: Hold | None = None
    code: str = "OK"
    error: str = ""
