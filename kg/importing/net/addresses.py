"""Which network addresses an import may ask: public ones only, unless the operator allows others."""

from __future__ import annotations

import ipaddress
import socket
from typing import Final

from kg.errors import FetchError

__all__ = ["checked_addresses", "is_public"]

_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_LAST_32_BITS: Final = 0xFFFFFFFF

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(text: str) -> bool:
    """Tell whether the IP address is one that anybody on the internet can reach.

    Private (RFC 1918, RFC 4193), loopback, link-local, shared (CGNAT, RFC 6598), documentation, multicast, reserved and
    unspecified addresses are not; nor is an IPv6 address that carries such an IPv4 one (mapped, 6to4, NAT64).

    >>> is_public("93.184.215.14"), is_public("127.0.0.1"), is_public("100.64.1.1"), is_public("::ffff:10.0.0.1")
    (True, False, False, False)
    """
    address = _judged(ipaddress.ip_address(text))
    site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not (address.is_multicast or address.is_reserved or site_local)


def _judged(address: Address) -> Address:
    """Return the IPv4 address to which packets for this IPv6 address are handed on, else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & _LAST_32_BITS)
    return address.ipv4_mapped or address.sixtofour or address


def checked_addresses(host: str, port: int, *, allow_private: bool) -> list[str]:
    """Return the addresses of ``host``, every one of which was checked.

    A connection must be made to one of these and not to the name, which might resolve to another address the next time.

    Raises:
        FetchError: The name does not resolve, or one of its addresses is not public.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(f"the name {host} cannot be resolved", hint="is the address right?") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private:
        for address in addresses:
            if not is_public(address):
                raise FetchError(
                    f"{host} is {address}, an address inside a network or of this machine",
                    hint="--allow-private permits that",
                )
    return addresses
