"""What the tests of minting look at: flights, states, and the minter's pool."""

from dataclasses import replace

from sqlalchemy import Engine

from tests.chain_kit import Chain
from tests.flow.conftest import NOW
from treering.chain import abi
from treering.chain.node import Node
from treering.domain.batch import BatchState
from treering.domain.fees import Fees
from treering.domain.flight import Attempt, Nonce
from treering.domain.record import lot_id
from treering.flow.minting.mint import Mint
from treering.store.flights import Flights

LOT = lot_id(1, 277)

LOT = lot_id(1, 277)
GET = abi.call_data("predecessor")


def flights(engine: Engine, *states: BatchState):
    with engine.connect() as connection:
        return Flights(connection, "ANT_FOREST").in_state(*(states or BatchState))


def states(engine: Engine) -> list[BatchState]:
    return [flight.state for flight in flights(engine)]


def mint_to_the_end(mint: Mint, chain: Chain) -> None:
    for _ in range(10):
        mint.step()
        chain.mine()


def events(told: list) -> list[str]:
    return [entry["event"] for entry in told]


def minted(chain: Chain) -> int:
    facts = chain.ledger.at("latest").lot(LOT)
    assert facts
    return facts.minted


def with_node(mint: Mint, chain: Chain, url: str) -> Mint:
    """The same minter, over another address of the node."""
    ledger = type(chain.ledger)(Node(url), chain.contract)
    return replace(mint, chain=replace(mint.chain, ledger=ledger))


def pool(chain: Chain) -> dict:
    """The minter's transactions that wait, by nonce; queued ones lack a predecessor."""
    content = chain.node.call("txpool_content")
    address = chain.account("minter").address.lower()

    def mine(kind: str) -> dict:
        found = {a.lower(): txs for a, txs in content[kind].items()}.get(address, {})
        return {int(nonce): tx for nonce, tx in found.items()}

    return {"pending": mine("pending"), "queued": mine("queued")}


def attempt(nonce: int, batch: int) -> Attempt:
    return Attempt(
        nonce=Nonce(nonce),
        number=1,
        batch=batch,
        raw=b"raw",
        fees=Fees(1, 2),
        after_block=0,
        signed_at=NOW,
    )
