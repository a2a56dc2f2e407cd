"""Whom a request counts for, however the proxies in front spell it."""

import pytest

from service.kit.limits import address_behind, network_of

SPELLINGS = [
    ("192.0.2.7", "192.0.2.7"),
    (" 192.0.2.7\t", "192.0.2.7"),
    ("192.0.2.7:443", "192.0.2.7"),
    ("::ffff:192.0.2.7", "192.0.2.7"),
    ("[::ffff:192.0.2.7]:443", "192.0.2.7"),
    ("2001:db8::7", "2001:db8::/64"),
    ("2001:DB8:0::8", "2001:db8::/64"),
    ("[2001:db8::7]", "2001:db8::/64"),
    ("[2001:db8::7]:443", "2001:db8::/64"),
    ('"[2001:db8::7]:443"', "2001:db8::/64"),
    ("fe80::7%eth0", "fe80::/64"),
    ("[fe80::7%25eth0]:443", "fe80::/64"),
    ("unknown", "unknown"),
    ("_hidden", "unknown"),
    ("[2001:db8::7", "2001:db8::/64"),
    ("192.0.2.7:443:443", "unknown"),
    (":443", "unknown"),
    ("", "unknown"),
]


@pytest.mark.parametrize(("text", "network"), SPELLINGS)
def test_every_spelling_of_an_address_counts_as_one(text: str, network: str) -> None:
    assert network_of(text) == network
    behind = address_behind("198.51.100.1", [f"203.0.113.9, {text}"], 1)
    assert network_of(behind) == network


@pytest.mark.parametrize(
    ("forwarded", "trusted", "address"),
    [
        ([], 1, "198.51.100.1"),
        (["192.0.2.1"], 0, "198.51.100.1"),
        (["192.0.2.1, 192.0.2.2:80"], 1, "192.0.2.2"),
        (["192.0.2.1 ,192.0.2.2"], 2, "192.0.2.1"),
        (["192.0.2.1", "[2001:db8::7]:80"], 1, "2001:db8::7"),
        (["192.0.2.1, 192.0.2.2"], 3, "192.0.2.1"),
        (["192.0.2.1,"], 1, ""),
    ],
)
def test_only_what_a_trusted_proxy_wrote_counts(
    forwarded: list[str], trusted: int, address: str
) -> None:
    assert address_behind("198.51.100.1", forwarded, trusted) == address
