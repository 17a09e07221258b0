"""What the contract must answer, view by view, if it holds what its events told.

The counters are TreeLedger's own, kept apart from its events: a lost or invented event
shows as a counter that differs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from treering.domain.lot import Unit
from treering.domain.record import LotId, TreeId, lot_of, programme_of, serial_of
from treering.domain.recount.books import NOTHING, Books, LotBook
from treering.domain.recount.difference import Code, Difference, Value, lot_name, record_name
from treering.domain.recount.totals import Totals, code_text, totals_by
from treering.domain.stage import Stage

_NOBODY = "0x" + "00" * 20


@dataclass(frozen=True, slots=True)
class Expectation:
    """`values` names the view's answers in their order; a struct's fields stand singly."""

    view: str
    arguments: tuple[Value, ...]
    values: dict[str, Value]
    subject: str
    lot: LotId | None = None
    serial: int | None = None

    def differences(self, answers: tuple[Value, ...]) -> Iterator[Difference]:
        """Where the contract answers something else; `answers` are as many as `values`."""
        for (name, expected), found in zip(self.values.items(), answers, strict=True):
            if expected != found:
                yield Difference(
                    code=Code.CONTRACT_DIFFERS,
                    subject=f"{self.subject}: {self.view}.{name}",
                    expected=expected,
                    found=found,
                    lot=self.lot,
                    serial=self.serial,
                )


def expectations(books: Books) -> Iterator[Expectation]:
    """Every counter and every state that the books know of."""
    for lot, book in books.lots.items():
        yield from _of_lot(lot, book)
    yield from _of_totals(books)
    for first, root in books.batches.items():
        yield _of_record("rootOf", first, {"root": root})
    for tree in books.records.touched():
        yield _of_record("status", tree, _status(books, tree))
    yield from _of_the_rest(books)


def _of_lot(lot: LotId, book: LotBook) -> Iterator[Expectation]:
    terms = book.terms
    values: dict[str, Value] = {
        "site": terms.site,
        "species": terms.species,
        "year": terms.year,
        "unit": terms.unit,
        "dossier": terms.dossier,
        "endorsed": book.endorsed,
        "accepted": book.accepted or 0,
        "surveyed": book.surveyed or 0,
        "minted": book.minted,
        "revoked": book.revoked,
        "isAccepted": book.accepted is not None,
        "isSurveyed": book.surveyed is not None,
        "isClosed": book.closed,
    }
    name = lot_name(lot)
    yield Expectation("lotOf", (lot,), values, name, lot)
    yield Expectation("capOf", (lot,), {"cap": book.cap}, name, lot)
    yield Expectation("deficitOf", (lot,), {"deficit": book.deficit}, name, lot)
    for stage in Stage:
        newest: dict[str, Value] = {stage.name.lower(): book.statements.get(stage, NOTHING)}
        yield Expectation("statementOf", (lot, stage.value), newest, name, lot)


def _of_totals(books: Books) -> Iterator[Expectation]:
    everything = {unit: total for (_, unit), total in totals_by(books, lambda *_: "").items()}
    for unit in Unit:
        values = _sums(everything.get(unit.value, Totals()))
        yield Expectation("totals", (unit.value,), values, f"all {unit.name}")
    yield from _sums_by(
        books, "totalsOfProgramme", lambda lot, _: (programme_of(lot),), "programme {0}"
    )
    yield from _sums_by(
        books, "totalsOfSite", lambda _, book: (book.terms.site, book.terms.year), "site {0} {1}"
    )
    yield from _sums_by(
        books, "totalsOfSpecies", lambda _, book: (book.terms.species,), "species {0}"
    )
    yield from _sums_by(books, "totalsOfYear", lambda _, book: (book.terms.year,), "year {0}")


def _sums_by(
    books: Books, view: str, key: Callable[[LotId, LotBook], tuple[int | bytes, ...]], name: str
) -> Iterator[Expectation]:
    for (keys, unit), total in totals_by(books, key).items():
        texts = [code_text(part) if isinstance(part, bytes) else part for part in keys]
        yield Expectation(view, (*keys, unit), _sums(total), f"{name.format(*texts)}, unit {unit}")


def _sums(total: Totals) -> dict[str, Value]:
    return {"minted": total.minted, "revoked": total.revoked}


def _of_record(view: str, tree: TreeId, values: dict[str, Value]) -> Expectation:
    return Expectation(view, (tree,), values, record_name(tree), lot_of(tree), serial_of(tree))


def _status(books: Books, tree: TreeId) -> dict[str, Value]:
    records = books.records
    successor, predecessor = records.replaced_by.get(tree), records.replaces.get(tree)
    return {
        "isMinted": books.is_minted(tree),
        "revoked": int(records.revoked.get(tree, 0)),
        "replacedBy": 0 if successor is None else successor + 1,
        "replaces": 0 if predecessor is None else predecessor + 1,
        "claim": records.claims.get(tree, NOTHING),
    }


def _of_the_rest(books: Books) -> Iterator[Expectation]:
    for programme, code in books.programmes.items():
        subject = f"programme {programme}"
        yield Expectation("programmeCode", (programme,), {"code": code}, subject)
    for inspector, nonce in books.nonces.items():
        yield Expectation("nonceOf", (inspector,), {"nonce": nonce}, f"inspector {inspector}")
    for feed, (size, root) in books.feeds.items():
        yield Expectation(
            "feedHead", (feed,), {"size": size, "root": root}, f"feed 0x{feed.hex()}"
        )
    for (programme, key_id), key in books.keys.items():
        values: dict[str, Value] = {
            "publicKey": key.public_key,
            "from": key.valid_from,
            "until": key.until,
        }
        yield Expectation("issuerKey", (programme, key_id), values, f"key 0x{key_id.hex()}")
    for (role, account), held in books.duties.holds.items():
        subject = f"role 0x{role.hex()} of {account}"
        yield Expectation("hasRole", (role, account), {"held": held}, subject)
    admin = books.duties.admin or _NOBODY
    yield Expectation("defaultAdmin", (), {"admin": admin}, "contract")
    yield Expectation("successor", (), {"address": books.successor or _NOBODY}, "contract")
    yield Expectation("paused", (), {"paused": books.paused}, "contract")
