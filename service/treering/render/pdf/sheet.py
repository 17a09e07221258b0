"""What the page shows, as one JSON text: facts that will never change, and two pictures.

A sheet says nothing of today: whether the record still stands, or its tree is planted, is
told by the page that the code opens.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from treering.domain.certificate import Certificate
from treering.domain.instant import SHANGHAI
from treering.domain.lot import Lot, Standing
from treering.render import qr
from treering.render.rings import rings

GETA = "〓"  # U+3013, which East Asian printers set where they lack a character
_LOCAL_CHAINS = frozenset({1337, 31337})  # the development chains of Geth and Anvil


WITHDRAWN = "—"  # in place of a holder who has left


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """`address` is what the QR code holds; `credential` is attached as it is."""

    certificate: Certificate
    programme: str
    address: str
    credential: bytes

    @property
    def time(self) -> datetime:
        """The one date that the file bears: of the block that holds the record."""
        return self.certificate.inclusion.block_time

    @property
    def key(self) -> bytes:
        """32 bytes that are equal for sheets that look and hold the same."""
        facts = json.dumps(self._facts(), sort_keys=True).encode()
        return sha256(b"\0".join((facts, self.address.encode(), self.credential))).digest()

    def text(self, printable: Callable[[str], str]) -> str:
        """The JSON text. `printable` gives a text with GETA for what the fonts lack."""
        facts = _shown(self._facts(), printable)
        facts["missing"] = _missing(self._facts()["holder"], facts["holder"])
        facts["rings"] = rings_svg(self.certificate.record.tree_id)
        facts["qr"] = qr.svg(self.address, 512).decode()
        facts["qr_side"] = len(qr.matrix(self.address))
        facts["credential"] = self.credential.decode()
        return json.dumps(facts, ensure_ascii=False, sort_keys=True)

    def _facts(self) -> dict[str, Any]:
        made, lot = self.certificate, self.certificate.lot
        return {
            "unit": lot.unit.name,
            "programme": self.programme,
            "number": made.number,
            "holder": made.masked_name or WITHDRAWN,
            "species": {"zh": lot.species.zh, "en": lot.species.en, "latin": lot.species.latin},
            "site": [lot.site_zh, lot.site_en],
            "province": [lot.province_zh, lot.province_en],
            "year": str(lot.year),
            "lot": lot.slug,
            "serial": f"{made.record.serial:,}",
            "redeemed": f"{made.redeemed_at.astimezone(SHANGHAI):%Y-%m-%d}",
            "notices": _notices(made.chain_id, lot),
            "chain": str(made.chain_id),
            "contract": made.contract,
            "block": f"{made.inclusion.block_number:,}",
            "mined": f"{self.time.astimezone(SHANGHAI):%Y-%m-%d %H:%M} UTC+8",
        }


def rings_svg(tree: int) -> str:
    """The record's tree rings, each with two faint echoes inside, as on its web page."""
    paths = rings(tree)
    grown = [f'<path d="{d}" stroke-width="{_width(age)}"/>' for age, d in enumerate(paths)]
    echo = "".join(f'<path d="{d}"/>' for d in paths)
    echoes = [f'<g transform="scale({s})" opacity=".35">{echo}</g>' for s in (0.986, 0.972)]
    bark = f'<path d="{paths[-1]}" stroke-width="16" transform="scale(1.03)"/>'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1040 -1040 2080 2080">'
        '<g fill="none" stroke="#14532f" stroke-width="2.5">'
        f"{''.join(grown + echoes)}{bark}</g></svg>"
    )


def _width(age: int) -> int:
    return 9 if age % 4 == 3 else 5


def _notices(chain_id: int, lot: Lot) -> list[str]:
    """What must be said on the page lest somebody take an example for the real thing."""
    said = ["demonstration"] if chain_id in _LOCAL_CHAINS else []
    return said + (["placeholder"] if lot.standing is Standing.PLACEHOLDER else [])


def _shown(value: Any, printable: Callable[[str], str]) -> Any:
    """The same with every text made printable."""
    match value:
        case str():
            return printable(value)
        case list():
            return [_shown(item, printable) for item in value]
        case _:
            return {name: _shown(item, printable) for name, item in value.items()}


def _missing(wanted: str, shown: str) -> list[str]:
    """The characters that GETA stands for, as U+20BB7, each once."""
    lost = [a for a, b in zip(wanted, shown, strict=True) if a != b]
    return [f"U+{ord(character):04X}" for character in dict.fromkeys(lost)]
