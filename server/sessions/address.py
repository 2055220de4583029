"""The address of a client, by which limits count."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

_IPV6_PREFIX_BITS = 64  # what one customer of a provider gets; all addresses in it are free for that customer


def client_address(peer: str, header: str | None) -> str:
    """The address whose bounds a connection counts against.

    `header`: what a trusted proxy in front of the server says; None: there is no such proxy. In a list only the last
    item was written by the nearest proxy; anybody may have written the others. Text that is no address is ignored.
    """
    given = peer if header is None else header.rpartition(",")[2].strip()
    return _counted(given) or _counted(peer) or peer


def _counted(text: str) -> str | None:
    """An IPv4 address itself, the network of an IPv6 address; None: the text is no address."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((address, _IPV6_PREFIX_BITS), strict=False))
    return str(address)
