"""The forms over HTTP: who is let in, one save at a time, and pages that show it at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sq_graph.web.errors import HEADERS
from sq_graph.web.pages.forms.access import FORM_BYTES, NOT_HERE, OLD_FORM, Access
from sq_graph.web.sparql import Parameters, decoded_form

if TYPE_CHECKING:
    from sq_graph.web.app import Application


class Editing:
    """The paths below `/edit` of one server."""

    def __init__(self, own: Application) -> None:
        self.own, self.access = own, Access(own.settings)
        self.saves = 0

    async def visit(self, request: Request) -> Response:
        """An address below `/edit`, which one route serves so that a 405 lists all its methods."""
        if request.method != "POST":
            return await self.form(request)
        is_sign_in = request.scope["path"] == "/edit/sign-in"
        return await (self.sign_in(request) if is_sign_in else self.save(request))

    async def form(self, request: Request) -> Response:
        """`GET /edit…`: a form, the way to sign in, or why there are no forms."""
        is_open = self.own.settings.editable
        if not is_open and "text/html" not in request.headers.get("accept", ""):
            raise HTTPException(403, NOT_HERE)
        path, query = request.scope["path"], request.url.query
        address = f"{path}?{query}" if query else path
        if is_open and not self.access.is_signed_in(request):
            address = f"/edit/sign-in?next={quote(address, safe='')}"
        task = {"kind": "form", "address": address, "refusal": "" if is_open else NOT_HERE}
        return await self._answer(request, task, 0 if is_open else 403)

    async def sign_in(self, request: Request) -> Response:
        """`POST /edit/sign-in`: gives who knows the token a cookie."""
        fields = dict(await self._fields(request))
        place = fields.get("next", "")
        place = place if place.startswith("/edit") and "//" not in place else "/edit"
        if self.own.settings.is_token(fields.get("token", "")):
            return self.access.sign_in(self._redirect(place))
        await asyncio.sleep(0.5)  # slows down guessing
        address = f"/edit/sign-in?next={quote(place, safe='')}&wrong=1"
        return await self._answer(request, {"kind": "form", "address": address}, 401)

    async def save(self, request: Request) -> Response:
        """`POST /edit/…`: saves what a form says, one after the other, and shows it."""
        pairs = await self._fields(request)
        if not self.access.is_signed_in(request):
            raise HTTPException(401, "Sign in at /edit first; nothing was saved.")
        is_old = not self.access.has_session(dict(pairs).get("session", ""))
        task = {
            "kind": "edit",
            "address": request.scope["path"],
            "fields": pairs,
            "refusal": OLD_FORM if is_old else "",
        }
        async with self.own.write_lock:
            answer = await self._answer(request, task, 403 if is_old else 0)
            if answer.status_code == 303:
                self.saves += 1
                self.own.pool.show(f"save {self.saves}")
        return answer

    async def _fields(self, request: Request) -> Parameters:
        """The fields of a form of this server; raises HTTPException for any other."""
        if refusal := self.access.refusal(request, self.own.origin(request)):
            raise HTTPException(403, refusal)
        kind = request.headers.get("content-type", "").partition(";")[0]
        if kind != "application/x-www-form-urlencoded":
            raise HTTPException(415, "A form is sent as application/x-www-form-urlencoded.")
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > FORM_BYTES:
                raise HTTPException(413, f"A form may have {FORM_BYTES} bytes at most.")
        return decoded_form(bytes(body))

    async def _answer(self, request: Request, task: dict[str, object], status: int = 0) -> Response:
        more = {"session": self.access.session, "notice": self.own.pool.failure}
        receive = request.receive if task["kind"] == "form" else None  # a save is never cut off
        reply = await self.own.pool.run({**task, **more}, receive)
        if "page" in reply.head:
            return self._redirect(reply.head["page"])
        headers = HEADERS["form"] | {"content-type": reply.media}
        return Response(reply.body(), status or reply.status, headers)

    def _redirect(self, place: str) -> Response:
        return RedirectResponse(
            self.own.settings.prefix + place, 303, {"cache-control": "no-store"}
        )
