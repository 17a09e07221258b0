"""ERC-721 three times over: OpenZeppelin's, ERC721A, Solady's. Each holder is new."""

from itertools import count
from typing import Any

from web3 import Web3

from tests.contracts.bench.chain import Chain
from tests.contracts.bench.packages import compiled
from tests.contracts.bench.row import Row
from tests.contracts.ledger import holders_of

_SEEDS = count()


def rows(chain: Chain) -> list[Row]:
    return [*_looped(chain, "OpenZeppelin"), *_runs(chain), *_looped(chain, "Lean")]


def _looped(chain: Chain, kind: str) -> list[Row]:
    system = {"OpenZeppelin": "OpenZeppelin ERC-721", "Lean": "Solady ERC-721"}[kind]
    calls = _token(chain, f"{kind}Token").functions
    chain.gas(calls.mint(*_new(1)), events=1)  # the counter is no longer zero
    one = chain.gas(calls.mint(*_new(1)), events=1)
    return [Row(system, "mint", 1, one), *_batches(chain, system, calls)]


def _runs(chain: Chain) -> list[Row]:
    system = "ERC721A"
    calls = _token(chain, "RunToken").functions
    chain.gas(calls.mintRun(*_new(1), 1), events=1)
    runs = []
    for size in (1, 64, 256, 1024, 4096):
        used = chain.gas(calls.mintRun(*_new(1), size), events=size)
        runs.append(Row(system, "mint, all to one holder", size, used))
    return [*runs, *_batches(chain, system, calls)]


def _batches(chain: Chain, system: str, calls: Any) -> list[Row]:
    return [
        Row(system, "mint in a loop", size, chain.gas(calls.mintAll(_new(size)), events=size))
        for size in (64, 256)
    ]


def _token(chain: Chain, name: str) -> Any:
    return chain.deploy(*compiled("Tokens.sol", name))


def _new(size: int) -> list[str]:
    """Addresses that hold nothing yet."""
    seed = f"token holders {next(_SEEDS)}".encode()
    return [Web3.to_checksum_address(holder) for holder in holders_of(size, seed)]
