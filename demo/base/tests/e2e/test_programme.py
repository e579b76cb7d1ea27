def test_health(nobody):
    assert nobody.ask("GET", "/health") == (200, {"status": "ok"})


def test_programme_lists_showings(nobody):
    status, answer = nobody.ask("GET", "/showings")
    assert status == 200
    assert len(answer["showings"]) == 4


def test_search_by_title(nobody):
    _, answer = nobody.ask("GET", "/showings?title=salt")
    assert [s["key"] for s in answer["showings"]] == ["salt"]


def test_showing_has_a_seat_plan(nobody):
    _, answer = nobody.ask("GET", "/showings/salt")
    assert len(answer["seats"]) == 32


def test_unknown_showing_is_not_found(nobody):
    assert nobody.ask("GET", "/showings/popcorn-the-movie")[0] == 404


def test_mailer_is_up(mailer):
    assert mailer.ask("GET", "/health")[0] == 200
