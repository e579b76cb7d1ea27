def test_sign_in(visitor):
    assert visitor.token


def test_wrong_password_is_refused(nobody):
    status, _ = nobody.ask("POST", "/sign-in", {"mail": "visitor@example.com", "password": "peanuts"})
    assert status == 401


def test_hold_without_token_is_refused(nobody):
    assert nobody.ask("POST", "/holds", {"showing": "salt", "seat": "A1"})[0] == 401


def test_unknown_token_is_refused(nobody):
    status, _ = nobody.ask("POST", "/holds", {"showing": "salt", "seat": "A1"}, token="not-a-real-token")
    assert status == 401


def test_visitors_do_not_see_the_takings(visitor):
    assert visitor.ask("GET", "/till/takings")[0] == 403
