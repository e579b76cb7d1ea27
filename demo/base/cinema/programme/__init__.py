"""What is shown where, and the seats of a showing."""

from cinema.programme.model import Seat, SeatState, Showing

__all__ = ["Seat", "SeatState", "Showing"]
