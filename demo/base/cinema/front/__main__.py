"""`python -m cinema.front` opens the box office on $PORT."""

import logging
import os
import warnings

from cinema import logsetup
from cinema.accounts.tokens import Tokens
from cinema.front.pages import BoxOffice
from cinema.front.post import Post
from cinema.front.server import serve
from cinema.pricing.bookings import Bookings
from cinema.pricing.offers import Offers
from cinema.pricing.tariff import Tariff
from cinema.programme.catalogue import Catalogue
from cinema.seating.claims import SeatClaims
from cinema.seating.desk import HoldDesk
from cinema.seating.holds import HoldBook
from cinema.seating.kiosk import Kiosk

logger = logging.getLogger("cinema.front")


def main() -> None:
    logsetup.set_up()
    if "CINEMA_NAME" in os.environ:
        warnings.warn("CINEMA_NAME is not read any more, say it in the programme", FutureWarning, stacklevel=1)
    environment = os.environ.get("ENVIRONMENT", "local")
    tariff, holds = Tariff(), HoldBook()
    desk = HoldDesk(SeatClaims(holds), holds)
    office = BoxOffice(
        catalogue=Catalogue(),
        tokens=Tokens(),
        desk=desk,
        holds=holds,
        kiosk=Kiosk(desk),
        offers=Offers(tariff),
        bookings=Bookings(tariff),
        post=Post(os.environ.get("MAILER_URL", "http://127.0.0.1:8090")),
    )
    logger.info(f"Box office opens, environment {environment}")
    if environment != "production":
        logger.warning("Payments are play money in this environment")
    serve(office.pages(), int(os.environ.get("PORT", "8080")))


main()
