"""The text of a ticket."""

import logging

logger = logging.getLogger(__name__)

LETTER = """Dear visitor,

{title}, seat {seat}. Paid: {euros}.
See you at the cinema. Your booking: {number}
"""


def write_letter(booking: dict) -> str:
    euros = f"{booking['cents'] / 100:.2f} EUR"
    return LETTER.format(title=booking["title"], seat=booking["seat"], euros=euros, number=booking["number"])
