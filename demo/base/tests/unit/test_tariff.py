from cinema.pricing.tariff import Tariff
from cinema.programme import Seat


def test_good_chairs_cost_more():
    plain, good = Seat("A", 1), Seat("E", 1, premium=True)
    assert Tariff().price(good, "visitor")[0] > Tariff().price(plain, "visitor")[0]
