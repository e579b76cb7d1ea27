"""A small cinema: programme, seats, bookings, tickets."""
