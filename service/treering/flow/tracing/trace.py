"""Trace: from a certificate to the ground, every hash checked, every missing piece named.

1. The number is one of ours; our books hold its redemption, batch and lot.
2. One final block is pinned: all that the chain says is of this block.
3. The chain says how the batch came there, what the lot holds, who stated what, what the
   record was used up for. A silent node leaves gaps.
4. The mirror says what became of a fulfilment certificate.
5. What was published of the ground: project, outline, parties, evidence.
6. Every hash is checked, and the graph is drawn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import rfc8785
from sqlalchemy import Engine

from treering.chain import passage
from treering.chain.ledger import Ledger, LedgerAt
from treering.domain.fulfilment import Interconnection
from treering.domain.keccak import keccak
from treering.domain.lot import Lot
from treering.domain.provenance.chain import traced
from treering.domain.provenance.clues import Clues, Medium, OnChain, Partner
from treering.domain.provenance.graph import Trace
from treering.domain.record import TreeId
from treering.domain.recount.events import reason_name
from treering.flow.certifying.certify import Found, Office
from treering.flow.showing.lots import Gazetteer
from treering.flow.verifying.findings import NO_ANSWER
from treering.store.origins import Origin, Origins


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracer:
    """`mirror` is None where no registry is followed."""

    engine: Engine
    office: Office
    ledger: Ledger
    gazetteer: Gazetteer
    mirror: Callable[[TreeId], Interconnection | None] | None
    clock: Callable[[], datetime]

    def trace(self, number: str) -> Trace:
        """NumberMistyped, CertificateNotFound."""
        found = self.office.find(number)  # (1)
        with self.engine.connect() as connection:
            origin = Origins(connection).of(found.lot)
        return traced(self._clues(found, origin))  # (6)

    def _clues(self, found: Found, origin: Origin) -> Clues:
        tree = found.number.tree
        return Clues(
            number=str(found.number),
            tree=tree,
            network=self.office.network,
            programme=self.office.programme(found.tenant),
            redemption=found.redemption,
            lot=found.lot,
            batch=found.batch,
            on_chain=self._on_chain(found),
            mirror=self.mirror(tree) if self.mirror else None,  # (4)
            partners=_partners(found.lot, origin),
            media=(*origin.media, *_sheets(origin)),
            project=origin.project,  # (5)
            polygon=keccak(rfc8785.dumps(origin.geometry)) if origin.geometry else None,
            as_of=self.clock(),
        )

    def _on_chain(self, found: Found) -> OnChain | None:
        world = self.gazetteer.pinned()  # (2)
        try:
            return self._told(found, world) if world else None  # (3)
        except NO_ANSWER:
            return None

    def _told(self, found: Found, world: LedgerAt) -> OnChain:
        batch, tree = found.batch, found.number.tree
        facts = world.lot(found.lot.id)
        status = world.status(tree)
        fell = status.revoked or status.replaced_by is not None
        return OnChain(
            block=world.height,
            block_hash=world.block.hash,
            as_of=world.as_of,
            facts=facts,
            root=world.root_of(batch.lot, batch.first_serial) if batch else None,
            passage=passage.of_batch(self.ledger.node, world, batch) if batch else None,
            reason=reason_name(status.revoked) if status.revoked else None,
            fallen_at=self.gazetteer.fallen_at(tree, world) if fell else None,
            replaced_by=status.replaced_by,
            replaces=status.replaces,
            claim=status.claim,
            statements=self.gazetteer.all_statements(found.lot, world),
        )


def _partners(lot: Lot, origin: Origin) -> tuple[Partner, ...]:
    """Those in roles; else at least who planted, which every lot says."""
    if any(party.role == "implementer" for party in origin.partners):
        return origin.partners
    implementer = Partner(
        code=f"IMPLEMENTER-OF-{lot.slug}",
        role="implementer",
        en=lot.implementer_en,
        zh=lot.implementer_zh,
        standing=lot.standing,
    )
    return (*origin.partners, implementer)


def _sheets(origin: Origin) -> list[Medium]:
    """Inspectors' sheets, each hashed again now."""
    return [
        Medium(
            hash=hash_,
            kind="sheet",
            is_intact=keccak(rfc8785.dumps(sheet)) == hash_,
            seen_at=None,
        )
        for hash_, sheet in origin.sheets.items()
    ]
