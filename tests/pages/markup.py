"""Reading a page strictly, as a tree of elements."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"input", "link", "meta", "br"})


@dataclass
class Element:
    """An element of a page, with what is in it."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    children: "list[Element | str]" = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    @property
    def text(self) -> str:
        parts = [one if isinstance(one, str) else one.text for one in self.children]
        return " ".join(" ".join(parts).split())

    def every(self, *tags: str, **wanted: str) -> Iterator["Element"]:
        """Yield the elements within that have one of *tags* and these attributes."""
        for one in self.children:
            if isinstance(one, str):
                continue
            fits = wanted.items() <= one.attributes.items()
            if fits and (not tags or one.tag in tags):
                yield one
            yield from one.every(*tags, **wanted)

    def one(self, *tags: str, **wanted: str) -> "Element":
        found = [*self.every(*tags, **wanted)]
        assert len(found) == 1, (tags, wanted, len(found))
        return found[0]

    @property
    def ancestors(self) -> Iterator["Element"]:
        here = self.parent
        while here is not None:
            yield here
            here = here.parent


class Reader(HTMLParser):
    """Reads a page strictly: every element is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = self._here = Element("root", {})
        self.feed(text)
        self.close()
        assert self._here is self.root, f"<{self._here.tag}> is never closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"<{tag}> has an attribute twice"
        attributes = {name: value or "" for name, value in attrs}
        element = Element(tag, attributes, self._here)
        self._here.children.append(element)
        if tag not in VOID:
            self._here = element

    def handle_endtag(self, tag: str) -> None:
        assert tag == self._here.tag, f"</{tag}> closes <{self._here.tag}>"
        assert self._here.parent is not None
        self._here = self._here.parent

    def handle_data(self, data: str) -> None:
        self._here.children.append(data)


def filled(form: Element) -> dict[str, list[str]]:
    """Return what a form would send as it stands."""
    values: dict[str, list[str]] = {}
    for one in form.every("input"):
        ticked = one.get("type") not in {"radio", "checkbox"} or "checked" in one
        if ticked and "name" in one:
            values.setdefault(one["name"], []).append(one.get("value"))
    for one in form.every("select"):
        options = [*one.every("option")]
        chosen = next((each for each in options if "selected" in each), options[0])
        values[one["name"]] = [chosen.get("value", chosen.text)]
    return values
