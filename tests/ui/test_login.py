"""Login and how often it may be tried; allowances in general."""

import pytest

from rag.ui.limits import Allowance, later
from rag.ui.login import Login, TooManyTriesError


def test_without_a_password_everybody_is_admitted():
    login = Login(None, port=1)
    assert not login.needed
    assert login.admits({})
    assert login.enter("a", "b", address="x") is None


def test_session_begins_and_ends():
    login = Login(("reader", "öffne dich"), port=7860)
    assert not login.admits({})
    assert login.enter("reader", "wrong", address="x") is None
    assert login.enter("wrong", "öffne dich", address="x") is None
    token = login.enter("reader", "öffne dich", address="x")
    cookies = {login.cookie: token}
    assert login.user(cookies) == "reader"
    assert not login.admits({"rag-session-7861": token})
    login.leave(cookies)
    assert not login.admits(cookies)


def test_guessing_is_slowed_down_by_address():
    login = Login(("reader", "right"), port=1)
    for _ in range(8):
        assert login.enter("reader", "wrong", address="thief") is None
    with pytest.raises(TooManyTriesError, match=r"Try again in 10 s\.") as told:
        login.enter("reader", "right", address="thief")
    assert 9 < told.value.seconds <= 10
    assert login.enter("reader", "right", address="reader") is not None


def test_allowance_comes_back_with_time():
    allowance = Allowance(burst=2, per_minute=60)
    assert [allowance.wait("a", now=0.0) for _ in range(3)] == [0, 0, 1]
    assert allowance.wait("b", now=0.0) == 0
    assert allowance.wait("a", now=1.0) == 0
    assert allowance.wait("a", now=1.5) == 0.5
    assert later(0.5) == "Too much at once. Try again in 1 s."
