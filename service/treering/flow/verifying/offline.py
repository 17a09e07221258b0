"""Verify without any network: the checks of `verify` and `scan`, the chain's part answered
from a bundle. Whose word the bundle is, and of which contract, is known from elsewhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from treering.domain import address
from treering.domain.bundle import form
from treering.domain.bundle.contents import Bundle
from treering.domain.compact import network_mark
from treering.domain.issuer_key import PUBLIC_BYTES, IssuerKey
from treering.domain.verification import Report
from treering.errors import BundleOfAnotherNetwork, BundleUnsigned
from treering.flow.verifying.scan import Scanner
from treering.flow.verifying.verify import Verifier


@dataclass(frozen=True, slots=True)
class Offline:
    """A bundle that was opened: by whom it is signed, and the checks against it."""

    bundle: Bundle
    signer: IssuerKey
    clock: Callable[[], datetime]

    @property
    def age(self) -> timedelta:
        """How old its knowledge is; below zero where this machine's clock is behind."""
        return self.clock() - self.bundle.as_of

    def report(self, content: bytes) -> Report:
        """The report on a PDF, a credential in JSON, or the text of a QR code."""
        bundle = self.bundle
        if code := address.code_in(content):
            network = network_mark(bundle.chain_id, bundle.contract)
            return Scanner(
                keys=self._keys, world=lambda _: bundle, network=network, clock=self.clock
            ).scan(code)
        return Verifier(
            world=lambda _: bundle,
            chain_id=bundle.chain_id,
            contract=bundle.contract,
            mirror=None,
            clock=self.clock,
        ).verify_file(content)

    def _keys(self, programme: int) -> list[IssuerKey]:
        held = (key.public_key for (of, _), key in self.bundle.keys.items() if of == programme)
        return [IssuerKey(public) for public in held if len(public) == PUBLIC_BYTES]


def opened(
    data: bytes,
    keys: Sequence[IssuerKey],
    *,
    contract: str,
    chain_id: int | None,
    clock: Callable[[], datetime],
) -> Offline:
    """The bundle, if one of `keys` signed it and it is of this contract, and of this chain
    where one is named. Raises as `form.read` does, and BundleOfAnotherNetwork."""
    bundle, signer = form.read(data, keys)
    if bundle.contract != contract.lower() or chain_id not in (None, bundle.chain_id):
        raise BundleOfAnotherNetwork(f"chain {bundle.chain_id}, contract {bundle.contract}")
    if not _holds(bundle, signer):
        raise BundleUnsigned(f"the chain did not list {signer.multikey} at block {bundle.block}")
    return Offline(bundle, signer, clock)


def _holds(bundle: Bundle, signer: IssuerKey) -> bool:
    """Whether the signer's key was a programme's at that block, by the bundle's own account."""
    listed = [bundle.issuer_key(of, key) for of, key in bundle.keys if key == signer.id]
    return any(key is not None and key.held_at(bundle.as_of) for key in listed)
