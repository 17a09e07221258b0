"""After a holder withdrew, nobody finds him among a million, in anything that is kept anywhere.

Whoever looks has everything: the chain, the database, the files and even the vault's key; he knows
the name and what was redeemed, and lacks nothing but which of a million ids it was.
"""

import re
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from binascii import hexlify
from collections.abc import Callable, Iterator
from hashlib import md5, sha1, sha256

import pytest
import structlog
from sqlalchemy import text
from structlog.testing import capture_logs

from tests.chain_kit import Chain
from treering.domain.holder import reference_hash
from treering.domain.keccak import keccak
from treering.domain.redemption import Wish
from treering.domain.wishes import WishIn
from treering.flow.caring.withdraw import Farewell
from treering.flow.parts import Parts
from treering.store.holders import lookups

CANDIDATES = 1_000_000
HIS, NAME = "user-0424242", "欧阳丹青"
WISH = Wish(lot="ANT_FOREST-277", holder=HIS, name=NAME)
LINE = WishIn(lot="ANT_FOREST-277", holder=HIS, name=NAME, count=2)
WINDOW = 8  # bytes: the least that is kept of any hash


def ids() -> Iterator[str]:
    return (f"user-{number:07d}" for number in range(CANDIDATES))


def traces(vault) -> dict[str, Callable[[str], bytes]]:
    """What might be kept of an id, each as whoever knows our code would make it."""
    lookup = lookups(vault, "ANT_FOREST")
    wish, line = WISH, LINE
    parts = {name: getattr(wish, name) for name in ("lot", "name")}
    return {
        "itself": lambda each: each.encode()[-WINDOW:],
        "sha256": lambda each: sha256(each.encode()).digest(),
        "sha1": lambda each: sha1(each.encode()).digest(),
        "md5": lambda each: md5(each.encode()).digest(),
        "keccak": lambda each: keccak(each.encode()),
        "reference": reference_hash,
        "lookup": lambda each: bytes.fromhex(lookup(each)),
        "fingerprint": lambda each: Wish(**parts, holder=each).fingerprint(),
        "imprint": lambda each: WishIn(
            lot=line.lot, holder=each, name=line.name, count=line.count
        ).imprint(),
    }


def of_chain(parts: Parts) -> bytes:
    """All calldata and all logs there ever were."""
    node = parts.ledger.node
    found = []
    for number in range(int(node.call("eth_blockNumber"), 16) + 1):
        block = node.call("eth_getBlockByNumber", hex(number), True)
        found += [sent["input"] for sent in block["transactions"]]
        for log in node.call("eth_getLogs", {"blockHash": block["hash"]}):
            found += [log["data"], *log["topics"]]
    return b"\n".join(bytes.fromhex(each[2:]) for each in found)


def of_database(parts: Parts) -> bytes:
    """Every column of every row of every table there is, ours or not."""
    found = []
    with parts.engine.connect() as connection:
        for schema, table in connection.execute(text(_TABLES)).all():
            rows = connection.execute(text(f'SELECT * FROM "{schema}"."{table}"'))
            found += [_bytes(value) for row in rows for value in row if value is not None]
    return b"\n".join(found)


_TABLES = """
    SELECT table_schema, table_name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
"""


def of_logs(said: list) -> bytes:
    return b"\n".join(map(_bytes, said))


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    if isinstance(value, dict):
        return _bytes([*value, *value.values()])
    if isinstance(value, list | tuple):
        return b"\n".join(map(_bytes, value))
    hexed = getattr(value, "bytes", None)  # a UUID
    return hexed if isinstance(hexed, bytes) else str(value).encode()


def of_files(parts: Parts) -> bytes:
    files = [path for path in parts.keys.folder.rglob("*") if path.is_file()]
    return b"\n".join(path.read_bytes() for path in files)


@pytest.fixture
def town(parts, desk, sealer, mint, forest) -> tuple[Parts, list]:
    """He redeemed alone and by a load, both are final; and all that was logged meanwhile."""
    with capture_logs() as said:
        desk.redeem("ANT_FOREST", "6f1c", WISH)
        list(parts.service.loader.load("ANT_FOREST", "a load", [(1, LINE)]))
        sealer.seal_due()
        for _ in range(5):
            mint.step()
            forest.mine()
    return parts, said


def everything(parts: Parts, said: list) -> bytes:
    return b"\n".join((of_chain(parts), of_database(parts), of_files(parts), of_logs(said)))


def windows(hay: bytes) -> set[bytes]:
    """All that stands there, and what is written there in hexadecimal or base64, wherever the
    writing begins: what stands before it may look like a part of it."""
    runs = []
    for run in re.findall(rb"[0-9A-Fa-f]{16,}", hay):
        runs += [bytes.fromhex(run[at : len(run) - (len(run) - at) % 2].decode()) for at in (0, 1)]
    for run in re.findall(rb"[A-Za-z0-9+/_-]{10,}", hay):
        runs += [_decoded(run[at:].translate(_URLSAFE)) for at in range(4)]
    whole = b"\n".join((hay, *runs))
    return {whole[start : start + WINDOW] for start in range(len(whole) - WINDOW + 1)}


def _decoded(run: bytes) -> bytes:
    plain = run[: len(run) - (len(run) % 4 == 1)]
    return urlsafe_b64decode(plain + b"=" * (-len(plain) % 4))


_URLSAFE = bytes.maketrans(b"+/", b"-_")


def found_of(each: str, there: set[bytes], vault) -> set[str]:
    return {name for name, trace in traces(vault).items() if trace(each)[:WINDOW] in there}


def test_before_he_leaves_his_traces_are_there_for_whoever_holds_everything(town, vault):
    parts, said = town
    there = windows(everything(parts, said))
    assert found_of(HIS, there, vault) == {"lookup", "fingerprint", "imprint"}


def in_chain(parts: Parts, forest: Chain, kept: bytes) -> None:
    sender = forest.account("minter").address
    forest.node.call("anvil_impersonateAccount", sender)
    call = {"from": sender, "to": sender, "data": "0x" + kept.hex(), "gas": hex(2_000_000)}
    forest.node.call("eth_sendTransaction", call)
    forest.mine()


def in_database(parts: Parts, forest: Chain, kept: bytes) -> None:
    with parts.engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_behind (kept bytea)"))
        connection.execute(text("INSERT INTO left_behind VALUES (:kept)"), {"kept": kept})


def in_files(parts: Parts, forest: Chain, kept: bytes) -> None:
    (parts.keys.folder / "forgotten").write_bytes(kept)


def in_logs(parts: Parts, forest: Chain, kept: bytes) -> None:
    structlog.get_logger().info("forgotten", kept={"a": [kept]})


@pytest.fixture
def tidy(parts) -> Iterator[None]:
    yield
    with parts.engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS left_behind"))


@pytest.mark.parametrize("plant", [in_chain, in_database, in_files, in_logs])
@pytest.mark.parametrize("written", [bytes, hexlify, b64encode, urlsafe_b64encode])
def test_whatever_is_forgotten_anywhere_would_be_found(town, vault, forest, tidy, plant, written):
    parts, said = town
    other = "user-0999999"
    assert found_of(other, windows(everything(parts, said)), vault) == set()
    kept = b" | ".join(written(trace(other)) for trace in traces(vault).values())

    with capture_logs() as more:
        plant(parts, forest, kept)

    there = windows(everything(parts, said + more))
    assert found_of(other, there, vault) == set(traces(vault))


@pytest.mark.timeout(240)
def test_once_he_left_none_of_a_million_ids_leads_to_anything_that_is_kept(town, vault):
    parts, said = town
    with capture_logs() as more:
        assert Farewell(parts.engine, vault, parts.clock).withdraw("ANT_FOREST", HIS) == 3
    there = windows(everything(parts, said + more))
    for name, trace in traces(vault).items():
        found = [each for each in ids() if trace(each)[:WINDOW] in there]
        assert found == [], name


def test_no_name_and_no_id_ever_reached_the_chain_in_any_writing(town):
    parts, _ = town
    chain = of_chain(parts)
    assert len(chain) > 1_000
    for said in (HIS, NAME, "欧阳", "ANT_FOREST-277/" + HIS):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
            written = said.encode(encoding)
            assert written not in chain
            assert written.hex().encode() not in chain
