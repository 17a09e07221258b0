"""What is sown on a side, and what reconciliation has to find of it."""

from collections.abc import Callable

from tests.flow.reconcile.kit import (
    EXCHANGED,
    FIRST,
    LOT,
    OTHER,
    OTHERS,
    SECOND,
    THIRD,
    World,
    exchange,
    listing,
    records,
)
from treering.domain.fulfilment import Event
from treering.domain.record import lot_id
from treering.domain.recount.events import Reason
from treering.domain.stage import Stage


def redemption(first: int, count: int, *, lot: int = LOT, recorded_at: str = "now()") -> str:
    """By the holder of the first records."""
    return (
        f"INSERT INTO redemptions SELECT {lot}, {first}, holder, redeemed_at, {recorded_at}, "
        f"{count}, 0, '', '' FROM redemptions WHERE lot = {LOT} AND first_serial = 0"
    )


Seed = Callable[[World], object]


SEEDS: dict[str, tuple[Seed, list[str]]] = {
    "a lot that the chain does not know": (
        lambda w: w.sql(
            f"UPDATE lots SET asked = 5 WHERE id = {lot_id(1, 464)}",
            redemption(0, 5, lot=lot_id(1, 464), recorded_at="now() + interval '1 day'"),
        ),
        ["LOT_NOT_ON_CHAIN lot 1/464"],
    ),
    "a lot that our database does not know": (
        lambda w: w.chain.open_lot(31, endorsed=10),
        ["LOT_NOT_IN_BOOKS lot 1/31"],
    ),
    "another planting year": (
        lambda w: w.sql("UPDATE lots SET year = 2020 WHERE id = 4294967573"),
        ["LOT_YEAR lot 1/277"],
    ),
    "another site": (
        lambda w: w.sql("UPDATE lots SET site = '150000/1' WHERE id = 4294967573"),
        ["LOT_TERMS lot 1/277"],
    ),
    "more room than inspectors gave": (
        lambda w: w.chain.state(LOT, Stage.ACCEPTANCE, 100),
        ["LOT_CAPACITY lot 1/277"],
    ),
    "more given away than accepted": (
        lambda w: w.chain.state(LOT, Stage.ACCEPTANCE, 5),
        ["LOT_OVER_ACCEPTED lot 1/277"],
    ),
    "two redemptions of the same serials": (
        lambda w: w.sql(redemption(1, 2)),
        ["SERIALS_TWICE lot 1/277"],
    ),
    "a counter that no redemption explains": (
        lambda w: w.sql(f"UPDATE lots SET asked = 7, sealed = 7 WHERE id = {LOT}"),
        ["ASKED_COUNT lot 1/277", "SEALED_COUNT lot 1/277"],
    ),
    "a redemption that no batch took": (
        lambda w: w.sql(
            f"UPDATE lots SET asked = 8 WHERE id = {LOT}",
            redemption(6, 2, recorded_at="'2020-01-01Z'"),
        ),
        ["REDEMPTIONS_LATE lot 1/277"],
    ),
    "a batch that our database does not know": (
        lambda w: w.chain.mint(LOT, 6, b"\1" * 40),
        ["BATCH_FOREIGN batch from record 1/277/6"],
    ),
    "a batch that the chain does not hold": (
        lambda w: w.sql(
            f"UPDATE lots SET asked = 9, sealed = 9 WHERE id = {LOT}",
            redemption(6, 3),
            "INSERT INTO batches (programme, lot, first_serial, count, state, holders, root, "
            "sealed_at, block_number, block_hash) SELECT programme, lot, 6, 3, 'final', holders, "
            "root, sealed_at, 1, block_hash FROM batches WHERE first_serial = 0",
        ),
        ["BATCH_LOST batch from record 1/277/6"],
    ),
    "a batch of another size": (
        lambda w: w.sql(
            "UPDATE batches SET count = 4, holders = holders || substr(holders, 1, 20) "
            "WHERE first_serial = 3",
            f"UPDATE lots SET asked = 7, sealed = 7 WHERE id = {LOT}",
            redemption(6, 1),
        ),
        ["BATCH_COUNT batch from record 1/277/3"],
    ),
    "another root": (
        lambda w: w.sql("UPDATE batches SET root = sha256('x') WHERE first_serial = 3"),
        ["BATCH_ROOT batch from record 1/277/3"],
    ),
    "a batch that never came to its end": (
        lambda w: w.sql(
            "UPDATE batches SET state = 'signed', sealed_at = '2020-01-01Z' WHERE first_serial = 3"
        ),
        ["BATCH_LATE batch from record 1/277/3"],
    ),
    "another holder": (
        lambda w: w.sql(
            "UPDATE redemptions SET holder = (SELECT holder FROM redemptions "
            "WHERE first_serial = 0) WHERE first_serial = 3"
        ),
        records("RECORD_HOLDER", OTHERS[0]),
    ),
    "a holder whose secret does not open": (
        lambda w: w.sql(
            "UPDATE holders SET sealed = sha256('x') || sha256('y') || sha256('z') WHERE id = "
            "(SELECT holder FROM redemptions WHERE first_serial = 3)"
        ),
        records("RECORD_HOLDER", OTHERS[0]),
    ),
    "records that nobody redeemed": (
        lambda w: w.sql("DELETE FROM redemptions WHERE first_serial = 3"),
        ["ASKED_COUNT lot 1/277", *records("RECORD_UNREDEEMED", OTHERS[0])],
    ),
    "a claim for another certificate than the registry's": (
        lambda w: (
            w.chain.act("registry", "claim", OTHER, [OTHERS[0]]),
            w.log.add(listing(b"\6" * 32, OTHERS[0])),
        ),
        records("CLAIM_USED_TWICE", OTHERS[0]),
    ),
    "an exchange that our database lost": (
        lambda w: w.sql("DELETE FROM exchanges"),
        records("EXCHANGE_UNKNOWN", *EXCHANGED),
    ),
    "an exchange for another certificate": (
        lambda w: w.sql("UPDATE exchanges SET commitment = sha256('x')"),
        records("EXCHANGE_OTHER", *EXCHANGED),
    ),
    "an exchange that stopped half-way": (
        lambda w: w.sql("UPDATE exchanges SET state = 'issued', applied_at = '2020-01-01Z'"),
        records("EXCHANGE_LATE", *EXCHANGED),
    ),
    "an exchange that our database alone has ended": (
        lambda w: w.sql(
            "UPDATE exchanges SET state = 'released', ended_by = 'programme', "
            "ended_at = '2026-02-02Z'"
        ),
        records("EXCHANGE_NOT_ENDED", *EXCHANGED),
    ),
    "a certificate that the registry withdrew": (
        lambda w: w.says(Event.WITHDRAWN),
        records("CERTIFICATE_WITHDRAWN", *EXCHANGED),
    ),
    "a certificate that lists a record no more": (
        lambda w: w.says(Event.CORRECTED, trees=(FIRST, SECOND)),
        records("CERTIFICATE_CORRECTED", THIRD),
    ),
    "a claim for a certificate that was never issued": (
        lambda w: w.chain.act("registry", "claim", OTHER, [OTHERS[0]]),
        records("CERTIFICATE_MISSING", OTHERS[0]),
    ),
    "a certificate that only the registry knows": (
        lambda w: w.log.add(listing(OTHER, OTHERS[0])),
        records("CERTIFICATE_UNKNOWN", OTHERS[0]),
    ),
    "a claim that was released on chain alone": (
        lambda w: w.chain.act("registry", "release", [FIRST]),
        records("CLAIM_RELEASED", FIRST),
    ),
    "a record revoked on chain alone": (
        lambda w: w.chain.act("revoker", "revoke", [SECOND], Reason.FRAUD),
        records("RECORD_REVOKED", SECOND),
    ),
    "a revoked record in the registry's log": (
        lambda w: (
            w.chain.act("revoker", "revoke", [OTHERS[0]], Reason.FRAUD),
            w.log.add(listing(OTHER, OTHERS[0])),
        ),
        records("RECORD_REVOKED", OTHERS[0]),
    ),
    "a replaced record in the registry's log": (
        lambda w: (
            w.chain.act("revoker", "replace", OTHERS[0], OTHERS[1]),
            w.log.add(listing(OTHER, OTHERS[0])),
        ),
        records("RECORD_REVOKED", OTHERS[0]),
    ),
    "a record that was never minted": (
        lambda w: w.log.add(listing(OTHER, FIRST + 99)),
        ["RECORD_NEVER_MINTED record 1/277/99"],
    ),
    "a record of a lot beyond all numbers": (
        lambda w: w.log.add(listing(OTHER, 2**96 - 1)),
        [f"RECORD_NEVER_MINTED record {2**32 - 1}/{2**32 - 1}/{2**32 - 1}"],
    ),
    "a record of a lot that nobody knows": (
        lambda w: w.log.add(listing(OTHER, 5)),
        ["RECORD_NEVER_MINTED record 0/0/5"],
    ),
    "an exchange that was applied for long ago": (
        lambda w: (
            w.chain.act("registry", "release", [FIRST, SECOND, THIRD]),
            w.says(Event.WITHDRAWN),
            w.sql(
                "UPDATE exchanges SET state = 'applied', commitment = NULL, "
                "applied_at = '2020-01-01Z'"
            ),
        ),
        records("EXCHANGE_LATE", *EXCHANGED),
    ),
    "an exchange that waits for its claim": (
        lambda w: (
            w.log.add(listing(OTHER, *OTHERS)),
            w.sql(exchange("issued", OTHER, OTHERS, "2020-01-01Z")),
        ),
        records("EXCHANGE_LATE", *OTHERS),
    ),
    "an exchange whose records are not claimed": (
        lambda w: (
            w.log.add(listing(OTHER, *OTHERS)),
            w.sql(exchange("claimed", OTHER, OTHERS)),
        ),
        records("CLAIM_MISSING", *OTHERS),
    ),
    "an exchange that nobody else knows": (
        lambda w: w.sql(exchange("claimed", OTHER, OTHERS)),
        records("EXCHANGE_NOWHERE", *OTHERS),
    ),
    "an exchange that ended on both other sides": (
        lambda w: (
            w.chain.act("registry", "release", [FIRST, SECOND, THIRD]),
            w.says(Event.WITHDRAWN),
        ),
        records("EXCHANGE_ENDED_THERE", *EXCHANGED),
    ),
}
