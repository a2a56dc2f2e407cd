"""A browser without scripts: keeps cookies by name, follows our own redirects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.cookies import Morsel
from io import BytesIO
from urllib.parse import urlencode

from aiohttp import MultipartWriter
from multidict import CIMultiDictProxy

from tests.pages.markup import Element, Reader, filled
from tests.support.service import Client

HTML_FORM = "application/x-www-form-urlencoded"

Values = Mapping[str, str | Sequence[str]]


@dataclass
class Page:
    """An answer of the service, as a person has it on the screen."""

    status: int
    headers: CIMultiDictProxy[str]
    body: str
    path: str
    set_cookies: Mapping[str, Morsel[str]]

    def __post_init__(self) -> None:
        self.root = Reader(self.body).root

    @property
    def location(self) -> str:
        return self.headers["Location"]

    @property
    def text(self) -> str:
        return self.main.text

    @property
    def main(self) -> Element:
        return self.root.one("main")

    @property
    def title(self) -> str:
        return self.root.one("h1").text

    @property
    def language(self) -> str:
        return self.root.one("html")["lang"]

    def form(self, action: str, number: int = 0) -> Element:
        found = [
            one
            for one in self.root.every("form")
            if one["action"].partition("?")[0] == action
        ]
        assert found, f"no form for {action}: {self.text}"
        return found[number]

    def has_form(self, action: str) -> bool:
        forms = self.root.every("form")
        return action in {one["action"].partition("?")[0] for one in forms}

    def links(self) -> list[str]:
        return [one["href"] for one in self.root.every("a")]

    def field(self, name: str) -> Element:
        return self.root.one("input", "select", id=name)

    def error(self, name: str) -> str:
        """Return what stands beside a field, and is tied to it."""
        error = self.root.one(id=f"{name}-error")
        tied = [*self.root.every("input", "select", "fieldset")]
        assert any(error["id"] in one.get("aria-describedby").split() for one in tied)
        return error.text

    @property
    def errors(self) -> list[str]:
        """Return what the summary at the top says, each with a link that leads on."""
        return [one.text for one in self.root.one("div", role="alert").every("li")]


@dataclass
class Visitor:
    """Somebody at a browser of their own."""

    client: Client
    language: str = "en"
    cookies: dict[str, str] = field(default_factory=dict)

    async def ask(
        self,
        method: str,
        path: str,
        fields: Values | None = None,
        headers: Mapping[str, str] | None = None,
        body: MultipartWriter | None = None,
    ) -> Page:
        """Send one request, and return the answer as it is."""
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Accept-Language": self.language, "Cookie": jar}
        if method == "POST":
            sent["Origin"] = str(self.client.make_url("/")).rstrip("/")
        sent |= headers or {}
        data: str | MultipartWriter | None = body
        if fields is not None:
            data = urlencode(fields, doseq=True)
            sent = {"Content-Type": HTML_FORM, **sent}
        async with self.client.request(
            method, path, data=data, headers=sent, allow_redirects=False
        ) as response:
            text = await response.text()
            for name, morsel in response.cookies.items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
            return Page(response.status, response.headers, text, path, response.cookies)

    async def get(self, path: str) -> Page:
        """Open an address, and go where it leads."""
        return await self._on(await self.ask("GET", path))

    async def send(self, page: Page, action: str, **typed: str | Sequence[str]) -> Page:
        """Fill a form of *page* in, and send it; without following."""
        form = page.form(action)
        known = {one["name"] for one in form.every("input", "select") if "name" in one}
        renamed = {name.replace("__", "."): value for name, value in typed.items()}
        assert renamed.keys() <= known, f"no field {renamed.keys() - known}"
        assert form["method"] == "post"
        return await self.ask("POST", form["action"], {**filled(form), **renamed})

    async def upload(self, page: Page, action: str, file: bytes, **typed: str) -> Page:
        """Fill in a form of *page* that takes a file, and send it as a browser does."""
        form = page.form(action)
        assert form["enctype"] == "multipart/form-data"
        with MultipartWriter("form-data") as body:
            for one in form.every("input"):
                name, is_file = one["name"], one["type"] == "file"
                value = BytesIO(file) if is_file else typed.get(name, "")
                part = body.append(value)
                told = '; filename="scan.exe"' if is_file else ""
                disposition = f'form-data; name="{name}"{told}'
                part.headers["Content-Disposition"] = disposition
        sent = {"Content-Type": body.headers["Content-Type"]}
        return await self.ask("POST", form["action"], headers=sent, body=body)

    async def submit(
        self, page: Page, action: str, **typed: str | Sequence[str]
    ) -> Page:
        """Fill a form of *page* in, send it, and go where the answer leads."""
        return await self._on(await self.send(page, action, **typed))

    async def _on(self, page: Page) -> Page:
        while page.status == 303 and page.location.startswith("/"):
            page = await self.ask("GET", page.location)
        return page
