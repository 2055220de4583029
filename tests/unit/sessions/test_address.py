"""The address that a connection counts against."""

from __future__ import annotations

import pytest

from server.sessions.address import client_address


@pytest.mark.parametrize(
    ("peer", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_an_address_counts_by_itself_or_by_its_network(peer: str, counted: str) -> None:
    assert client_address(peer, None) == counted


@pytest.mark.parametrize(
    ("header", "counted"),
    [
        ("198.51.100.1", "198.51.100.1"),
        (" 198.51.100.1 ", "198.51.100.1"),
        ("203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("2001:DB8::7", "2001:db8::/64"),
        ("nonsense", "192.0.2.7"),
        ("198.51.100.1:4711", "192.0.2.7"),
        ("198.51.100.1, ", "192.0.2.7"),
        ("", "192.0.2.7"),
    ],
)
def test_the_proxy_is_believed_if_it_says_an_address(header: str, counted: str) -> None:
    assert client_address("192.0.2.7", header) == counted
