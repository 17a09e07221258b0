"""Certify: from a number to the certificate, its signed credential and its page.

A certificate is derived from redemption, batch and lot each time, the same bytes each time:
its signature is dated by the block that holds its record, or by the first moment of a key that
was listed later (`dating`), and Ed25519 is deterministic.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Engine

from treering.domain import address, compact, credential, number
from treering.domain.batch import Batch, BatchState
from treering.domain.certificate import Certificate, certificate
from treering.domain.holder import HolderId
from treering.domain.issuer_key import IssuerKey, Sign
from treering.domain.load import Granted
from treering.domain.lot import Lot
from treering.domain.number import CertificateNumber
from treering.domain.proof import BOTH, JCS, Document, secured
from treering.domain.record import TreeId, lot_of, programme_of
from treering.domain.redemption import Redemption
from treering.domain.view import Network, Programme
from treering.errors import CertificateNotFound, NotFinal, ProgrammeNotFound
from treering.flow.redeeming.tenants import Tenants
from treering.flow.verifying.findings import NO_ANSWER
from treering.store.batches import Batches
from treering.store.lots import Lots
from treering.store.programmes import Tenant
from treering.store.redemptions import Redemptions
from treering.store.vault import Vault

# A full batch's tree takes 13 ms and 0.7 MB, and its certificates are looked at in turn.
_tree = lru_cache(maxsize=16)(Batch.tree)
# What a certificate still waits for, by the state of its batch.
_WAITS_FOR = {
    None: "batch",
    BatchState.SEALED: "block",
    BatchState.SIGNED: "block",
    BatchState.MINED: "finality",
    BatchState.BLOCKED: "person",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """A programme's key for credentials: the public part, and what signs with it."""

    key: IssuerKey
    sign: Sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What our books hold of a record."""

    number: CertificateNumber
    tenant: Tenant
    redemption: Redemption
    holder: HolderId
    lot: Lot
    batch: Batch | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Where certificates are issued. `base_url` has no slash at its end."""

    engine: Engine
    vault: Vault
    tenants: Tenants
    network: Network
    base_url: str
    issuer_of: Callable[[str], Issuer]
    signed_at: Callable[[int, IssuerKey, datetime], datetime]  # as `Dates.signed_at`

    def find(self, text: str) -> Found:
        """NumberMistyped, or CertificateNotFound for every number that was not issued."""
        asked = number.parse(text)
        with self.engine.connect() as connection:
            tenant = self.tenants.numbered(programme_of(lot_of(asked.tree)))
            found = Redemptions(connection).of_tree(asked.tree)
            if tenant is None or found is None or not number.is_issued(asked, tenant.number_key):
                raise CertificateNotFound(str(asked))
            redemption, holder = found
            return Found(
                number=asked,
                tenant=tenant,
                redemption=redemption,
                holder=holder,
                lot=Lots(connection).get(redemption.lot),
                batch=Batches(connection).of_tree(asked.tree),
            )

    def credential(self, found: Found, suites: Sequence[str] = BOTH) -> Document:
        """The signed credential; NotFinal while the record still waits for the chain.

        ChainUnavailable, NodeRefused while nobody knows from when on the key is listed."""
        return self._signed(found, self.certificate(found), self.dated(found), suites)

    def undated(self, found: Found) -> Document:
        """What it says, for whom its key's time is not to be judged; NotFinal."""
        made = self.certificate(found)
        return self._signed(found, made, made.inclusion.block_time, (JCS,))

    def dated(self, found: Found) -> datetime:
        """The moment that the signatures bear; refuses as `credential` does."""
        minted_at = self.certificate(found).inclusion.block_time
        key = self.issuer_of(found.tenant.code).key
        return self.signed_at(found.tenant.number, key, minted_at)

    def _signed(
        self, found: Found, made: Certificate, created: datetime, suites: Sequence[str]
    ) -> Document:
        issuer = self.issuer_of(found.tenant.code)
        did = self.did(found.tenant.code)
        document = credential.unsigned(made, issuer=did, base_url=self.base_url)
        return secured(
            document,
            method=f"{did}#{issuer.key.multikey}",
            created=created,
            sign=issuer.sign,
            suites=suites,
        )

    def address(self, found: Found) -> str:
        """What the certificate's QR code holds: its compact form, once it is final and can be
        dated, and where that fits; else the short address of its page."""
        short = f"{self.base_url}/c/{found.number}"
        try:
            made = compact.of(self.certificate(found), self.dated(found))
        except (NotFinal, *NO_ANSWER):
            return short
        issuer = self.issuer_of(found.tenant.code)
        code = compact.signed(made, issuer.key, issuer.sign)
        return address.written(self.base_url, code) or short

    def keys(self, programme: int) -> tuple[IssuerKey, ...]:
        """The programme's keys by its number; none for a programme that is not ours."""
        tenant = self.tenants.numbered(programme)
        return (self.issuer_of(tenant.code).key,) if tenant else ()

    def numbers(self, redemption: Redemption | Granted) -> tuple[str, ...]:
        """The numbers of a redemption's certificates, in the order of their serials."""
        tenant = self.tenants.numbered(programme_of(redemption.lot))
        assert tenant, "a redemption's programme exists"
        return tuple(str(number.issue(tree, tenant.number_key)) for tree in redemption.trees())

    def numbered(self, tree: TreeId) -> str:
        """The number of a record of ours, from its tree id."""
        tenant = self.tenants.numbered(programme_of(lot_of(tree)))
        assert tenant, "a record's programme exists"
        return str(number.issue(tree, tenant.number_key))

    def linked(self, evidence: object, tenant: Tenant) -> str | None:
        """The number of another record of this programme, from its tree id on chain."""
        if not isinstance(evidence, str):
            return None
        tree = TreeId(int(evidence, 16))
        same = programme_of(lot_of(tree)) == tenant.number
        return str(number.issue(tree, tenant.number_key)) if same else None

    def programme(self, tenant: Tenant) -> Programme:
        return Programme(
            code=tenant.code,
            number=tenant.number,
            name=tenant.name,
            issuer=self.did(tenant.code),
        )

    def named(self, code: str) -> Programme:
        """ProgrammeNotFound."""
        tenant = next((tenant for tenant in self.tenants.all() if tenant.code == code), None)
        if tenant is None:
            raise ProgrammeNotFound(code)
        return self.programme(tenant)

    def programmes(self) -> dict[int, Programme]:
        """All of them, by their numbers."""
        return {tenant.number: self.programme(tenant) for tenant in self.tenants.all()}

    def did(self, programme: str) -> str:
        """The did:web under which the programme's key can be looked up."""
        host = self.base_url.split("://", 1)[1].replace(":", "%3A")
        return f"did:web:{host}:programmes:{programme}"

    def did_document(self, code: str) -> Document:
        """ProgrammeNotFound."""
        return _did_document(self.named(code).issuer, self.issuer_of(code).key)

    def certificate(self, found: Found) -> Certificate:
        """NotFinal while the record still waits for the chain."""
        state = found.batch.state if found.batch else None
        if state is not BatchState.FINAL:
            raise NotFinal(str(found.number), _WAITS_FOR[state])
        return certificate(
            found.number,
            found.redemption,
            found.lot,
            found.batch,
            chain_id=self.network.chain_id,
            contract=self.network.contract,
            tree_of=_tree,
        )


def _did_document(did: str, key: IssuerKey) -> Document:
    method = f"{did}#{key.multikey}"
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [
            {
                "id": method,
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": key.multikey,
            }
        ],
        "assertionMethod": [method],
    }
