"""A holder leaves: his secret and name are gone for good, and every count stays."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from tests.flow.conftest import WISH
from tests.flow.exchanging import asked
from treering.domain.own import Asked
from treering.domain.redemption import Wish
from treering.domain.verification import State, Verdict
from treering.errors import HolderGone, HolderNotFound, HolderWaits, KeyReused, NotTheHolder
from treering.flow.caring.withdraw import Farewell
from treering.flow.overseeing.scrub import Scrub
from treering.flow.parts import Parts
from treering.store.folio import Entry, Folio
from treering.store.redemptions import Redemptions

LATE = (
    "INSERT INTO redemptions (lot, first_serial, holder, redeemed_at, recorded_at, count, "
    "price_grams, masked_name, campaign) SELECT lot, 900, ({}), now(), now(), 1, 1, 'x', '' "
    "FROM redemptions LIMIT 1"
)


@pytest.fixture
def farewell(parts: Parts) -> Farewell:
    return Farewell(parts.engine, parts.vault)


def somebody_waits(engine: Engine) -> bool:
    """Asked in a transaction of its own: within one, PostgreSQL would answer the same again."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with engine.connect() as connection:
        return bool(connection.execute(text(waiting)).scalar_one())


def everything(engine: Engine) -> str:
    """All that the books hold of holders and redemptions, as text."""
    tables = ("holders", "redemptions", "redemption_keys", "exchanges")
    with engine.connect() as connection:
        return "\n".join(
            str(row.whole)
            for table in tables
            for row in connection.execute(text(f"SELECT t::text AS whole FROM {table} AS t"))
        )


def test_name_secret_and_hashes_are_gone_and_the_counts_are_not(
    parts: Parts, numbers, farewell, vault
):
    before = everything(parts.engine)
    counts = [(row.asked, row.final) for row in parts.service.counts()]
    with parts.engine.connect() as connection:
        fingerprint = connection.execute(text("SELECT fingerprint::text FROM redemption_keys"))
        (held,) = fingerprint.scalars()
        (box,) = connection.execute(text("SELECT sealed::text FROM holders")).scalars()
        (lookup,) = connection.execute(text("SELECT lookup::text FROM holders")).scalars()
    assert farewell.withdraw("ANT_FOREST", "user-1") == 3
    after = everything(parts.engine)
    for gone in ("张*", held, box, lookup):
        assert gone in before
        assert gone not in after
    assert [(row.asked, row.final) for row in parts.service.counts()] == counts


def test_his_certificates_still_stand_and_those_he_kept_still_verify(
    parts: Parts, numbers, farewell
):
    kept = parts.service.credential(numbers[0])
    farewell.withdraw("ANT_FOREST", "user-1")
    view = parts.service.certificate(numbers[0])
    assert (view.state, view.redemption.masked_name) == (State.FINAL, "")
    assert parts.service.verify(kept).verdict is Verdict.VALID
    fresh = parts.service.credential(numbers[0])
    assert fresh["credentialSubject"]["holderName"] == ""
    assert parts.service.verify(fresh).verdict is Verdict.VALID


def test_nobody_can_prove_that_it_was_his(parts: Parts, numbers, farewell):
    asked = Asked(holder="user-1", name="张三")
    assert parts.service.own_copy_now(numbers[0], asked)
    farewell.withdraw("ANT_FOREST", "user-1")
    with pytest.raises(NotTheHolder):
        parts.service.own_copy_now(numbers[0], asked)


def test_a_scrub_finds_nothing_wrong_afterwards(parts: Parts, numbers, farewell):
    farewell.withdraw("ANT_FOREST", "user-1")
    assert list(Scrub(parts.engine, parts.vault).damages()) == []


def test_who_comes_back_is_somebody_new(parts: Parts, numbers, farewell, desk):
    farewell.withdraw("ANT_FOREST", "user-1")
    with pytest.raises(HolderNotFound):
        farewell.withdraw("ANT_FOREST", "user-1")
    desk.redeem("ANT_FOREST", "again", WISH)
    with parts.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM holders")).scalar() == 2


def test_an_old_key_brings_nobody_back(parts: Parts, numbers, farewell, desk):
    farewell.withdraw("ANT_FOREST", "user-1")
    with pytest.raises(KeyReused):
        desk.redeem("ANT_FOREST", "three", replace(WISH, count=3))


def test_records_in_no_batch_come_first(parts: Parts, desk, sealer, farewell):
    desk.redeem("ANT_FOREST", "a", WISH)
    with pytest.raises(HolderWaits, match="1 records"):
        farewell.withdraw("ANT_FOREST", "user-1")
    sealer.seal_due()
    assert farewell.withdraw("ANT_FOREST", "user-1") == 1


def test_an_exchange_under_way_comes_first(parts: Parts, numbers, farewell, engine):
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO exchanges "
                "(id, holder, year, state, trees, sealed_salt, applied_at, adcode) SELECT "
                "gen_random_uuid(), id, 2018, 'applied', '{}', 'salt', now(), '' FROM holders"
            )
        )
    with pytest.raises(HolderWaits, match="exchange"):
        farewell.withdraw("ANT_FOREST", "user-1")
    with engine.begin() as connection:
        connection.execute(text("UPDATE exchanges SET state = 'claimed', commitment = 'c'"))
    farewell.withdraw("ANT_FOREST", "user-1")
    with engine.connect() as connection:
        row = connection.execute(text("SELECT sealed_salt, number FROM exchanges")).one()
    assert (bytes(row.sealed_salt), row.number) == (b"", None)


def test_nobodys_certificates_are_not_exchanged(parts: Parts, numbers, farewell):
    farewell.withdraw("ANT_FOREST", "user-1")
    with pytest.raises(HolderGone):
        parts.applications.apply(asked(numbers))


def test_whether_he_was_eligible_goes_with_him(parts: Parts, numbers, farewell):
    parts.applications.apply_once("ANT_FOREST", "key", asked(numbers))
    with parts.engine.begin() as connection:
        connection.execute(text("UPDATE exchanges SET state = 'claimed', commitment = 'c'"))
    farewell.withdraw("ANT_FOREST", "user-1")
    with parts.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM eligibilities")).scalar() == 0
        assert connection.execute(text("SELECT fingerprint FROM exchange_keys")).scalar() == b""
    with pytest.raises(KeyReused):
        parts.applications.apply_once("ANT_FOREST", "key", asked(numbers))


def test_others_stay_as_they_are(parts: Parts, numbers, desk, farewell):
    desk.redeem("ANT_FOREST", "other", Wish(lot="ANT_FOREST-277", holder="user-2", name="李四"))
    with pytest.raises(HolderNotFound):
        farewell.withdraw("GFOREST", "user-1")
    farewell.withdraw("ANT_FOREST", "user-1")
    assert "李*" in everything(parts.engine)


def test_a_redemption_on_its_way_is_waited_for(parts: Parts, numbers, farewell, engine):
    with ThreadPoolExecutor(1) as pool, engine.connect() as connection:
        connection.execute(text(LATE.format("SELECT id FROM holders")))
        leaving = pool.submit(farewell.withdraw, "ANT_FOREST", "user-1")
        while not somebody_waits(engine):
            assert not leaving.done()
        connection.commit()
        with pytest.raises(HolderWaits, match="1 records"):
            leaving.result()


def test_who_redeems_too_late_is_a_new_holder(parts: Parts, numbers, farewell, desk, monkeypatch):
    """The old row is gone: what would still point at it cannot be written, and is asked again."""
    with parts.engine.connect() as connection:
        old = connection.execute(text("SELECT id FROM holders")).scalar_one()
    write, written = Folio.write, []

    def late(folio: Folio, entries: Sequence[Entry]) -> None:
        if not written:
            farewell.withdraw("ANT_FOREST", "user-1")  # he was there when he was looked up
        written.append(entries)
        write(folio, entries)

    monkeypatch.setattr(Folio, "write", late)
    made, _ = desk.redeem("ANT_FOREST", "late", WISH)
    assert len(written) == 2
    with parts.engine.connect() as connection:
        found = Redemptions(connection).of_tree(made.trees()[0])
    assert found
    assert found[1] != old
