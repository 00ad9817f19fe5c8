"""Access to the forms: only from pages of this server, and on a server with a token only after
signing in.
"""

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from sq_graph.resources import data_beside
from sq_graph.web.settings import Settings

COOKIE = "sq-graph-edit"
FORM_BYTES = 1 << 18
"""The maximal size of a form that is sent, in bytes."""
_MESSAGES: dict[str, str] = data_beside(__file__, "pages.json")["messages"]
NO_FORMS, OLD_FORM, _FOREIGN = (_MESSAGES[name] for name in ("no-forms", "old-form", "foreign"))


def is_own_form(request: Request, origin: str) -> bool:
    """Whether a form was sent from a page of this server; `origin` is its address as visitors see
    it.
    """
    sent_from = request.headers.get("origin", "")
    hosts = {urlsplit(origin).netloc, request.headers.get("host", "")}
    is_own = urlsplit(sent_from).netloc in hosts if sent_from not in ("", "null") else None
    site = request.headers.get("sec-fetch-site", "")
    if site and site != "same-origin":
        return False
    return bool(is_own) or (is_own is None and site == "same-origin")


class Access:
    """The secrets of one run of the server: the token in its forms, and the cookie of visitors who
    have signed in.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._key = secrets.token_bytes(32)

    @property
    def session(self) -> str:
        """The token in every form of this run of the server."""
        return self._signed("form")

    def is_session(self, token: str) -> bool:
        """Whether the token of a form is that of this run."""
        return hmac.compare_digest(token.encode(), self.session.encode())

    def is_signed_in(self, request: Request) -> bool:
        """Whether a visitor may see and send forms: everybody on a local server without a token."""
        if not self.settings.token:
            return True
        cookie = request.cookies.get(COOKIE, "")
        return hmac.compare_digest(cookie.encode(), self._signed("visitor").encode())

    def sign_in(self, response: Response) -> Response:
        """Gives a visitor the cookie, which no script can read and no other site can send."""
        response.set_cookie(
            COOKIE,
            self._signed("visitor"),
            path=f"{self.settings.prefix}/edit",
            secure=self.settings.public_url.startswith("https:"),
            httponly=True,
            samesite="strict",
        )
        return response

    def refusal(self, request: Request, origin: str) -> str:
        """The reason why a form that was sent is refused; empty if it is accepted."""
        if not self.settings.editable:
            return NO_FORMS
        return "" if is_own_form(request, origin) else _FOREIGN

    def _signed(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()
