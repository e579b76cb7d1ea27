"""`python -m cinema.mailer` takes letters on $PORT. Staging sends nothing: it counts."""

import logging
import os
import sys

from cinema.front.server import Answer, Call, Pages, serve
from cinema.mailer.letters import write_letter

logger = logging.getLogger("cinema.mailer")


class Mailer:
    def __init__(self) -> None:
        self.sent = 0

    def letter(self, call: Call) -> Answer:
        text = write_letter(call.body)
        self.sent += 1
        logger.info(f"Letter {self.sent} to {call.body['visitor']}, {len(text)} characters")
        return 202, {"letter": self.sent}


def main() -> None:
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="%(asctime)s - %(name)s - %(levelname)s - %(message)s"
    )
    mailer = Mailer()
    pages = Pages()
    pages.add("GET", "/health", lambda call: (200, {"status": "ok"}))
    pages.add("POST", "/letters", mailer.letter)
    logger.warning("No mail server is set, letters are counted and thrown away")
    serve(pages, int(os.environ.get("PORT", "8090")))


main()
