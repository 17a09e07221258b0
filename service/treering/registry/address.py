"""Where a registry's log is asked: the name is resolved once a look, judged, and then that very
address is spoken to, so that no name server can lead us elsewhere in between.

An address of a private network is refused, unless it was configured as an address (or as
`localhost`): who wrote it meant it. One of the machine's own link is refused always, for that
is where clouds keep their secrets.
"""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from treering.errors import RegistryElsewhere, RegistryUnavailable

Resolve = Callable[[str, int], Sequence[str]]
Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Place:
    """`url` names the address itself; `host` is the name that was configured, with its port
    as HTTP says it, and `name` without it, as TLS asks for it."""

    url: str
    host: str
    name: str


def resolved(name: str, port: int) -> list[str]:
    """All addresses of a name; RegistryUnavailable if it has none."""
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise RegistryUnavailable(f"{name}: {error}") from error
    return [str(entry[4][0]) for entry in found]


def place(url: str, resolve: Resolve = resolved) -> Place:
    """RegistryElsewhere if any address of its name is one that nobody meant."""
    parts = urlsplit(url)
    name = parts.hostname
    if parts.scheme not in {"http", "https"} or not name:
        raise RegistryUnavailable(f"{url!r:.80} is no address of a log")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = [ip_address(one.partition("%")[0]) for one in resolve(name, port)]
    meant = name == "localhost" or _is_literal(name)
    for address in found:
        if not _may_be_asked(address, meant=meant):
            raise RegistryElsewhere(f"{name} leads to {address}, which is no public address")
    literal = f"[{found[0]}]" if found[0].version == 6 else str(found[0])
    return Place(
        f"{parts.scheme}://{literal}:{port}{parts.path.rstrip('/')}",
        parts.netloc.rpartition("@")[2],
        name,
    )


def _may_be_asked(address: Address, *, meant: bool) -> bool:
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    return address.is_global or meant


def _is_literal(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
