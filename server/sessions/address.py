"""From where: the address that limits count by."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

_IPV6_PREFIX_BITS = 64  # what one customer is given; the addresses in it cost him nothing


def client_address(peer: str, header: str | None) -> str:
    """Whose bounds a connection counts against.

    `header` is what the proxy in front of us says, if there is one that we were told to believe. Of a list its last
    item was written by the nearest proxy, the others by anybody. What is no address is not believed.
    """
    told = peer if header is None else header.rpartition(",")[2].strip()
    return _counted(told) or _counted(peer) or peer


def _counted(text: str) -> str | None:
    """An IPv4 address as it is, of an IPv6 address its network; None: no address."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((address, _IPV6_PREFIX_BITS), strict=False))
    return str(address)
