"""Tokens of signed-in people. Kept in memory: a restart signs everyone out."""

import logging
import threading
import time
from dataclasses import dataclass

logger = logging.getLogger(__name__)

PEOPLE = {  # made-up people of the staging environment
    "visitor@example.com": ("popcorn", "visitor"),
    "student@example.com": ("popcorn", "student"),
    "till@example.com": ("popcorn", "staff"),
}


class SignInRefused(Exception):
    pass


@dataclass(frozen=True)
class Person:
    mail: str
    kind: str


class Tokens:
    def __init__(self, lifetime_s: float = 3600.0) -> None:
        self._lifetime_s = lifetime_s
        self._by_token: dict[str, tuple[Person, float]] = {}
        self._lock = threading.Lock()

    def sign_in(self, mail: str, password: str) -> str:
        known, kind = PEOPLE.get(mail, (None, ""))
        if known is None or known != password:
            raise SignInRefused("mail or password is wrong")
        with self._lock:
            token = f"staging-token-not-a-secret-{len(self._by_token) + 1:04d}"
            self._by_token[token] = (Person(mail=mail, kind=kind), time.monotonic() + self._lifetime_s)
        logger.info(f"Signed in {mail}, token {token} is good for {self._lifetime_s:.0f} s")
        return token

    def person(self, header: str) -> Person:
        """Whose token it is; SignInRefused says why there is nobody."""
        scheme, _, token = header.partition(" ")
        if scheme != "Bearer" or not token:
            raise SignInRefused("no token was sent")
        person, until = self._by_token.get(token, (None, 0.0))
        if person is None:
            logger.info(f"Nobody is signed in with Authorization: {header}")
            raise SignInRefused("token unknown on this instance")
        if until < time.monotonic():
            raise SignInRefused("token is too old")
        return person
