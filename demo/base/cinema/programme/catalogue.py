"""The week's programme. A table for now."""

import logging

from cinema.programme.model import Showing, seat_plan

logger = logging.getLogger(__name__)

WEEK = [
    ("night-train", "Night Train to Lodz", "Hall 1", "Tuesday 18:30"),
    ("lighthouse", "The Lighthouse Keeper's Piano", "Hall 1", "Tuesday 21:00"),
    ("salt", "Salt and Pepper", "Hall 2", "Wednesday 17:00"),
    ("long-walk", "A Long Walk in Short Shoes", "Hall 2", "Wednesday 20:15"),
]
HALLS = {"Hall 1": ("ABCDEF", 10, "E"), "Hall 2": ("ABCD", 8, "D")}


class Catalogue:
    def __init__(self) -> None:
        self._showings = {
            key: Showing(key=key, title=title, hall=hall, starts=starts, seats=seat_plan(*HALLS[hall]))
            for key, title, hall, starts in WEEK
        }
        logger.info(f"Programme has {len(self._showings)} showings in {len(HALLS)} halls")

    def all(self) -> list[Showing]:
        return list(self._showings.values())

    def find(self, key: str) -> Showing | None:
        return self._showings.get(key)

    def search(self, words: str) -> list[Showing]:
        wanted = words.casefold().split()
        return [s for s in self.all() if all(w in s.title.casefold() for w in wanted)]
