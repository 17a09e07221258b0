"""The compact certificate: what a QR code carries, so that a signature can be checked where
there is no network.

A COSE_Sign1 message over a CBOR array, in base32. It holds the record word, the number's MAC
bits, the names that make both readable, and the network it belongs to. There is no room for
the Merkle proof: that the root stands on chain, the whole credential shows.
"""

from base64 import b32decode, b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from treering.domain import cose
from treering.domain.certificate import Certificate
from treering.domain.cose import Signed
from treering.domain.issuer_key import IssuerKey
from treering.domain.keccak import keccak
from treering.domain.lot import Unit
from treering.domain.number import CertificateNumber
from treering.domain.number import parse as parse_number
from treering.domain.proof import Sign
from treering.domain.record import Record, lot_number_of
from treering.errors import CredentialMalformed

_FORMAT = 1
_KEY_ID_BYTES = 8  # tells a programme's keys apart; the signature is what convinces
_LATEST = 2**40  # seconds: any later instant has no calendar
_KINDS = (int, bytes, bytes, bytes, str, str, str, int, int, str, int, int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compact:
    """`mac` has 39 bits, `network` the 8 bytes of `network_mark`; `minted_at` is the block's
    time, by which the key is judged."""

    record: Record
    mac: int
    network: bytes
    programme: str
    site: str
    species: str
    unit: str
    year: int
    masked_name: str
    redeemed_at: datetime
    minted_at: datetime

    @property
    def number(self) -> str:
        return str(CertificateNumber(self.record.tree_id, self.mac))

    @property
    def lot(self) -> str:
        return f"{self.programme}-{lot_number_of(self.record.lot)}"


def network_mark(chain_id: int, contract: str) -> bytes:
    """Eight bytes that tell one contract on one chain from every other."""
    return keccak(chain_id.to_bytes(32, "big") + bytes.fromhex(contract.removeprefix("0x")))[:8]


def of(certificate: Certificate) -> Compact:
    lot = certificate.lot
    return Compact(
        record=certificate.record,
        mac=parse_number(certificate.number).mac,
        network=network_mark(certificate.chain_id, certificate.contract),
        programme=certificate.programme,
        site=lot.site,
        species=lot.species.code,
        unit=lot.unit.name,
        year=lot.year,
        masked_name=certificate.masked_name,
        redeemed_at=certificate.redeemed_at,
        minted_at=certificate.inclusion.block_time,
    )


def signed(compact: Compact, key: IssuerKey, sign: Sign) -> str:
    """Upper-case base32 without padding: half of it is signature and key id."""
    payload = cose.encoded(
        [
            _FORMAT,
            compact.record.word,
            compact.mac.to_bytes(5, "big"),
            compact.network,
            compact.programme,
            compact.site,
            compact.species,
            int(Unit[compact.unit]),
            compact.year,
            compact.masked_name,
            int(compact.redeemed_at.timestamp()),
            int(compact.minted_at.timestamp()),
        ]
    )
    message = cose.sign(payload, key.id[:_KEY_ID_BYTES], sign)
    return b32encode(message).decode().rstrip("=")


def read(code: str) -> tuple[Compact, Signed]:
    """What the code claims, and the message that bears it; CredentialMalformed."""
    try:
        data = b32decode(code + "=" * (-len(code) % 8))
        if b32encode(data).decode().rstrip("=") != code:
            raise ValueError("base32 with stray bits")
        message = cose.read(data)
        return _compact(cose.decoded(message.payload)), message
    except (ValueError, KeyError) as error:
        raise CredentialMalformed("this is no compact certificate") from error


def signer(message: Signed, keys: Sequence[IssuerKey]) -> IssuerKey | None:
    """Which of these keys signed the message."""
    named = (key for key in keys if key.id.startswith(message.key_id))
    return next((key for key in named if message.is_by(key)), None)


def _compact(fields: Any) -> Compact:
    kinds = tuple(map(type, fields)) if isinstance(fields, list) else ()
    if kinds != _KINDS or fields[0] != _FORMAT:
        raise ValueError("another form")
    _, word, mac, network, programme, site, species, unit, year, name, redeemed, minted = fields
    if len(mac) != 5 or mac[0] >= 0x80 or len(network) != 8:
        raise ValueError("another length")
    return Compact(
        record=Record.from_word(word),
        mac=int.from_bytes(mac, "big"),
        network=network,
        programme=programme,
        site=site,
        species=species,
        unit=Unit(unit).name,
        year=year,
        masked_name=name,
        redeemed_at=_instant(redeemed),
        minted_at=_instant(minted),
    )


def _instant(seconds: int) -> datetime:
    if not 0 <= seconds < _LATEST:
        raise ValueError("no instant")
    return datetime.fromtimestamp(seconds, UTC)
