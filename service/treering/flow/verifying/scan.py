"""Scan: what the QR code of a certificate proves by itself.

Offline that is the number's form and the signature; with a node also whether the key was the
programme's, whether the record was revoked, and what the chain says of the lot. The numbers
are those of `verify`; the code has no room for a proof, so 4, 5 and 8 are the credential's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from treering.domain import compact
from treering.domain.compact import Compact
from treering.domain.cose import Signed
from treering.domain.issuer_key import IssuerKey
from treering.domain.record import programme_of
from treering.domain.verification import Check, Report
from treering.errors import CredentialMalformed
from treering.flow.verifying.checks import World, check_lot, check_record, outruns, reach
from treering.flow.verifying.findings import NO_ANSWER, Answer, Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """`keys` are a programme's, by its number: ours from our books, or given by hand.

    `listed` is asked where none of those signed, for all keys that the chain ever listed, and
    is None where that is not known. `world` is None to ask no node; then a key is believed
    because it was given. `network` is None where nobody named a chain and contract.
    """

    keys: Callable[[int], Sequence[IssuerKey]]
    world: Callable[[str], World] | None
    network: bytes | None
    clock: Callable[[], datetime]
    listed: Callable[[int], Sequence[IssuerKey] | None] = lambda _: None

    def scan(self, code: str) -> Report:
        """The report on a code; one of another form is INVALID, never an error."""
        found = Findings(self.clock())
        try:
            claimed, message = compact.read(code)
        except CredentialMalformed as error:
            found.add(Check.DOCUMENT, Answer("DOCUMENT_MALFORMED", str(error)))
            return Report("", tuple(found.all))
        found.add(Check.NUMBER, Answer("NUMBER_OK", claimed.number))  # (1)
        at = self._pinned()
        self._check_signature(found, claimed, message, at)  # (2)
        if self.network not in (None, claimed.network):
            found.add(Check.ROOT, Answer("WRONG_NETWORK", f"network {claimed.network.hex()}"))
            return Report(claimed.number, tuple(found.all))
        found.ask(  # (6)
            Check.RECORD, at, lambda at: _check_record(claimed, at), silent="RECORD_UNCHECKED"
        )
        found.ask(  # (7)
            Check.LOT, at, lambda at: _check_lot(claimed, at), silent="LOT_UNCHECKED"
        )
        return Report(claimed.number, tuple(found.all))

    def _pinned(self) -> World | None:
        try:
            return self.world("finalized") if self.world else None
        except NO_ANSWER:
            return None

    def _check_signature(
        self, found: Findings, claimed: Compact, message: Signed, at: World | None
    ) -> None:
        keys = self.keys(programme_of(claimed.lot_id))
        key = compact.signer(message, keys)
        listed = None if key else self.listed(programme_of(claimed.lot_id))
        key = key or compact.signer(message, listed or ())
        if key is None:
            named = any(compact.names(message, key) for key in (*keys, *(listed or ())))
            code = "KEY_UNCHECKED" if listed is None else "KEY_NOT_LISTED"
            found.add(
                Check.SIGNATURE,
                Answer("SIGNATURE_BROKEN" if named else code, f"key {message.key_id.hex()}"),
            )
        elif self.world is None:
            given = f"by the key that was given, {key.multikey}"
            found.add(Check.SIGNATURE, Answer("SIGNATURE_OK", given))
        else:
            found.ask(
                Check.SIGNATURE,
                at,
                lambda at: _check_key(claimed, key, at, found.now),
                silent="SIGNATURE_UNCHECKED",
            )


def _check_key(claimed: Compact, key: IssuerKey, at: World, now: datetime) -> Answer:
    listed = at.issuer_key(programme_of(claimed.lot_id), key.id)
    if listed is None and outruns(claimed.signed_at, at, now):
        return Answer("SIGNATURE_UNCHECKED", f"{reach(at)}, the signature is younger")
    if listed is None:
        return Answer("KEY_NOT_LISTED", key.multikey)
    held = listed.vouches(claimed.signed_at, max(now, at.as_of))
    return Answer("SIGNATURE_OK" if held else "KEY_NOT_OF_ITS_TIME", key.multikey)


def _check_record(claimed: Compact, at: World) -> Answer:
    status = at.status(claimed.tree)
    if not status.is_minted:
        return Answer("RECORD_UNCHECKED", f"{reach(at)}, which does not hold the record")
    return check_record(status)


def _check_lot(claimed: Compact, at: World) -> Answer:
    # Some chains give two blocks one time.
    opened_later = at.is_snapshot and claimed.minted_at >= at.as_of and not at.lot(claimed.lot_id)
    return Answer("LOT_UNCHECKED", reach(at)) if opened_later else check_lot(claimed, at)
