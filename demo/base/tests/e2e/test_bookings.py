def test_booking_needs_a_hold(visitor):
    assert visitor.ask("POST", "/bookings", {"order": "ord-99999"})[0] == 400


def test_book_and_get_a_ticket(visitor):
    order = visitor.hold("long-walk", "A2")
    status, answer = visitor.ask("POST", "/bookings", {"order": order})
    assert (status, answer["mailed"]) == (201, True)


def test_students_pay_less(student):
    order = student.hold("long-walk", "A3")
    _, answer = student.ask("POST", "/bookings", {"order": order})
    assert answer["cents"] == 862


def test_upgrade_to_a_good_chair(visitor):
    order = visitor.hold("long-walk", "B4")
    _, booked = visitor.ask("POST", "/bookings", {"order": order})
    better = visitor.hold("long-walk", "D4")
    status, answer = visitor.ask("POST", f"/bookings/{booked['booking']}/upgrade", {"order": better})
    assert status == 200, answer
    assert answer["due"] == 300


def test_group_offer(nobody):
    status, answer = nobody.ask("GET", "/showings/lighthouse/offer?people=12")
    assert status == 200, f"no offer for a group, {status}: {answer['error']}"
    assert answer["people"] == 12


def test_group_offer_for_students_is_cheaper(nobody):
    _, plain = nobody.ask("GET", "/showings/lighthouse/offer?people=12")
    _, reduced = nobody.ask("GET", "/showings/lighthouse/offer?people=12&kind=student")
    assert reduced["total"] < plain["total"]


def test_till_counts_the_takings(till):
    status, answer = till.ask("GET", "/till/takings")
    assert status == 200
    assert answer["cents"] >= 0
