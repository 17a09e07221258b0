"""One sound row for each table, for tests that make one unsound."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Table

from treering.store.tables import books as schema
from treering.store.tables import exchanges as exchange_tables
from treering.store.tables import identity as identity_table
from treering.store.tables import operators as operator_tables

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LOT = (1 << 32) | 277
HOLDER, FORMER, EXCHANGE = 1, UUID(int=2), UUID(int=3)
HASH = str(UUID(int=4))

WORLD: list[tuple[Table, dict]] = [
    (
        schema.programmes,
        {
            "code": "P",
            "number": 1,
            "name": "Programme",
            "operator": "Operator",
            "country": "CN",
            "since": "2016",
            "sealed_number_key": b"sealed",
        },
    ),
    (schema.parties, {"code": "BODY", "en": "Body", "zh": "机构", "role": "planting"}),
    (schema.provinces, {"adcode": "150000", "en": "Inner Mongolia", "zh": "内蒙古"}),
    (
        schema.species,
        {
            "code": "SAXAUL",
            "en": "Saxaul",
            "zh": "梭梭",
            "latin": "Haloxylon ammodendron",
            "unit": 1,
            "energy_grams": 17900,
            "standing": "reported",
        },
    ),
    (
        schema.lots,
        {
            "id": LOT,
            "slug": "P-277",
            "programme": "P",
            "species": "SAXAUL",
            "province": "150000",
            "implementer": "BODY",
            "site": "150000/277",
            "site_en": "Forest",
            "site_zh": "林",
            "unit": 1,
            "year": 2019,
            "standing": "reported",
            "note": "",
            "capacity": 100,
            "asked": 10,
            "sealed": 5,
        },
    ),
    (schema.holders, {"id": HOLDER, "lookup": HASH, "sealed": b"sealed"}),
    (
        schema.redemptions,
        {
            "lot": LOT,
            "first_serial": 0,
            "count": 10,
            "holder": HOLDER,
            "masked_name": "张*",
            "price_grams": 17900,
            "campaign": "",
            "redeemed_at": NOW,
            "recorded_at": NOW,
        },
    ),
    (
        schema.redemption_keys,
        {"hash": HASH, "fingerprint": b"fingerprint", "lot": LOT, "first_serial": 0},
    ),
    (schema.former_ids, {"id": FORMER, "lot": LOT, "first_serial": 0}),
    (schema.loads, {"id": 1, "programme": "P", "key": "history", "former": False}),
    (schema.load_cells, {"load": 1, "cell": 0, "lines": bytes(12)}),
    (
        schema.batches,
        {
            "programme": "P",
            "lot": LOT,
            "first_serial": 0,
            "count": 5,
            "state": "signed",
            "holders": b"\x01" * 100,
            "root": b"\x02" * 32,
            "sealed_at": NOW,
            "minter": b"\x09" * 20,
            "nonce": 7,
        },
    ),
    (
        schema.transactions,
        {
            "minter": b"\x09" * 20,
            "nonce": 7,
            "attempt": 1,
            "digest": b"\x0a" * 32,
            "raw": b"raw",
            "tip": 1,
            "cap": 3,
            "after_block": 0,
            "signed_at": NOW,
        },
    ),
    (
        exchange_tables.exchanges,
        {
            "id": EXCHANGE,
            "holder": HOLDER,
            "year": 2019,
            "state": "applied",
            "trees": [b"\x03" * 12],
            "sealed_salt": b"sealed",
            "applied_at": NOW,
            "adcode": "150000",
            "settled": False,
            "tries": 0,
            "due_at": NOW,
        },
    ),
    (exchange_tables.exchange_trees, {"tree": b"\x03" * 12, "exchange": EXCHANGE}),
    (
        exchange_tables.exchange_keys,
        {"hash": UUID(int=5), "fingerprint": b"f", "exchange": EXCHANGE},
    ),
    (
        exchange_tables.eligibilities,
        {
            "holder": HOLDER,
            "year": 2019,
            "eligible": True,
            "consented": True,
            "source": "programme",
            "stated_at": NOW,
        },
    ),
    (
        exchange_tables.exchange_decisions,
        {
            "exchange": EXCHANGE,
            "rule": "exchange",
            "rule_hash": b"\x0b" * 32,
            "form": "F6",
            "unit": "TREE_CERTIFICATE",
            "quantity": 3,
            "adcode": "150000",
            "day": NOW.date(),
            "eligible": True,
            "trees": 3,
            "award": "FULFILMENT",
        },
    ),
    (
        identity_table.chain_identity,
        {
            "contract": "0x1",
            "chain_id": 1,
            "genesis": b"\0" * 32,
            "code_hash": b"\0" * 32,
            "pinned_at": NOW,
        },
    ),
    (
        operator_tables.api_keys,
        {"hash": b"hash", "programme": "P", "scope": "programme", "created_at": NOW},
    ),
    (
        operator_tables.alarms,
        {
            "event": "not reached",
            "code": "TR101",
            "batch": 0,
            "level": "warning",
            "why": "refused",
            "times": 1,
            "first_at": NOW,
            "last_at": NOW,
        },
    ),
]
ROWS = {table.name: row for table, row in WORLD}
