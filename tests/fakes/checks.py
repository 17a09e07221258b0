"""The eight checks, as the fake services make them: on the fake chain, but truly."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes.books import CHAIN_ID, CONTRACT, NOW, Books
from treering.domain.claims import Facts, facts
from treering.domain.issuer_key import IssuerKey
from treering.domain.merkle import root_from
from treering.domain.number import parse
from treering.domain.proof import is_signed, proofs_of
from treering.domain.record import lot_of, tree_id
from treering.domain.verification import Check, Finding, Report, Verdict
from treering.errors import CredentialMalformed, NumberMistyped

_V, _I, _U = Verdict.VALID, Verdict.INVALID, Verdict.UNKNOWN


def finding(
    check: Check, verdict: Verdict, code: str, detail: str = "", **evidence: Any
) -> Finding:
    return Finding(check, verdict, code, detail, NOW, evidence)


def report_on(document: Mapping[str, Any], books: Books, keys: Mapping[str, IssuerKey]) -> Report:
    """`keys` are those that the chain lists, by the code of their programme."""
    try:
        claimed = facts(dict(document))
    except CredentialMalformed as error:
        return Report("", (finding(Check.DOCUMENT, _I, "DOCUMENT_MALFORMED", str(error)),))
    return Report(claimed.number, tuple(_findings(dict(document), claimed, books, keys)))


def _findings(
    document: dict[str, Any], claimed: Facts, books: Books, keys: Mapping[str, IssuerKey]
) -> Iterator[Finding]:
    yield _number(claimed)  # (1)
    yield _signature(document, claimed, books, keys)  # (2)
    yield _document(claimed)  # (3)
    leads = root_from(claimed.record.word, claimed.proof) == claimed.root  # (4)
    yield finding(
        Check.PROOF,
        _V if leads else _I,
        "PROOF_OK" if leads else "PROOF_BROKEN",
        record="0x" + claimed.record.word.hex(),
        root="0x" + claimed.root.hex(),
        siblings=len(claimed.proof),
    )
    root = _root(claimed, books)
    yield root  # (5)
    if root.code == "WRONG_NETWORK":
        for check in (Check.RECORD, Check.LOT, Check.REGISTRY):
            yield finding(check, _U, "NOT_REACHED")
        return
    yield _record(claimed, books)  # (6)
    yield _lot(claimed, books)  # (7)
    yield finding(  # (8)
        Check.REGISTRY,
        _V,
        "NOT_EXCHANGED",
        "the mirror lists no exchange of this record",
        tree_head=42,
        mirror_age_seconds=17,
        synthetic=True,
    )


def _number(claimed: Facts) -> Finding:
    try:
        tree = parse(claimed.number).tree
    except NumberMistyped as error:
        return finding(Check.NUMBER, _I, "NUMBER_MISTYPED", str(error))
    if tree != claimed.tree:
        return finding(Check.NUMBER, _I, "NUMBER_OF_ANOTHER_RECORD")
    return finding(Check.NUMBER, _V, "NUMBER_OK", tree_id=f"0x{tree:024x}")


def _signature(
    document: dict[str, Any], claimed: Facts, books: Books, keys: Mapping[str, IssuerKey]
) -> Finding:
    if books.down:
        return finding(Check.SIGNATURE, _U, "SIGNATURE_UNCHECKED", "the node did not answer")
    lot = books.lots_by_id.get(lot_of(claimed.tree))
    if lot is None:
        return finding(Check.SIGNATURE, _I, "KEY_NOT_LISTED")
    key = keys[lot.programme]
    if not claimed.method.endswith(key.multikey):
        return finding(Check.SIGNATURE, _I, "KEY_NOT_LISTED")
    if not is_signed(document, key):
        return finding(Check.SIGNATURE, _I, "SIGNATURE_BROKEN", key=key.multikey)
    options = proofs_of(document)[0]
    return finding(
        Check.SIGNATURE, _V, "SIGNATURE_OK", f"signed {options['created']}", key=key.multikey
    )


def _document(claimed: Facts) -> Finding:
    if claimed.serial != claimed.record.serial:
        return finding(Check.DOCUMENT, _I, "DOCUMENT_DIFFERS", "the serial differs")
    return finding(Check.DOCUMENT, _V, "DOCUMENT_OK")


def _root(claimed: Facts, books: Books) -> Finding:
    if (claimed.chain_id, claimed.contract) != (CHAIN_ID, CONTRACT):
        where = f"chain {claimed.chain_id}, contract {claimed.contract}"
        return finding(Check.ROOT, _I, "WRONG_NETWORK", f"the document names {where}")
    if books.down:
        return finding(Check.ROOT, _U, "ROOT_UNCHECKED", "the node did not answer")
    held = books.roots.get(tree_id(claimed.record.lot, claimed.first_serial))
    if held != claimed.root:
        return finding(Check.ROOT, _I, "ROOT_MISSING")
    return finding(
        Check.ROOT,
        _V,
        "ROOT_OK",
        f"at block {books.block}",
        block=books.block,
        chain_id=CHAIN_ID,
        contract=CONTRACT,
        root="0x" + held.hex(),
    )


def _record(claimed: Facts, books: Books) -> Finding:
    if books.down:
        return finding(Check.RECORD, _U, "RECORD_UNCHECKED", "the node did not answer")
    evidence: dict[str, Any] = {"block": books.block}
    for old, new in books.replaced.items():
        if new == claimed.tree:
            evidence["replaces"] = f"0x{old:024x}"
    if claimed.tree in books.revoked:
        evidence["reason"] = "NOT_PLANTED"
        return finding(Check.RECORD, _I, "RECORD_REVOKED", "NOT_PLANTED", **evidence)
    if claimed.tree in books.replaced:
        successor = evidence["replaced_by"] = f"0x{books.replaced[claimed.tree]:024x}"
        return finding(Check.RECORD, _I, "RECORD_REPLACED", successor, **evidence)
    return finding(Check.RECORD, _V, "RECORD_OK", **evidence)


def _lot(claimed: Facts, books: Books) -> Finding:
    if books.down:
        return finding(Check.LOT, _U, "LOT_UNCHECKED", "the node did not answer")
    lot = books.lots_by_id.get(claimed.record.lot)
    if lot is None:
        return finding(Check.LOT, _I, "LOT_DIFFERS")
    same = (claimed.site, claimed.year, claimed.unit) == (lot.site, lot.year, lot.unit.name)
    evidence = {"site": lot.site, "year": lot.year, "unit": lot.unit.name, "block": books.block}
    return finding(Check.LOT, _V if same else _I, "LOT_OK" if same else "LOT_DIFFERS", **evidence)


def pending(number: str, books: Books, *, mined: bool) -> Report:
    """The report while the batch is not final: what cannot be checked yet says so."""
    code = "ROOT_PENDING" if mined else "NOT_MINTED"
    later = (Check.SIGNATURE, Check.DOCUMENT, Check.PROOF, Check.ROOT, Check.RECORD)
    waiting = [finding(check, _U, code) for check in later]
    lot = (
        finding(Check.LOT, _U, "LOT_UNCHECKED") if books.down else finding(Check.LOT, _V, "LOT_OK")
    )
    registry = finding(Check.REGISTRY, _V, "NOT_EXCHANGED", synthetic=True)
    return Report(number, (finding(Check.NUMBER, _V, "NUMBER_OK"), *waiting, lot, registry))
