"""Verify: eight checks on a credential, numbered as in the design. Nothing is believed but
the chain, at one final block, and the mirror of the registry.

 1. The number has our form and check, and is this record's.
 2. The signature is by a key that the chain lists for the programme at that time.
 3. The document says what the record says.
 4. The proof leads from the record to its batch's root.
 5. At block N, final, the chain holds that root.
 6. At block N the record is neither revoked nor replaced.
 7. At block N the chain says the same of the lot, and calls its programme so.
 8. The fulfilment certificate that the record was exchanged for is in the mirror.
 9. The PDF that carried the credential, if one did, is byte for byte as the same key signed it.
10. What a holder's own copy opens, if it is one, is of this record's holder.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from treering.domain import badge, claims, documents, own
from treering.domain.claims import Facts
from treering.domain.issuer_key import IssuerKey
from treering.domain.pdf import file as pdf
from treering.domain.verification import Check, Finding, Report
from treering.errors import CredentialMalformed
from treering.flow.verifying.checks import (
    Status,
    World,
    behind,
    check_document,
    check_key,
    check_lot,
    check_number,
    check_proof,
    check_record,
    holds_root,
    lags,
    signer,
)
from treering.flow.verifying.findings import NO_ANSWER, Answer, Findings
from treering.flow.verifying.holding import check_holder
from treering.flow.verifying.interconnect import Mirror, check_exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """`world` pins the ledger at "finalized" or "latest"; `mirror` is None where there is none.

    `chain_id` and `contract` are None where nobody named them: then there is none to ask.
    """

    world: Callable[[str], World]
    chain_id: int | None
    contract: str | None
    mirror: Mirror | None
    clock: Callable[[], datetime]

    def verify(self, document: Mapping[str, Any]) -> Report:
        """The report on a credential; a document of another form is INVALID, never an error."""
        return self._report(document, self._pinned)

    def verify_file(self, content: bytes) -> Report:
        """The report on a file: a PDF of ours, a baked badge, or a credential in JSON.

        One without a credential is INVALID, never an error; CredentialMalformed for no JSON.
        """
        if badge.is_one(content):
            baked = badge.credential(content)
            return self.verify(baked) if baked else self._without(content)
        if not pdf.is_pdf(content):
            document = documents.read(content)
            return self._verify_own(document) if own.is_one(document) else self.verify(document)
        carried = pdf.credential(content)
        if carried is None:
            return self._without(content)
        report = self.verify(carried)
        found = self._on_file(pdf.judged(content, claimed_signer(carried)))  # (9)
        return Report(report.number, (*report.findings, found))

    def _verify_own(self, document: dict[str, Any]) -> Report:
        try:
            copy = own.read(document)
            facts = claims.facts(copy.credential)
        except CredentialMalformed as error:
            return Report("", (_malformed(self.clock(), error),))
        found = Findings(self.clock())
        check_holder(found, copy, facts, claimed_signer(copy.credential))  # (10)
        report = self.verify(copy.credential)
        return Report(report.number, (*report.findings, *found.all))

    def verify_at(self, world: World | None, document: Mapping[str, Any]) -> Report:
        """The same, at a block that is pinned already; None while the node is silent."""
        return self._report(document, lambda: world)

    def _report(self, document: Mapping[str, Any], pinned: Callable[[], World | None]) -> Report:
        found = Findings(self.clock())
        try:
            facts = claims.facts(dict(document))
            signed_by = signer(dict(document), facts)
        except CredentialMalformed as error:
            return Report("", (_malformed(self.clock(), error),))
        found.add(Check.NUMBER, check_number(facts))  # (1)
        world = pinned()
        _check_signature(found, facts, signed_by, world)  # (2)
        found.add(Check.DOCUMENT, check_document(facts))  # (3)
        found.add(Check.PROOF, check_proof(facts))  # (4)
        if self._is_ours(facts):
            self._check_on_chain(found, facts, world)  # (5) to (8)
        else:
            _refuse_network(found, facts)
        return Report(facts.number, tuple(found.all))

    def _without(self, content: bytes) -> Report:
        """On a picture or PDF without a credential that can be read."""
        if badge.is_one(content):
            code = "BADGE_EMPTY" if badge.is_empty(content) else "BADGE_BROKEN"
        else:
            code = "PDF_EMPTY" if pdf.is_foreign(content) else "PDF_STRIPPED"
        return Report("", (self._on_file(code),))

    def _on_file(self, code: str) -> Finding:
        found = Findings(self.clock())
        found.add(Check.FILE, Answer(code))
        return found.all[0]

    def _pinned(self) -> World | None:
        """The ledger at the newest final block; None while the node is silent."""
        try:
            return self.world("finalized")
        except NO_ANSWER:
            return None

    def _is_ours(self, facts: Facts) -> bool:
        same_chain = self.chain_id in (None, facts.chain_id)
        ours = self.contract or facts.contract
        return same_chain and facts.contract.lower() == ours.lower()

    def _check_on_chain(self, found: Findings, facts: Facts, world: World | None) -> None:
        found.ask(  # (5)
            Check.ROOT, world, lambda at: self._root(facts, at), silent="ROOT_UNCHECKED"
        )
        status: Status | None = None

        def record(at: World) -> Answer:
            nonlocal status
            told = at.status(facts.tree)
            if not told.is_minted and lags(facts, at):
                return Answer("RECORD_UNCHECKED", behind(facts, at))
            status = told
            return check_record(told)

        found.ask(Check.RECORD, world, record, silent="RECORD_UNCHECKED")  # (6)
        found.ask(  # (7)
            Check.LOT, world, lambda at: self._lot(facts, at), silent="LOT_UNCHECKED"
        )
        found.ask(  # (8)
            Check.REGISTRY,
            world if status else None,
            lambda at: check_exchange(facts, at, status, self.mirror, self.clock()),
            silent="EXCHANGE_UNCHECKED",
            why="what became of the record is not known",
        )

    def _lot(self, facts: Facts, world: World) -> Answer:
        if lags(facts, world) and world.lot(facts.record.lot) is None:
            return Answer("LOT_UNCHECKED", behind(facts, world))
        return check_lot(facts, world, facts.site)

    def _root(self, facts: Facts, world: World) -> Answer:
        root = f"0x{facts.root.hex()}"
        if holds_root(facts, world):
            return Answer("ROOT_OK", root)
        newest = self.world("latest")
        if holds_root(facts, newest):
            return Answer("ROOT_PENDING", root, {"latest_block": newest.height})
        if lags(facts, world):
            return Answer("ROOT_UNCHECKED", behind(facts, world))
        return Answer("ROOT_MISSING", root)


def _malformed(now: datetime, error: CredentialMalformed) -> Finding:
    found = Findings(now)
    found.add(Check.DOCUMENT, Answer("DOCUMENT_MALFORMED", str(error)))
    return found.all[0]


def claimed_signer(document: dict[str, Any]) -> IssuerKey | None:
    """The key that signed the credential; None if its own signature is broken."""
    try:
        return signer(document, claims.facts(document))
    except CredentialMalformed:
        return None


def _check_signature(
    found: Findings, facts: Facts, signed_by: IssuerKey | None, world: World | None
) -> None:
    if signed_by is None:
        found.add(Check.SIGNATURE, Answer("SIGNATURE_BROKEN", facts.method))
        return
    found.ask(
        Check.SIGNATURE,
        world,
        lambda at: check_key(facts, signed_by, at, found.now),
        silent="SIGNATURE_UNCHECKED",
    )


def _refuse_network(found: Findings, facts: Facts) -> None:
    found.add(
        Check.ROOT, Answer("WRONG_NETWORK", f"chain {facts.chain_id}, contract {facts.contract}")
    )
    for check in (Check.RECORD, Check.LOT, Check.REGISTRY):
        found.add(check, Answer("NOT_REACHED"))
