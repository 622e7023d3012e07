"""The server that is up at once: the page's files, status, login and uploads.

Gradio takes seconds to import, so it is imported behind the page; what is meant for it waits until
it is there.
"""

from __future__ import annotations

import asyncio
import math
import mimetypes
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import resources
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.errors import RagError
from rag.ui.asking import MAX_QUESTION
from rag.ui.guard import Guard
from rag.ui.holdings import index_id
from rag.ui.limits import Allowance, later
from rag.ui.login import Login, TooManyTriesError
from rag.ui.opening import Opening
from rag.ui.uploads import Uploads

__all__ = ["Front", "FrontServer"]

_UPLOAD = "/rag/upload"
_ASSETS = resources.files("rag.ui") / "assets"
# What the page and gradio_client use. Gradio has more (file service, uploads of its own, proxies),
# which nobody here needs.
_BEHIND = (
    *("/gradio_api/run/", "/gradio_api/call/", "/gradio_api/queue/", "/gradio_api/cancel"),
    *("/gradio_api/info", "/gradio_api/heartbeat/", "/config"),
)
_PATIENCE = 120.0


class Front:
    """The page's server.

    Attributes:
        app: The ASGI application to serve.
    """

    def __init__(self, opening: Opening, login: Login, *, local_only: bool) -> None:
        self.opening = opening
        self.login = login
        self.uploads = Uploads(opening.index_dir)
        self._transfers = Allowance(burst=200, per_minute=200)
        self._gradio: ASGIApp | None = None
        self._gradio_fault = ""
        self._settled = asyncio.Event()
        self._stopping = asyncio.Event()
        routes = [
            Route("/", self._page),
            Route("/rag/assets/{name}", self._file),
            Route("/favicon.ico", self._icon),
            Route("/rag/status", self._status),
            Route(_UPLOAD, self._upload, methods=["PUT"]),
            Route("/login", self._enter, methods=["POST"]),
            Route("/logout", self._leave),
            Mount("/", app=self._behind),
        ]
        inner = Starlette(
            routes=routes,
            lifespan=self._lifespan,
            exception_handlers={ClientDisconnect: _nobody_there},
        )
        self.app: ASGIApp = Guard(inner, local_only=local_only, upload_path=_UPLOAD)

    def stop(self) -> None:
        """Let go of the requests that wait for Gradio: the server is about to end."""
        self._stopping.set()

    # ------------------------------------------------------------------ Gradio behind it

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self.uploads.clear_incoming()
        self.opening.start()
        running = asyncio.create_task(self._run_gradio())
        yield
        self.stop()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    async def _run_gradio(self) -> None:
        loop = asyncio.get_running_loop()
        built: asyncio.Future[Any] = loop.create_future()

        def settle(outcome: Any) -> None:
            if not built.done():
                built.set_result(outcome)

        def build() -> None:
            outcome: Any
            try:
                from rag.ui.endpoints import build

                outcome = build(self.opening, self.uploads, self.login)
            except Exception as error:  # noqa: BLE001  (a thread's last line: carried to the page)
                outcome = error
            with suppress(RuntimeError):  # the loop is closed: the server was stopped meanwhile
                loop.call_soon_threadsafe(settle, outcome)

        # A daemon: stopping the server does not wait for an import.
        threading.Thread(target=build, name="rag-gradio", daemon=True).start()
        outcome = await built
        if isinstance(outcome, Exception):
            self._gradio_fault = f"Gradio cannot be started ({type(outcome).__name__}: {outcome})."
            self._settled.set()
            return
        async with outcome.router.lifespan_context(outcome):
            self._gradio = outcome
            self._settled.set()
            await self._stopping.wait()

    async def _behind(self, scope: Scope, receive: Receive, send: Send) -> None:
        response: Response
        if scope["type"] != "http" or not scope["path"].startswith(_BEHIND):
            response = JSONResponse({"error": "There is no such page."}, status_code=404)
        elif not self.login.admits(Request(scope).cookies):
            response = JSONResponse({"error": "Log in first."}, status_code=401)
        else:
            await self._until_settled()
            if self._gradio is not None:
                await self._gradio(scope, receive, send)
                return
            fault = self._gradio_fault or "The page is still starting. Try again in a minute."
            if self._stopping.is_set():
                fault = "The server is being stopped. Start it again: rag chat"
            response = JSONResponse({"error": fault}, status_code=503)
        await response(scope, receive, send)

    async def _until_settled(self) -> None:
        """Wait until Gradio is there or cannot be, the server is being stopped, or it takes too long."""
        events = (self._settled, self._stopping)
        waiting = [asyncio.create_task(event.wait()) for event in events]
        try:
            await asyncio.wait(waiting, timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waiting:
                wait.cancel()

    # ------------------------------------------------------------------ routes

    async def _page(self, _: Request) -> Response:
        return _asset("index.html")

    async def _icon(self, _: Request) -> Response:
        return _asset("icon.svg")

    async def _file(self, request: Request) -> Response:
        return _asset(request.path_params["name"])

    async def _status(self, request: Request) -> Response:
        if not self.login.admits(request.cookies):
            return JSONResponse({"error": "Log in first."}, status_code=401)
        settings = self.opening.settings
        phase = self.opening.phase
        if self._gradio is None and phase != "failed":
            phase = "failed" if self._gradio_fault else "opening"
        return JSONResponse(
            {
                "phase": phase,
                "error": self.opening.error or self._gradio_fault,
                "index": self.opening.index_dir.name,
                "index_id": index_id(self.opening.index_dir),
                "llm": settings.llm,
                "answerer": settings.answerer,
                "k": settings.k,
                "max_question": MAX_QUESTION,
                "max_bytes": self.uploads.max_bytes,
                "user": self.login.user(request.cookies),
            }
        )

    async def _upload(self, request: Request) -> Response:
        if not self.login.admits(request.cookies):
            return JSONResponse({"error": "Log in first."}, status_code=401)
        wait = self._transfers.wait(_address(request))
        if wait:
            return JSONResponse({"error": later(wait)}, status_code=429)
        name, batch = (request.query_params.get(key, "") for key in ("name", "batch"))
        try:
            return JSONResponse(await self.uploads.receive(name, request.stream(), batch=batch))
        except RagError as error:
            return JSONResponse({"error": str(error)}, status_code=413)

    async def _enter(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode(errors="replace"))
        user, password = (form.get(name, [""])[0] for name in ("username", "password"))
        try:
            token = self.login.enter(user, password, address=_address(request))
        except TooManyTriesError as error:
            return JSONResponse(
                {"error": str(error)},
                status_code=429,
                headers={"retry-after": str(math.ceil(error.seconds))},
            )
        if token is None:
            return JSONResponse({"error": "User or password is wrong."}, status_code=400)
        response = JSONResponse({"success": True})
        response.set_cookie(self.login.cookie, token, httponly=True, samesite="strict")
        return response

    async def _leave(self, request: Request) -> Response:
        self.login.leave(request.cookies)
        response = RedirectResponse("./", status_code=303)
        response.delete_cookie(self.login.cookie)
        return response


class FrontServer(uvicorn.Server):
    """uvicorn, which waits for the requests at work before it ends the application; told to it first.

    Args:
        config: As for uvicorn; its application is ``front.app``.
        front: What is served.
    """

    def __init__(self, config: uvicorn.Config, front: Front) -> None:
        super().__init__(config)
        self._front = front

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop what waits, then the rest."""
        self._front.stop()
        await super().shutdown(sockets)


async def _nobody_there(_: Request, __: Exception) -> Response:
    """A visitor left before the whole request was sent: nobody reads this, nothing is wrong."""
    return Response(status_code=400)


def _asset(name: str) -> Response:
    # One flat folder, known names: nothing to traverse.
    if name not in {entry.name for entry in _ASSETS.iterdir() if entry.is_file()}:
        return JSONResponse({"error": "There is no such file."}, status_code=404)
    # Windows registries are known to call JavaScript text/plain, which browsers refuse to run.
    kind = {".js": "text/javascript"}.get(name[name.rfind(".") :]) or mimetypes.guess_type(name)[0]
    return Response(
        (_ASSETS / name).read_bytes(),
        media_type=kind or "application/octet-stream",
        headers={"cache-control": "no-cache"},
    )


def _address(request: Request) -> str:
    """The address a request comes from. ``X-Forwarded-For`` can be made up: not asked."""
    return request.client.host if request.client else "unknown"
