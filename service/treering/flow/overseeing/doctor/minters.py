"""Each programme on the chain: its minter may mint and can pay, its issuer's key is listed."""

from collections.abc import Iterator, Mapping

from treering.chain import roles
from treering.chain.keys import KeyFolder, minter_name
from treering.chain.ledger import Ledger, LedgerAt
from treering.chain.node import quantity
from treering.domain.batch import CAPACITY
from treering.domain.checkup import Sign
from treering.domain.issuer_key import IssuerKey
from treering.errors import (
    ChainUnavailable,
    IssuerKeyUnlisted,
    MinterWithoutFunds,
    MinterWithoutRole,
    NodeRefused,
)

_BATCH_GAS = 21_000 + 803 * CAPACITY  # measured; docs/decisions
_RESERVE = 100  # batches: a campaign's morning


def signs(ledger: Ledger, keys: KeyFolder, programmes: Mapping[str, int]) -> Iterator[Sign]:
    """`programmes`: each one's number by its code."""
    try:
        at = ledger.at("latest")
        price = quantity(ledger.node.call("eth_gasPrice"))
        for code, number in programmes.items():
            yield from _programme(at, keys, code, number, price)
    except (ChainUnavailable, NodeRefused) as error:
        yield Sign.fail("minters", error, "start the node, or mend TREERING_RPC_URL")


def _programme(
    at: LedgerAt, keys: KeyFolder, code: str, number: int, price: int
) -> Iterator[Sign]:
    minter = keys.account(minter_name(code)).address
    yield from of_minter(at, minter, code, number, price)
    yield _issuer(at, keys, code, number).of(code)


def of_minter(at: LedgerAt, minter: str, code: str, number: int, price: int) -> Iterator[Sign]:
    """Whether this address may mint for the programme, and can pay; `price` in wei a gas."""
    yield _role(at, code, number, minter).of(code)
    yield _balance(code, minter, at.balance(minter), price * _BATCH_GAS).of(code)


def _role(at: LedgerAt, code: str, number: int, minter: str) -> Sign:
    about = f"minter of {code}"
    if at.has_role(roles.minter_of(number), minter):
        return Sign.ok(about, f"{minter} may mint")
    why = MinterWithoutRole(f"{minter} is no minter of {code} on {at.contract}")
    return Sign.fail(about, why, "let the contract's admin grant it, or mend TREERING_CONTRACT")


def _balance(code: str, minter: str, balance: int, batch: int) -> Sign:
    """All in wei; `batch` is what a full one costs at the price of now."""
    about, affords = f"wallet of {code}", balance // max(batch, 1)
    said = f"{minter} holds {balance / 1e18:.6f} ether, enough for {affords} batches"
    if affords == 0:
        return Sign.fail(about, MinterWithoutFunds(said), f"send ether to {minter}")
    if affords < _RESERVE:
        return Sign.warn(about, said, f"send ether to {minter}")
    return Sign.ok(about, said)


def _issuer(at: LedgerAt, keys: KeyFolder, code: str, number: int) -> Sign:
    about = f"issuer key of {code}"
    key = IssuerKey(keys.issuer(code).public_key().public_bytes_raw())
    listed = at.issuer_key(number, key.id)
    if listed is None:
        why = IssuerKeyUnlisted(f"{key.multikey} is not on {at.contract}")
        return Sign.fail(about, why, "let the programme's registrar set it")
    if listed.retired:
        why = IssuerKeyUnlisted(f"{key.multikey} was retired at {listed.retired:%Y-%m-%d %H:%M}")
        return Sign.fail(about, why, "sign with the key that came after it")
    return Sign.ok(about, f"{key.multikey} is listed")
