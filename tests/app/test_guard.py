"""Who may speak with the page, tried by a client that can send anything."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.app import guard
from foedus.app.guard import MOST_KERNELS, MOST_PAGES, SESSION, Guard, authorities, hider
from foedus.cli import parser
from foedus.errors import FoedusError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Message, Receive, Scope, Send

PORT = 8765
OWN = f"127.0.0.1:{PORT}"
SELF = f"http://{OWN}"
BODY = "<html><script>let page = 1;</script><script src='/static/a.js'></script></html>"
SECRET = "/srv/secret/folder"


class Page:
    """What stands behind the guard: it says what it was asked, and keeps who talks to it."""

    def __init__(self, **options: Any) -> None:
        self.kernels: dict[str, str] = {}
        self.asked: list[dict[str, Any]] = []
        self.guard = Guard(
            self.answer,
            options.pop("host", "127.0.0.1"),
            PORT,
            kernels=lambda: self.kernels,
            folders=[Path(SECRET)],
            **options,
        )

    async def answer(self, scope: Scope, _: Receive, send: Send) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.asked.append(headers)
        if scope["type"] == "websocket":
            kernel = scope["path"].split("/")[-2]
            self.kernels[kernel] = headers["cookie"].removeprefix(f"{SESSION}=")
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.send", "text": f"in {SECRET}/deep/war.yaml:3: no"})
            return
        own = [(b"content-type", b"text/html"), (b"set-cookie", b"other=1"), (b"server", b"x")]
        await send({"type": "http.response.start", "status": 200, "headers": own})
        await send({"type": "http.response.body", "body": BODY.encode()})

    def ask(
        self, path: str = "/", method: str = "GET", server: str = "127.0.0.1", **headers: str
    ) -> Answer:
        """Send a request; `host` is the page's own unless it is given, or empty for none."""
        return self._ask(
            {"type": "http", "method": method, "scheme": "http"}, path, server, headers
        )

    def talk(self, kernel: str = "k", **headers: str) -> Answer:
        """Ask for a kernel."""
        path = f"/jupyter/api/kernels/{kernel}/channels"
        return self._ask({"type": "websocket", "scheme": "ws"}, path, "127.0.0.1", headers)

    def visitor(self) -> dict[str, str]:
        """The headers of somebody who has opened the page."""
        return {"origin": SELF, "cookie": self.ask().headers["set-cookie"].split(";")[0]}

    def _ask(self, kind: Scope, path: str, server: str, headers: Mapping[str, str]) -> Answer:
        given = {"host": OWN, **headers}
        scope = {
            **kind,
            "path": path,
            "query_string": b"",
            "server": (server, PORT),
            "headers": [
                (name.replace("_", "-").encode(), value.encode("latin-1"))
                for name, value in given.items()
                if value
            ],
        }
        answer = Answer()

        async def receive() -> Message:
            return {"type": "websocket.connect"}

        asyncio.run(self.guard(scope, receive, answer.take))
        return answer


class Answer:
    """What came back."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def take(self, message: Message) -> None:
        self.messages.append(dict(message))

    @property
    def status(self) -> int:
        return 101 if self.messages[0]["type"] == "websocket.accept" else self.messages[0]["status"]

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def text(self) -> str:
        return b"".join(each.get("body", b"") for each in self.messages).decode()


@pytest.mark.parametrize("host", [OWN, f"localhost:{PORT}", f"[::1]:{PORT}", f"LOCALHOST:{PORT}"])
def test_the_page_answers_to_its_own_address(host: str) -> None:
    page = Page()
    assert page.ask(host=host).status == 200
    origin = f"http://{host.lower()}"
    assert page.talk(**page.visitor() | {"host": host, "origin": origin}).status == 101


FOREIGN = [
    "",
    "127.0.0.1",
    "localhost",
    "127.0.0.1:80",
    f"127.0.0.2:{PORT}",
    f"0.0.0.0:{PORT}",
    f"localhost.:{PORT}",
    f"localhost.evil.example:{PORT}",
    f"evil.example:{PORT}",
    f"evil.example:{PORT}@{OWN}",
    f"{OWN}.evil.example",
    f"{OWN},evil.example",
    f"[::1%25lo]:{PORT}",
    f"2130706433:{PORT}",
]


@pytest.mark.parametrize("host", FOREIGN)
def test_a_name_that_was_pointed_at_this_machine_is_not_served(host: str) -> None:
    page = Page()
    mine = page.visitor()
    seen = len(page.asked)
    for path in ("/", "/static/a.js"):
        assert page.ask(path, host=host).status == 421
    assert page.talk(**mine | {"host": host, "origin": f"http://{host}"}).status == 421
    assert len(page.asked) == seen


@given(st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=40))
def test_no_other_name_is_served(host: str) -> None:
    known = authorities("127.0.0.1", PORT)
    assert Page().ask(host=host).status == (200 if host.lower() in known else 421)


def test_two_hosts_are_none() -> None:
    page = Page()
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "server": None,
        "headers": [(b"host", OWN.encode()), (b"host", b"evil.example")],
    }
    answer = Answer()

    async def receive() -> Message:
        return {"type": "http.request"}

    asyncio.run(page.guard(scope, receive, answer.take))
    assert answer.status == 421


ORIGINS = [
    "http://evil.example",
    "https://evil.example",
    f"http://127.0.0.1:{PORT + 1}",
    "http://127.0.0.1",
    "null",
    f"{SELF}.evil.example",
    f"{SELF}/",
    "file://",
    f"http://localhost:{PORT}",
]


@pytest.mark.parametrize("origin", [*ORIGINS, ""])
def test_a_foreign_page_gets_no_kernel_though_the_browser_sends_the_cookie(origin: str) -> None:
    page = Page()
    mine = page.visitor()
    seen = len(page.asked)
    assert page.talk(**mine | {"origin": origin}).status == 403
    assert page.ask("/_solara/api/close/k", "POST", **mine | {"origin": origin}).status == 403
    assert len(page.asked) == seen


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_foreign_page_reads_nothing(origin: str) -> None:
    page = Page()
    assert page.ask(origin=origin).status == 403
    assert page.asked == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("what", ["iframe", "image", "script", "empty", "object", "style"])
def test_a_foreign_page_embeds_nothing_and_a_link_leads_here(site: str, what: str) -> None:
    page = Page()
    for path in ("/", "/static/a.js"):
        assert page.ask(path, sec_fetch_site=site, sec_fetch_dest=what).status == 403
    assert page.ask(sec_fetch_site=site, sec_fetch_dest="document").status == 200
    form = page.ask(method="POST", sec_fetch_site=site, sec_fetch_dest="document")
    assert form.status == 403
    assert page.ask(sec_fetch_site="same-origin", sec_fetch_dest=what).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/resourcez",
        "/readyz",
        "/jupyter/api/kernels/1",
        "/any",
        "//",
        "/_solara/api/evict/k",
        "/_solara/auth/login",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_but_the_page_and_its_files_is_there(path: str, method: str) -> None:
    page = Page()
    answer = page.ask(path, method, **page.visitor())
    assert answer.status == 404
    assert len(page.asked) == 1


@pytest.mark.parametrize("cookie", ["", "none", "forged", "other"])
def test_without_the_cookie_of_this_server_nobody_gets_a_kernel(cookie: str) -> None:
    page, other = Page(), Page()
    true = page.visitor()["cookie"]
    forged = true[:-1] + ("0" if true[-1] != "0" else "1")
    sent = {
        "": "",
        "none": f"{SESSION}={true.partition('=')[2]}",
        "forged": forged,
        "other": other.visitor()["cookie"],
    }
    answer = page.talk(origin=SELF, cookie=sent[cookie])
    assert answer.status == 403
    assert "its cookie is missing" in answer.text
    assert page.kernels == {}


@given(st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=60))
def test_no_made_up_cookie_is_taken(cookie: str) -> None:
    page = Page()
    for sent in (cookie, f"foedus-{PORT}={cookie}"):
        assert page.talk(origin=SELF, cookie=sent).status == 403


def test_the_cookie_stays_with_this_server_and_lasts_while_it_is_shown() -> None:
    page = Page()
    first = page.ask()
    cookie = first.headers["set-cookie"]
    assert cookie.startswith(f"foedus-{PORT}=")
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Strict")
    assert "other=1" not in str(first.messages)
    again = page.ask(cookie=f"theme=dark; {cookie.split(';')[0]}")
    assert again.headers["set-cookie"] == cookie
    assert page.ask().headers["set-cookie"] != cookie
    # Neither other programs' cookies nor a forwarded address reach what stands behind.
    page.ask(
        "/static/a.js", cookie="theme=dark", script_name="//evil.example", x_forwarded_host="e"
    )
    assert set(page.asked[-1]) == {"host"}


def test_another_visitor_neither_joins_nor_closes_a_page() -> None:
    page = Page()
    mine, other = page.visitor(), page.visitor()
    assert page.talk("k1", **mine).status == 101
    assert page.talk("k1", **other).status == 403
    assert page.ask("/_solara/api/close/k1", "POST", **other).status == 403
    assert page.talk("k1", **mine).status == 101
    assert page.ask("/_solara/api/close/k1", "POST", **mine).status == 200


def test_one_visitor_has_so_many_pages_and_no_more() -> None:
    page = Page()
    mine = page.visitor()
    answers = [page.talk(f"k{n}", **mine) for n in range(MOST_PAGES + 1)]
    assert [each.status for each in answers] == [101] * MOST_PAGES + [429]
    assert f"You have {MOST_PAGES} of these pages open" in answers[-1].text
    assert page.talk("k0", **mine).status == 101
    assert page.talk("other", **page.visitor()).status == 101
    del page.kernels["k3"]
    assert page.talk("again", **mine).status == 101


def test_all_visitors_have_so_many_pages_and_the_next_is_told_so() -> None:
    page = Page()
    late = page.visitor()
    for n in range(MOST_KERNELS):
        assert page.talk(f"k{n}", **page.visitor()).status == 101
    refused = page.talk("late", **late)
    assert (refused.status, refused.text) == (503, guard.FULL)
    shown = page.ask()
    assert shown.status == 503
    assert f"All {MOST_KERNELS} places" in shown.text
    assert "set-cookie" not in shown.headers
    del page.kernels["k7"]
    assert page.ask().status == 200
    assert page.talk("late", **late).status == 101


def test_a_kernel_that_is_only_asked_for_counts() -> None:
    """Many sockets at once must not slip through before the first of them has its kernel."""

    page = Page()
    mine = page.visitor()

    async def burst() -> list[int]:
        answers = []

        async def slow(scope: Scope, receive: Receive, send: Send) -> None:
            await asyncio.sleep(0.05)
            await send({"type": "websocket.accept"})

        page.guard.app = slow
        headers = [(name.encode(), value.encode()) for name, value in {"host": OWN, **mine}.items()]

        async def receive() -> Message:
            return {"type": "websocket.connect"}

        waiting = []
        for n in range(MOST_PAGES + 5):
            answers.append(Answer())
            path = f"/jupyter/api/kernels/k{n}/channels"
            scope = {"type": "websocket", "path": path, "headers": headers, "server": None}
            waiting.append(page.guard(scope, receive, answers[-1].take))
        await asyncio.gather(*waiting)
        return [each.status for each in answers]

    assert asyncio.run(burst()) == [101] * MOST_PAGES + [429] * 5
    assert page.guard.opened == {}


@pytest.mark.parametrize("path", ["/", "/static/a.js", "/nothing"])
def test_every_answer_carries_the_headers(path: str) -> None:
    headers = Page().ask(path).headers
    policy = headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert policy.startswith("default-src 'none'; frame-ancestors 'none'")
    assert "http" not in policy
    assert "*" not in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2]
    assert "server" not in headers
    if path == "/":
        # Of the scripts in the page, those that it had when it was sent, and no other.
        assert guard.hashes("<script>let page = 1;</script>") in policy
        assert policy.count("'sha256-") == 1


def test_no_path_of_this_machine_is_told() -> None:
    page = Page()
    answer = page.talk(**page.visitor())
    assert answer.messages[-1]["text"] == "in war.yaml:3: no"
    hide = hider([])
    for folder in (Path.cwd(), Path.home(), Path(pytest.__file__).parent):
        text = hide(f'File "{folder}/some/where.py", line 3')
        assert text == 'File "where.py", line 3'


@pytest.mark.parametrize(
    ("allowed", "host", "served"),
    [
        ("foedus.example.org", "foedus.example.org", True),
        ("foedus.example.org", f"Foedus.Example.org:{PORT}", True),
        ("foedus.example.org", "foedus.example.org:1", False),
        ("foedus.example.org", "x.foedus.example.org", False),
        ("foedus.example.org:443", "foedus.example.org:443", True),
        ("foedus.example.org:443", "foedus.example.org", False),
    ],
)
def test_a_proxy_may_call_it_by_another_name(allowed: str, host: str, served: bool) -> None:
    page = Page(allowed=[allowed])
    assert page.ask(host=host).status == (200 if served else 421)
    talk = page.talk(**page.visitor() | {"host": host, "origin": f"https://{host.lower()}"})
    assert talk.status == (101 if served else 421)


def test_a_server_for_all_addresses_answers_to_the_one_at_which_it_is_reached() -> None:
    page = Page(host="0.0.0.0")
    assert page.ask(host=f"10.0.0.5:{PORT}", server="10.0.0.5").status == 200
    assert page.ask(host=f"10.0.0.6:{PORT}", server="10.0.0.5").status == 421
    assert page.ask(host=f"0.0.0.0:{PORT}", server="127.0.0.1").status == 421
    assert page.ask(host=f"evil.example:{PORT}", server="10.0.0.5").status == 421
    assert Page(host="::").ask(host=f"[fd00::5]:{PORT}", server="fd00::5").status == 200
    assert Page().ask(host=f"10.0.0.5:{PORT}", server="10.0.0.5").status == 421


@pytest.mark.parametrize("name", ["", "http://a.example", "a.example/b", "*", "*.example", "a b"])
def test_what_is_no_name_of_a_host_is_refused(name: str) -> None:
    with pytest.raises(FoedusError, match=r"--allow-host: found «.*», expected the name of a host"):
        parser().parse_args(["app", "--allow-host", name])
