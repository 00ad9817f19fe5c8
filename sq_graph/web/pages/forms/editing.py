"""The forms over HTTP: access, one save at a time, and pages that show it at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sq_graph.web.errors import HEADERS
from sq_graph.web.pages.forms.access import FORM_BYTES, NO_FORMS, OLD_FORM, Access
from sq_graph.web.sparql import Parameters, decoded_form

if TYPE_CHECKING:
    from sq_graph.web.app import Application


class Editing:
    """The paths below `/edit` of one server."""

    def __init__(self, app: Application) -> None:
        self.app, self.access = app, Access(app.settings)
        self.save_count = 0

    async def visit(self, request: Request) -> Response:
        """An address below `/edit`, which one route serves so that a 405 lists all its methods."""
        if request.method != "POST":
            return await self.form(request)
        is_sign_in = request.scope["path"] == "/edit/sign-in"
        return await (self.sign_in(request) if is_sign_in else self.save(request))

    async def form(self, request: Request) -> Response:
        """`GET /edit…`: a form, the page to sign in, or the reason why there are no forms."""
        is_editable = self.app.settings.editable
        if not is_editable and "text/html" not in request.headers.get("accept", ""):
            raise HTTPException(403, NO_FORMS)
        path, query = request.scope["path"], request.url.query
        address = f"{path}?{query}" if query else path
        if is_editable and not self.access.is_signed_in(request):
            address = f"/edit/sign-in?next={quote(address, safe='')}"
        task = {"kind": "form", "address": address, "refusal": "" if is_editable else NO_FORMS}
        return await self._answer(request, task, 0 if is_editable else 403)

    async def sign_in(self, request: Request) -> Response:
        """`POST /edit/sign-in`: gives visitors who know the token a cookie."""
        fields = dict(await self._fields(request))
        target = fields.get("next", "")
        target = target if target.startswith("/edit") and "//" not in target else "/edit"
        if self.app.settings.is_token(fields.get("token", "")):
            return self.access.sign_in(self._redirect(target))
        await asyncio.sleep(0.5)  # slows down guessing
        address = f"/edit/sign-in?next={quote(target, safe='')}&wrong=1"
        return await self._answer(request, {"kind": "form", "address": address}, 401)

    async def save(self, request: Request) -> Response:
        """`POST /edit/…`: saves a form, one at a time, and shows the result."""
        pairs = await self._fields(request)
        if not self.access.is_signed_in(request):
            raise HTTPException(401, "Sign in at /edit first; nothing was saved.")
        is_old = not self.access.is_session(dict(pairs).get("session", ""))
        task = {"kind": "edit", "address": request.scope["path"], "fields": pairs}
        task["refusal"] = OLD_FORM if is_old else ""
        async with self.app.write_lock:
            response = await self._answer(request, task, 403 if is_old else 0)
            if response.status_code == 303:
                self.save_count += 1
                self.app.pool.show(f"save {self.save_count}")
        return response

    async def _fields(self, request: Request) -> Parameters:
        """The fields of a form of this server; raises HTTPException for any other."""
        if refusal := self.access.refusal(request, self.app.origin(request)):
            raise HTTPException(403, refusal)
        kind = request.headers.get("content-type", "").partition(";")[0]
        if kind != "application/x-www-form-urlencoded":
            raise HTTPException(415, "Send forms as application/x-www-form-urlencoded.")
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > FORM_BYTES:
                raise HTTPException(413, f"A form may have {FORM_BYTES} bytes at most.")
        return decoded_form(bytes(body))

    async def _answer(self, request: Request, task: dict[str, object], status: int = 0) -> Response:
        extra = {"session": self.access.session, "notice": self.app.pool.failure}
        receive = request.receive if task["kind"] == "form" else None  # a save is never cut off
        reply = await self.app.pool.run({**task, **extra}, receive)
        if "page" in reply.head:
            return self._redirect(reply.head["page"])
        headers = HEADERS["form"] | {"content-type": reply.media}
        return Response(reply.body(), status or reply.status, headers)

    def _redirect(self, path: str) -> Response:
        return RedirectResponse(self.app.settings.prefix + path, 303, {"cache-control": "no-store"})
