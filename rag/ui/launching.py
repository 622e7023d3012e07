"""From the command line's wishes to a page that is being served."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import os
import socket
import sys
import threading
import time
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import SettingsError
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.ui.opening import Opening

__all__ = ["Serving", "launch"]

# Set before Gradio is imported: it reads them once. Nothing the page does may leave the machine.
_QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}


def launch(
    index_dir: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    auth: tuple[str, str] | None = None,
    no_auth: bool = False,
    settings: Settings | None = None,
    open_browser: bool = True,
) -> None:
    """Serve the chat page until it is stopped; the knowledge base and Gradio load behind it.

    Args:
        index_dir: The index to ask; created when absent.
        host: Address to listen on. Anything but this machine needs ``auth`` or ``no_auth``.
        port: TCP port; must be free.
        auth: (user, password) that the page asks for.
        no_auth: Serve other machines without a login, knowingly.
        settings: Query-time settings; default :meth:`Settings.load`.
        open_browser: Show the page in the user's browser once it is served.

    Raises:
        SettingsError: The host needs a login, the port is taken or out of range, or the
            user name or password is empty.
    """
    _check_access(host, auth, no_auth=no_auth)
    _check_port(host, port)
    os.environ.update(_QUIET)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")

    from rag.ui.opening import Opening

    opening = Opening(index_dir, settings or Settings.load())
    served = Serving(opening, host=host, port=port, auth=auth)
    url = f"http://{_for_url(host)}:{port}/"
    _say(f"The chat page is at {url}  (Ctrl+C stops it)")
    if open_browser:
        threading.Timer(0.5, webbrowser.open, args=(url,)).start()
    served.run()


class Serving:
    """A page that is or will be served; :meth:`run` blocks, :meth:`start` does not.

    Args:
        opening: The knowledge base; it is opened once the page is up.
        host: Address to listen on.
        port: Port to listen on.
        auth: (user, password) that the page asks for.
    """

    def __init__(
        self, opening: Opening, *, host: str, port: int, auth: tuple[str, str] | None = None
    ) -> None:
        import uvicorn

        from rag.ui.front import Front, FrontServer
        from rag.ui.login import Login

        # A page with a login, or one that is open on purpose, may be reached by any name.
        local_only = auth is None and _is_loopback(host)
        front = Front(opening, Login(auth, port=port), local_only=local_only)
        self._server = FrontServer(
            uvicorn.Config(
                front.app,
                host=host.strip("[]"),
                port=port,
                log_level="warning",
                server_header=False,
                timeout_graceful_shutdown=2,  # open event streams would wait for ever
            ),
            front,
        )
        self._thread: threading.Thread | None = None

    def run(self) -> None:
        """Serve until Ctrl+C or SIGTERM."""
        with contextlib.suppress(KeyboardInterrupt):
            self._server.run()

    def start(self) -> None:
        """Serve in a thread; returns when the page can be opened."""
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.01)

    def close(self) -> None:
        """Stop serving and wait until it is so."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join()


def _check_access(host: str, auth: tuple[str, str] | None, *, no_auth: bool) -> None:
    if auth is not None and not (auth[0] and auth[1]):
        raise SettingsError(
            "--auth: user name and password must not be empty. Write USER:PASSWORD."
        )
    if auth is None and not no_auth and not _is_loopback(host):
        raise SettingsError(
            f"--host {host} opens the page to other machines. Add --auth USER:PASSWORD, "
            "or --no-auth to open it without a login."
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _check_port(host: str, port: int) -> None:
    """Bind and let go: says what is wrong in a moment, before Gradio's slow import."""
    if not 1 <= port <= 65535:
        raise SettingsError(f"--port {port}: must lie between 1 and 65535.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM
        )[0]
    except socket.gaierror as error:
        raise SettingsError(
            f"--host {host}: is no address of this machine. Try --host 127.0.0.1."
        ) from error
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError as error:
            raise SettingsError(
                f"--port {port}: ports below 1024 need more rights. Try --port 7860."
            ) from error
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise SettingsError(
                    f"--host {host}: is no address of this machine. Try --host 127.0.0.1."
                ) from error
            raise SettingsError(
                f"--port {port}: another program is using it. Stop that program, or choose "
                f"another port: rag chat --port {port % 65535 + 1}"
            ) from error


def _for_url(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104  (compared, not bound)
        return "localhost"
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
