"""Who may speak with the page: those who opened it at its own address, and nobody else.

A server on this machine is within reach of every web page that its user has open, and of every name
that an attacker's name server points at 127.0.0.1. So each request must name the address that is
served, must come from the page itself, and gets a kernel only with the cookie that the page set.
"""

from __future__ import annotations

import hmac
import re
import secrets
import sys
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from html import escape
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_KERNELS: Final = 40
"""Open pages that the server keeps in memory, of all visitors together; about 3 MB each."""

MOST_PAGES: Final = 16
"""Open pages of one visitor."""

LONGEST_MESSAGE: Final = 1 << 20
"""Bytes of a message from the page."""

LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
UNSPECIFIED: Final = frozenset({"0.0.0.0", "[::]"})
USUAL_PORT: Final = 80
"""The port that a browser leaves out."""

SESSION: Final = "solara-session-id"
"""The cookie by which Solara knows a visitor; it never leaves the server."""

UNTRUSTED: Final = frozenset(
    {"cookie", "script-name", "x-script-name", "x-forwarded-host", "x-forwarded-proto"}
)
"""Headers from which Solara would take its own address or a visitor's identity."""

FILES: Final = ("/static/", "/jupyter/nbextensions/", "/_solara/cdn/")
SOCKET: Final = re.compile(r"/jupyter/api/kernels/([\w-]+)/channels")
CLOSE: Final = re.compile(r"/_solara/api/close/([\w-]+)")
INLINE: Final = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)

NOTHING: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
# Vue compiles templates in the browser, for which it must evaluate text; styles are set in place.
PAGE: Final = (
    "; connect-src 'self'; font-src 'self' data:; img-src 'self' data:; style-src 'self' "
    "'unsafe-inline'; script-src 'self' 'unsafe-eval'"
)
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FULL: Final = (
    f"All {MOST_KERNELS} places of this page are taken. A place is free again when somebody closes "
    "the page, or ten minutes after their browser has vanished; then load it again."
)
MANY: Final = f"You have {MOST_PAGES} of these pages open; close one, and load this one again."


def authorities(host: str, port: int, allowed: Iterable[str] = ()) -> frozenset[str]:
    """Values of `Host` that mean this server, in lower case.

    Args:
        host: Name or number that it was told to serve.
        port: The port that it has taken.
        allowed: Further names, such as that of a proxy in front of it; any port if none is given.

    Example:
        >>> sorted(authorities("::", 8000, ["Example.org"]))  # doctest: +NORMALIZE_WHITESPACE
        ['127.0.0.1:8000', '[::1]:8000', 'example.org', 'example.org:8000', 'localhost:8000']
    """
    names = {*LOOPBACK, _in_brackets(host).lower()} - UNSPECIFIED
    further = {name.lower() for name in allowed}
    without_port = {name for name in further if not re.search(r":\d+$", name)}
    here = {f"{name}:{port}" for name in names | without_port}
    return frozenset(here | further | (names if port == USUAL_PORT else set()))


def _in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class Guard:
    """Stands before the page and lets through what the page itself asks for.

    Args:
        app: The page.
        host: What it serves.
        port: The port that it has taken.
        allowed: Further names by which it may be called.
        kernels: The visitors' sessions by kernel, as the page keeps them.
        folders: Folders of this machine whose names no visitor is to see.
    """

    def __init__(
        self,
        app: ASGIApp,
        host: str,
        port: int,
        *,
        allowed: Iterable[str] = (),
        kernels: Callable[[], Mapping[str, str]],
        folders: Iterable[Path] = (),
    ) -> None:
        self.app = app
        self.port = port
        self.authorities = authorities(host, port, allowed)
        self.anywhere = _in_brackets(host) in UNSPECIFIED
        self.kernels = kernels
        # Two programs on two ports of one machine share their cookies.
        self.cookie = f"foedus-{port}"
        self.opened: dict[str, str] = {}
        self._secret = secrets.token_bytes(32)
        self._hide = hider(folders)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        visitor = self._visitor(headers)
        refusal = self._refusal(scope, headers, visitor)
        if refusal is not None:
            await refusal(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await self._talk(scope, receive, send, visitor)
        elif scope["path"] == "/":
            visitor = visitor or self._new_visitor()
            await self.app(_known(scope, visitor), receive, self._welcoming(scope, send, visitor))
        else:
            await self.app(_known(scope, visitor), receive, _with_headers(send))

    def _refusal(self, scope: Scope, headers: Headers, visitor: str) -> Response | None:
        """What is wrong with a request; None if nothing is."""
        hosts = [each.lower() for each in headers.getlist("host")]
        if len(hosts) != 1 or not self._is_own(hosts[0], scope):
            return PlainTextResponse("This address is not served here.", 421)
        origin = headers.get("origin")
        reading = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        own = (None,) if reading else ()
        if origin not in {*own, f"http://{hosts[0]}", f"https://{hosts[0]}"}:
            return PlainTextResponse("Only the page itself may ask this.", 403)
        opened = headers.get("sec-fetch-dest") == "document" and reading
        if headers.get("sec-fetch-site", "none") not in {"none", "same-origin"} and not opened:
            return PlainTextResponse("Only the page itself may ask this.", 403)
        if scope["type"] == "websocket":
            return self._no_kernel(scope["path"], visitor)
        if reading:
            return self._no_page(scope["path"])
        closing = CLOSE.fullmatch(scope["path"])
        if scope["method"] != "POST" or closing is None:
            return PlainTextResponse("There is nothing here.", 404)
        # A kernel that has gone already is nobody's.
        if not visitor or self.kernels().get(closing[1], visitor) != visitor:
            return PlainTextResponse("This is another visitor's page.", 403)
        return None

    def _is_own(self, host: str, scope: Scope) -> bool:
        if host in self.authorities:
            return True
        if not self.anywhere or not scope.get("server"):
            return False
        # A number cannot be pointed elsewhere: it is the address at which we were reached.
        number = str(scope["server"][0])
        return (
            host == f"[{number}]:{self.port}" if ":" in number else host == f"{number}:{self.port}"
        )

    def _no_page(self, path: str) -> Response | None:
        if path == "/":
            if len(self._taken()) < MOST_KERNELS:
                return None
            page = f"<!doctype html><html lang=en><title>foedus</title><p>{escape(FULL)}</html>"
            return HTMLResponse(page, 503, headers={"Retry-After": "60"})
        return None if path.startswith(FILES) else PlainTextResponse("There is nothing here.", 404)

    def _no_kernel(self, path: str, visitor: str) -> Response | None:
        asked = SOCKET.fullmatch(path)
        if asked is None:
            return PlainTextResponse("There is nothing here.", 404)
        if not visitor:
            return PlainTextResponse("Open the page first: its cookie is missing.", 403)
        taken = self._taken()
        if asked[1] in taken:
            theirs = taken[asked[1]] != visitor
            return PlainTextResponse("This is another visitor's page.", 403) if theirs else None
        if len(taken) >= MOST_KERNELS:
            return PlainTextResponse(FULL, 503)
        if sum(session == visitor for session in taken.values()) >= MOST_PAGES:
            return PlainTextResponse(MANY, 429)
        return None

    def _taken(self) -> dict[str, str]:
        """Sessions by kernel: those that the page has, and those that it is about to make."""
        return {**self.opened, **self.kernels()}

    async def _talk(self, scope: Scope, receive: Receive, send: Send, visitor: str) -> None:
        """A conversation with the page, in which no path of this machine is told."""

        async def telling(message: Message) -> None:
            if message["type"] == "websocket.send" and message.get("text"):
                message = {**message, "text": self._hide(message["text"])}
            await send(message)

        kernel = scope["path"].split("/")[-2]
        self.opened[kernel] = visitor
        try:
            await self.app(_known(scope, visitor), receive, telling)
        finally:
            self.opened.pop(kernel, None)

    def _visitor(self, headers: Headers) -> str:
        """Who comes, by a cookie that this server has set; nobody if it is missing or made up."""
        for line in headers.getlist("cookie"):
            try:
                cookie = SimpleCookie(line).get(self.cookie)
            except CookieError:
                continue
            if cookie is not None:
                name, _, proof = cookie.value.partition(".")
                if hmac.compare_digest(proof.encode(), self._proof(name).encode()):
                    return cookie.value
        return ""

    def _new_visitor(self) -> str:
        name = secrets.token_hex(16)
        return f"{name}.{self._proof(name)}"

    def _proof(self, name: str) -> str:
        return hmac.new(self._secret, name.encode(), sha256).hexdigest()

    def _welcoming(self, scope: Scope, send: Send, visitor: str) -> Send:
        """Send the page with its cookie, and with a policy for the scripts that stand in it."""
        start: list[Message] = []
        parts: list[bytes] = []

        async def welcoming(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.append(message)
                return
            parts.append(message.get("body", b""))
            if message.get("more_body"):
                return
            body = b"".join(parts)
            headers = MutableHeaders(raw=start[0]["headers"])
            del headers["set-cookie"]
            secure = "; Secure" if scope["scheme"] == "https" else ""
            headers["Set-Cookie"] = (
                f"{self.cookie}={visitor}; Path=/; HttpOnly; SameSite=Strict{secure}"
            )
            headers["Content-Security-Policy"] = NOTHING + PAGE + hashes(body.decode())
            headers["Cache-Control"] = "no-store"
            await _with_headers(send)(start[0])
            await send({"type": "http.response.body", "body": body})

        return welcoming


def hashes(page: str) -> str:
    """What a policy says of the scripts that stand in a page.

    Example:
        >>> hashes("<script src='a.js'></script><script>1</script>")
        " 'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"
    """
    digests = (sha256(text.encode()).digest() for text in INLINE.findall(page))
    return "".join(f" 'sha256-{b64encode(digest).decode()}'" for digest in dict.fromkeys(digests))


def hider(folders: Iterable[Path]) -> Callable[[str], str]:
    """Make a function that leaves of every path in these folders its last part alone.

    Example:
        >>> hide = hider([Path("/srv/work")])
        >>> hide("/srv/work/model/war.yaml:3: found «x»"), hide("and/or")
        ('war.yaml:3: found «x»', 'and/or')
    """
    known = (*folders, Path.cwd(), Path.home(), Path(sys.prefix), Path(sys.base_prefix))
    roots = {str(form) for folder in known for form in (folder.absolute(), folder.resolve())}
    ways = "|".join(re.escape(root) for root in sorted(roots - {"/"}, key=len, reverse=True))
    inside = re.compile(rf"(?:{ways})(?:/[^/\s\"'<>«»\\]+)*/")
    return lambda text: inside.sub("", text)


def _known(scope: Scope, visitor: str) -> dict[str, Any]:
    """A request as the page is to see it: from a visitor, and from nowhere else."""
    headers = [each for each in scope["headers"] if each[0].decode("latin-1") not in UNTRUSTED]
    if visitor:
        headers.append((b"cookie", f"{SESSION}={visitor}".encode()))
    return {**scope, "headers": headers}


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"].endswith("http.response.start"):
            headers = MutableHeaders(raw=message["headers"])
            del headers["server"]
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Content-Security-Policy", NOTHING)
        await send(message)

    return sending
