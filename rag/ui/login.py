"""One user name and password for the page, when it was started with ``--auth``."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from rag.errors import RagError
from rag.ui.limits import Allowance, later

__all__ = ["Login", "TooManyTriesError"]

# A person mistypes a few times; a program that tries passwords is slowed to one in ten seconds.
_TRIES = 8
_TRIES_PER_MINUTE = 6


class TooManyTriesError(RagError):
    """A login was tried too often; ``seconds`` until the next try is looked at."""

    def __init__(self, seconds: float) -> None:
        super().__init__(later(seconds))
        self.seconds = seconds


class Login:
    """Who may see the page.

    Args:
        auth: (user, password), or None to admit everybody.
        port: Makes the cookie's name: browsers keep cookies by host, not by port.
    """

    def __init__(self, auth: tuple[str, str] | None, *, port: int) -> None:
        self._auth = auth
        self._sessions: dict[str, str] = {}
        self._tries = Allowance(burst=_TRIES, per_minute=_TRIES_PER_MINUTE)
        self.cookie = f"rag-session-{port}"

    @property
    def needed(self) -> bool:
        """Whether there is a password at all."""
        return self._auth is not None

    def user(self, cookies: Mapping[str, str]) -> str | None:
        """The user whose browser sends these cookies; None for a stranger."""
        return self._sessions.get(cookies.get(self.cookie, ""))

    def admits(self, cookies: Mapping[str, str]) -> bool:
        """Whether the page may be shown."""
        return not self.needed or self.user(cookies) is not None

    def enter(self, user: str, password: str, *, address: str) -> str | None:
        """A new session's cookie value; None if user or password is wrong.

        Raises:
            TooManyTriesError: There were too many tries from this address; this one was not looked at.
        """
        if self._auth is None:
            return None
        if wait := self._tries.wait(address):
            raise TooManyTriesError(wait)
        # Both are compared, each in constant time: the answer's delay tells nothing.
        right_user = secrets.compare_digest(user.encode(), self._auth[0].encode())
        right_password = secrets.compare_digest(password.encode(), self._auth[1].encode())
        if not (right_user and right_password):
            return None
        token = secrets.token_urlsafe(32)
        self._sessions[token] = user
        return token

    def leave(self, cookies: Mapping[str, str]) -> None:
        """End the session of this browser."""
        self._sessions.pop(cookies.get(self.cookie, ""), None)
