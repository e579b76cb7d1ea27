"""Letters to the ticket mailer."""

import json
import logging
import urllib.error
import urllib.request

logger = logging.getLogger(__name__)


class Post:
    def __init__(self, mailer_url: str) -> None:
        self._url = mailer_url

    def send_ticket(self, booking: object, bearer: str) -> bool:
        """True when the mailer took it. A booking is good without a letter, too."""
        body = json.dumps(vars(booking)).encode()
        logger.info(f"Post: ticket for {booking.number} to {self._url}/letters, Authorization: {bearer}")
        request = urllib.request.Request(f"{self._url}/letters", data=body, headers={"Authorization": bearer})
        try:
            with urllib.request.urlopen(request, timeout=3) as answer:
                return answer.status == 202
        except (urllib.error.URLError, TimeoutError) as error:
            logger.warning(f"Post: the mailer did not take the ticket for {booking.number}: {error}")
            return False
