"""Bundle: what a verifier asks of the chain, at one final block, for where there is no network.

It is made of a recount from the chain's own logs, held to the contract as an audit is: what
does not agree with itself is not put into a bundle. No database of ours is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from treering.chain.keys import KeyFolder
from treering.chain.ledger import Ledger
from treering.domain.bundle import form
from treering.domain.bundle.contents import Batches, Bundle, LotLine
from treering.domain.issuer_key import IssuerKey
from treering.domain.record import LotId, TreeId, lot_of, serial_of
from treering.domain.recount.books import NOTHING, Books, LotBook
from treering.errors import BundleNotMade, IssuerKeyUnlisted, SettingsWrong
from treering.flow.auditing.audit import Recounted, Watch, recounted


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundled:
    """The file's bytes, what they say, and which programme's key signed them."""

    data: bytes
    bundle: Bundle
    programme: str
    signer: IssuerKey


def bundled(
    ledger: Ledger,
    keys: KeyFolder,
    *,
    programme: str | None = None,
    block: int | None = None,
    watch: Watch = lambda _: None,
) -> Bundled:
    """The bundle at a final block, the newest unless one is named; signed by the programme's
    issuer key, the first one's whose key is here unless one is named.

    Raises as `audit` does, and BundleNotMade where the block is not final or the recount
    differs, SettingsWrong where no key is here, IssuerKeyUnlisted where the chain lists it not.
    """
    made = _agreed(ledger, block, watch)
    contents = _contents(made)
    number, code = _signing(made.recount.books, keys, programme)
    private = keys.issuer(code)
    key = IssuerKey(private.public_key().public_bytes_raw())
    listed = contents.issuer_key(number, key.id)
    if listed is None or not listed.held_at(contents.as_of):
        raise IssuerKeyUnlisted(f"{code}: {key.multikey} at block {contents.block}")
    data = form.written(contents, key, private.sign)
    return Bundled(data=data, bundle=contents, programme=code, signer=key)


def _agreed(ledger: Ledger, block: int | None, watch: Watch) -> Recounted:
    """The recount at a final block, without any difference."""
    final = ledger.final_block().number
    if block is not None and block > final:
        raise BundleNotMade(f"block {block} is not final: {final} is the newest that is")
    made = recounted(ledger.node, ledger.contract, final if block is None else block, watch)
    if made.recount.found:
        first = made.recount.differences[0]
        raise BundleNotMade(
            f"the recount differs {made.recount.found} times, first {first.code.value} of "
            f"{first.subject}: treering audit tells all"
        )
    return made


def _signing(books: Books, keys: KeyFolder, named: str | None) -> tuple[int, str]:
    """The number and code of the programme that signs. No key is made for it."""
    for number, padded in sorted(books.programmes.items()):
        code = _code(padded)
        if named in (None, code) and not keys.missing(accounts=[], secrets=[f"issuer-{code}"]):
            return number, code
    raise SettingsWrong(f"the issuer key of {named or 'any programme there'} is not here")


def _code(padded: bytes) -> str:
    return padded.rstrip(b"\0").decode("ascii", "replace")


def _contents(made: Recounted) -> Bundle:
    books, ledger = made.recount.books, made.ledger
    batches: dict[LotId, list[TreeId]] = {}
    for first in sorted(books.batches):
        batches.setdefault(lot_of(first), []).append(first)
    records = books.records
    return Bundle(
        chain_id=ledger.chain_id,
        contract=ledger.contract.lower(),
        block=ledger.block.number,
        block_hash=ledger.block.hash,
        block_time=ledger.block.timestamp,
        keys=books.keys,
        lots={lot: _line(books, book, batches.get(lot, [])) for lot, book in books.lots.items()},
        revoked=records.revoked,
        replaced=records.replaced_by,
        claimed=frozenset(t for t, claim in records.claims.items() if claim != NOTHING),
        programmes={number: _code(padded) for number, padded in books.programmes.items()},
    )


def _line(books: Books, book: LotBook, firsts: Sequence[TreeId]) -> LotLine:
    """`firsts` are the batches' first records. No serial is missing: the recount agreed."""
    starts = [*map(serial_of, firsts), book.next_serial]
    sizes = [end - start for start, end in pairwise(starts)]
    return LotLine(
        terms=book.terms,
        endorsed=book.endorsed,
        accepted=book.accepted,
        surveyed=book.surveyed,
        closed=book.closed,
        batches=Batches.of(sizes, b"".join(books.batches[first] for first in firsts)),
    )
