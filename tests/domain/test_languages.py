"""Which text is for whom, by the tag of the language they read."""

import pytest

from service.domain.languages import find_language, in_language, main_language

TEXTS = {"de": "Konto", "zh-CN": "账户"}


@pytest.mark.parametrize(
    ("tag", "main"),
    [("zh-Hans-CN", "zh"), ("zh_CN", "zh"), ("EN", "en"), ("", ""), ("-en", "")],
)
def test_a_variant_is_a_variant_of_its_main_language(tag: str, main: str) -> None:
    assert main_language(tag) == main


def test_a_language_is_found_by_any_of_its_variants() -> None:
    assert find_language("zh-Hant", ["de", "zh-CN", "zh"]) == "zh-CN"
    assert find_language("fr", ["de", "zh-CN"]) is None
    assert find_language("", ["de", "zh-CN"]) is None


@pytest.mark.parametrize(
    ("tag", "text"),
    [("zh", "账户"), ("de-AT", "Konto"), ("en", "Konto"), ("", "Konto")],
)
def test_who_reads_none_of_the_languages_reads_the_first(tag: str, text: str) -> None:
    assert in_language(TEXTS, tag) == text
