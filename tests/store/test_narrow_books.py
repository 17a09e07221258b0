"""A database of the first release is carried over: no redemption, key or id is lost."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, text

from treering.domain.record import LotId, lot_id, tree_id
from treering.domain.redemption import Ask, Wish
from treering.store.exchanges import Exchanges
from treering.store.folio import Folio
from treering.store.holders import Holders, lookups
from treering.store.migrate import _config, migrate
from treering.store.redemptions import Redemptions
from treering.store.stretches import secrets
from treering.store.vault import Vault

NOW = datetime(2026, 4, 22, tzinfo=UTC)
LOT = lot_id(1, 277)
ID, HOLDER, EXCHANGE = UUID(int=7), UUID(int=8), UUID(int=9)
VAULT = Vault(bytes(32))
_ROWS = """
    INSERT INTO programmes VALUES ('P', 1, 'P', 'O', 'CN', '2016', '\\x00');
    INSERT INTO parties VALUES ('B', 'b', 'b', 'planting');
    INSERT INTO provinces VALUES ('150000', 'p', 'p');
    INSERT INTO species VALUES ('S', 's', 's', 's', 1, 17900, 'reported');
    INSERT INTO lots VALUES (:lot, 'P-277', 'P', 'S', '150000', 'B', NULL, 's', 's', 's', 1, 2019,
                             NULL, NULL, 'reported', '', 100, 3, 0);
    INSERT INTO holders VALUES (:holder, 'P', :lookup, :sealed);
    INSERT INTO redemptions VALUES (:id, 'P', 'spring:2', :print, :lot, 0, 3, :holder, 'z***',
                                    17900, NULL, :now, :now);
    INSERT INTO exchanges VALUES (:exchange, :holder, 2026, 'applied', '{}', :salt, NULL, NULL,
                                  :now);
"""


def first_release(engine: Engine) -> None:
    """A database of revision 0001, with one redemption."""
    lookup = bytes.fromhex(lookups(VAULT, "P")("user-1"))
    values = {
        "lot": LOT,
        "holder": HOLDER,
        "lookup": lookup + bytes(16),
        "sealed": VAULT.seal(bytes(64), "holder"),
        "id": ID,
        "print": b"f" * 32,
        "now": NOW,
        "exchange": EXCHANGE,
        "salt": VAULT.seal(bytes(32), "exchange salt"),
    }
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in filter(str.strip, _ROWS.split(";")):
            query = text(statement)
            connection.execute(query, {k: values[k] for k in query.compile().params})


@pytest.fixture
def carried(empty_engine: Engine) -> Connection:
    first_release(empty_engine)
    migrate(empty_engine)
    with empty_engine.begin() as connection:
        yield connection


def test_a_redemption_keeps_its_id_its_key_and_its_holder(carried: Connection):
    redemptions = Redemptions(carried)
    wish = Wish(lot="P-277", holder="user-1", name="z")
    asks = [Ask(programme, "spring:2", wish) for programme in "PQ"]
    lot, brought = Folio(carried, VAULT).look(asks)
    ((place, (made, fingerprint)),) = brought.items()
    assert lot.id == LOT
    assert place == ("P", "spring:2")
    assert (made.id, made.lot, made.first_serial, made.count) == (ID, LOT, 0, 3)
    assert (made.programme, made.campaign, made.redeemed_at) == ("P", None, NOW)
    assert fingerprint == b"f" * 32
    assert redemptions.get("P", ID) == made
    assert redemptions.get("Q", ID) is None
    found, holder = redemptions.of_tree(tree_id(LotId(LOT), 2))
    assert found == made
    assert Holders(carried, VAULT).known("P", ["user-1"]) == {"user-1": holder}
    assert secrets(carried, VAULT, {holder})[holder].secret == bytes(32)
    assert Exchanges(carried, VAULT).of(holder, 2026).id == EXCHANGE


def test_a_new_holder_has_a_number_of_his_own(carried: Connection):
    known = Holders(carried, VAULT).known
    assert len(set(known("P", ["user-1", "user-2"]).values())) == 2


def test_a_load_that_had_begun_is_known_as_one_of_the_former_kind(carried: Connection):
    rows = carried.execute(text("SELECT programme, key, former FROM loads")).all()
    assert rows == [("P", "spring", True)]
