"""The address in a QR code: written for every camera, read with distrust.

It is upper case, so that the code is small: HTTPS://HOST/Q/ and the compact certificate. A
scanner of ours follows no other host. What merely looks like ours is refused: another host,
user names before it, other ports, letters that look alike, dots and slashes that are none.
"""

import re
from dataclasses import dataclass

from treering.errors import AddressRefused

LONGEST = 352  # characters that a code of version 13 at level Q holds in alphanumeric mode
_TEXT = re.compile(r"[!-~]{1,600}")  # ASCII that can be seen
_CODE = re.compile(r"(?i:https?)://[^/?#@\\\s]{1,255}/Q/([A-Z2-7]{1,560})")
_PATH = re.compile(r"/Q/([A-Z2-7]{1,560})|/[Cc]/([A-Za-z0-9-]{1,60})")
_TYPED = re.compile(r"[a-z][a-z0-9+.-]{0,11}:\S.*|TR[-– \dA-Z]{1,110}", re.IGNORECASE)
_LONGEST_TYPED = 600


@dataclass(frozen=True, slots=True)
class Address:
    """What an address of ours leads to: a compact certificate, or a number as it was written.
    One of the two is empty."""

    code: str
    number: str


def written(base_url: str, code: str) -> str | None:
    """The address that carries the code; None where it would not fit, or the service lies
    under a path, whose lower case a phone would lose."""
    address = f"{base_url.upper()}/Q/{code}"
    under_a_path = base_url.count("/") > 2
    return None if under_a_path or len(address) > LONGEST else address


def is_one(text: str) -> bool:
    """Whether a person or scanner has brought an address rather than a number."""
    return ":" in text


def typed_in(brought: bytes) -> str | None:
    """The number or address that somebody brought; None if it is a file, whatever is in it."""
    if len(brought) > _LONGEST_TYPED:
        return None
    text = brought.decode("utf-8", "replace").strip()
    return text if _TYPED.fullmatch(text) else None


def code_in(brought: bytes) -> str:
    """The compact certificate in the text of a QR code, whatever host it names: for those who
    follow no address and judge by the signature alone. Empty if there is none."""
    found = _CODE.fullmatch(typed_in(brought) or "")
    return found[1] if found else ""


def read(text: str, base_url: str) -> Address:
    """AddressRefused for what is not an address of the service at `base_url`."""
    if not _TEXT.fullmatch(text):
        raise AddressRefused("it is too long, or holds characters that no address of ours has")
    host = text[: len(base_url)]
    if host.lower() != base_url.lower():
        raise AddressRefused(f"it does not lead to {base_url}")
    found = _PATH.fullmatch(text[len(base_url) :])
    if not found:
        raise AddressRefused(f"it leads to {base_url}, but not to a certificate")
    return Address(*found.groups(""))


def led(text: str, base_url: str) -> Address:
    """Where a number or an address leads; AddressRefused."""
    return read(text, base_url) if is_one(text) else Address("", text)
