"""The compact certificate: what a QR code carries, so that a signature can be checked where
there is no network.

A COSE_Sign1 message over a CBOR array, in base32. It holds what makes a number, the lot's
species and year, the masked name, two dates, and the network it belongs to. It is kept so
short that a small code has room for the strongest correction: there is none for the lot's
site, the holder's commitment or the Merkle proof, which chain and credential show.
"""

from base64 import b32decode, b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from treering.domain import cose
from treering.domain.certificate import Certificate
from treering.domain.cose import Signed
from treering.domain.issuer_key import IssuerKey, Sign
from treering.domain.keccak import keccak
from treering.domain.lot import Unit
from treering.domain.number import CertificateNumber
from treering.domain.number import parse as parse_number
from treering.domain.record import (
    LotId,
    TreeId,
    lot_id,
    lot_number_of,
    lot_of,
    programme_of,
    serial_of,
    tree_id,
)
from treering.errors import CredentialMalformed

_FORMAT = 1
_SIGNED_LATER = 2  # the first format, and by how many seconds it was signed after its block
_KEY_ID_BYTES = 2  # tells a programme's keys apart; the signature is what convinces
_MAC_BYTES = 5  # 39 bits
_NETWORK_BYTES = 3  # tells networks apart; that it is no lie, the signature says
_LATEST = 2**37  # seconds: the year 6325
_WAIT = 2**16  # days between redemption and block; a chain's clock may be behind ours
_KINDS = (int, int, int, int, bytes, bytes, str, int, int, str, int, int)
_FORMS: dict[tuple[type, ...], int] = {_KINDS: _FORMAT, (*_KINDS, int): _SIGNED_LATER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compact:
    """`mac` has 39 bits, `network` the 3 bytes of `network_mark`, `redeemed_on` is a day in
    UTC; `minted_at` is the block's time, `later` the seconds from then to the signature."""

    tree: TreeId
    mac: int
    network: bytes
    species: str
    unit: str
    year: int
    masked_name: str
    redeemed_on: date
    minted_at: datetime
    later: int = 0

    @property
    def signed_at(self) -> datetime:
        """By which the key is judged."""
        return self.minted_at + timedelta(seconds=self.later)

    @property
    def number(self) -> str:
        return str(CertificateNumber(self.tree, self.mac))

    @property
    def lot_id(self) -> LotId:
        return lot_of(self.tree)

    @property
    def lot(self) -> str:
        return f"{programme_of(self.lot_id)}-{lot_number_of(self.lot_id)}"


def network_mark(chain_id: int, contract: str) -> bytes:
    """Three bytes that tell one contract on one chain from others."""
    named = chain_id.to_bytes(32, "big") + bytes.fromhex(contract.removeprefix("0x"))
    return keccak(named)[:_NETWORK_BYTES]


def of(certificate: Certificate, signed_at: datetime | None = None) -> Compact:
    """`signed_at` is the block's time unless it is later."""
    lot, minted_at = certificate.lot, certificate.inclusion.block_time
    return Compact(
        tree=certificate.record.tree_id,
        mac=parse_number(certificate.number).mac,
        network=network_mark(certificate.chain_id, certificate.contract),
        species=lot.species.code,
        unit=lot.unit.name,
        year=lot.year,
        masked_name=certificate.masked_name,
        redeemed_on=certificate.redeemed_at.astimezone(UTC).date(),
        minted_at=minted_at.astimezone(UTC),
        later=int(((signed_at or minted_at) - minted_at).total_seconds()),
    )


def signed(compact: Compact, key: IssuerKey, sign: Sign) -> str:
    """Upper-case base32 without padding: nearly half of it is the signature."""
    payload = cose.encoded(
        [
            _SIGNED_LATER if compact.later else _FORMAT,
            programme_of(compact.lot_id),
            lot_number_of(compact.lot_id),
            serial_of(compact.tree),
            compact.mac.to_bytes(_MAC_BYTES, "big"),
            compact.network,
            compact.species,
            int(Unit[compact.unit]),
            compact.year,
            compact.masked_name,
            (compact.minted_at.date() - compact.redeemed_on).days,
            int(compact.minted_at.timestamp()),
            *([compact.later] if compact.later else []),
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


def names(message: Signed, key: IssuerKey) -> bool:
    """Whether the message says that this key signed it."""
    return len(message.key_id) == _KEY_ID_BYTES and key.id.startswith(message.key_id)


def signer(message: Signed, keys: Sequence[IssuerKey]) -> IssuerKey | None:
    """Which of these keys signed the message."""
    named = (key for key in keys if names(message, key))
    return next((key for key in named if message.is_by(key)), None)


def _compact(fields: Any) -> Compact:
    kinds = tuple(map(type, fields)) if isinstance(fields, list) else ()
    if kinds not in _FORMS or fields[0] != _FORMS[kinds]:
        raise ValueError("another form")
    _, programme, number, serial, mac, network, *rest = fields
    species, unit, year, name, waited, minted, *later = rest
    if len(mac) != _MAC_BYTES or mac[0] >= 0x80 or len(network) != _NETWORK_BYTES:
        raise ValueError("another length")
    if not (abs(waited) < _WAIT and 0 <= minted <= minted + sum(later) < _LATEST):
        raise ValueError("no instant")
    if later == [0]:
        raise ValueError("one value has one writing")
    minted_at = datetime.fromtimestamp(minted, UTC)
    return Compact(
        tree=tree_id(lot_id(programme, number), serial),
        mac=int.from_bytes(mac, "big"),
        network=network,
        species=species,
        unit=Unit(unit).name,
        year=year,
        masked_name=name,
        redeemed_on=minted_at.date() - timedelta(days=waited),
        minted_at=minted_at,
        later=sum(later),
    )
