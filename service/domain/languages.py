"""Languages, by their BCP 47 tags: zh-Hans-CN is read by whoever reads zh."""

from collections.abc import Iterable, Mapping


def main_language(tag: str) -> str:
    """Return the main language of a *tag*: zh of zh-Hans-CN and of zh_CN."""
    return tag.replace("_", "-").partition("-")[0].lower()


def find_language(tag: str, tags: Iterable[str]) -> str | None:
    """Return the first of *tags* with the main language of *tag*."""
    main = main_language(tag)
    return next((one for one in tags if main_language(one) == main), None)


def in_language(texts: Mapping[str, str], tag: str) -> str:
    """Return the one of *texts* in the main language of *tag*, or the first."""
    return texts[find_language(tag, texts) or next(iter(texts))]
