"""The events alone rebuild the whole state: after any acts, slot by slot, and view by view."""

import gzip
import json
from collections import Counter
from random import Random
from typing import Any

import pytest

from tests.chain_kit import PROGRAMME, Chain
from tests.ledger_storage import DELAYS, Storage
from treering.chain import abi, roles
from treering.chain.node import data, quantity
from treering.domain.keccak import keccak
from treering.domain.lot import Unit
from treering.domain.record import lot_id
from treering.domain.stage import Stage
from treering.errors import TransactionRefused
from treering.flow.auditing.audit import audit

ACTS = 150
LOTS = [lot_id(PROGRAMME, number) for number in (1, 2, 3)]
PEOPLE = ["registrar", "minter", "deputy", "bystander"]


class Town:
    """Acts drawn by chance, right and wrong, and by whom they would be right."""

    def __init__(self, chain: Chain, dice: Random) -> None:
        self.chain = chain
        self.dice = dice
        self.taken: Counter[str] = Counter()
        self.admin = "admin"
        for number in (1, 2):
            chain.open_lot(number, year=2020, endorsed=500)
            chain.mint(lot_id(PROGRAMME, number), 0, dice.randbytes(20 * 33))

    def act(self) -> None:
        name = self.dice.choice([name for name in dir(self) if name.startswith("do_")])
        try:
            getattr(self, name)()
        except TransactionRefused:
            self.taken["refused"] += 1
        else:
            self.taken[name.removeprefix("do_")] += 1

    def do_programme(self) -> None:
        self.chain.act(
            self.admin, "openProgramme", self.dice.randint(1, 4), b"GFOREST".ljust(32, b"\0")
        )

    def do_lot(self) -> None:
        self.chain.open_lot(
            self.dice.randint(1, 3),
            year=self.dice.choice([2019, 2020]),
            species=self.dice.choice(["SAXAUL", "POPLAR"]),
            unit=self.dice.choice(list(Unit)),
            endorsed=None,
        )

    def do_state(self) -> None:
        self.chain.state(
            self._lot(), self.dice.choice(list(Stage)), self.dice.randint(0, 300), year=2020
        )

    def do_endorse(self) -> None:
        self.chain.state(self._lot(), Stage.ENDORSEMENT, 500)

    def do_mint(self) -> None:
        lot = self._lot()
        holders = self.dice.randbytes(20 * self.dice.randint(1, 70))
        self.chain.mint(lot, self._minted(lot), holders)

    do_mint_more = do_mint_again = do_mint

    def do_revoke(self) -> None:
        trees = [self._tree() for _ in range(self.dice.randint(1, 3))]
        self.chain.act("revoker", "revoke", trees, self.dice.randint(0, 6))

    def do_replace(self) -> None:
        self.chain.act("revoker", "replace", self._tree(), self._tree())

    def do_claim(self) -> None:
        self.chain.act("registry", "claim", self.dice.randbytes(32), [self._tree()])

    def do_release(self) -> None:
        self.chain.act("registry", "release", [self._tree()])

    def do_close(self) -> None:
        if self.dice.random() < 0.1:
            self.chain.act("registrar", "closeLot", self._lot())

    def do_anchor(self) -> None:
        feed, root = self.dice.choice([b"\1", b"\2"]) * 32, self.dice.randbytes(32)
        self.chain.act("mirror", "anchor", feed, self.dice.randint(0, 1000), root)

    def do_set_key(self) -> None:
        public = self.dice.randbytes(self.dice.choice([0, 5, 31, 32, 33, 65]))
        self.chain.act("registrar", "setIssuerKey", PROGRAMME, self._key(), public, 7)

    def do_retire_key(self) -> None:
        until = self.dice.randint(0, 2**33)
        self.chain.act("registrar", "retireIssuerKey", PROGRAMME, self._key(), until)

    def do_pause(self) -> None:
        self.chain.act("pauser", "pause" if self.dice.random() < 0.3 else "unpause")

    def do_grant(self) -> None:
        account = self.chain.account(self.dice.choice(PEOPLE)).address
        self.chain.send(self.admin, roles.grant(self.chain.contract, self._role(), account))

    def do_take_role(self) -> None:
        account = self.chain.account(self.dice.choice(PEOPLE[2:])).address
        self.chain.act(self.admin, "revokeRole", self._role(), account)

    def do_renounce(self) -> None:
        who = self.dice.choice(PEOPLE[2:])
        self.chain.act(who, "renounceRole", self._role(), self.chain.account(who).address)

    def do_hand_over(self) -> None:
        other = self.chain.account(self._other_admin()).address
        self.chain.act(self.admin, "beginDefaultAdminTransfer", other)

    def do_take_over(self) -> None:
        self.chain.node.call("evm_increaseTime", 86_400)
        self.chain.mine()
        self.chain.act(self._other_admin(), "acceptDefaultAdminTransfer")
        self.admin = self._other_admin()

    def do_think_better(self) -> None:
        self.chain.act(self.admin, "cancelDefaultAdminTransfer")

    def do_delay(self) -> None:
        self.chain.act(self.admin, "changeDefaultAdminDelay", self.dice.randint(0, 90_000))

    def do_name_successor(self) -> None:
        if self.dice.random() < 0.2:
            self.chain.act(self.admin, "nameSuccessor", self.chain.account("somebody").address)

    def _other_admin(self) -> str:
        return "deputy" if self.admin == "admin" else "admin"

    def _lot(self) -> Any:
        return self.dice.choice(LOTS)

    def _tree(self) -> int:
        lot = self._lot()
        return lot << 32 | self.dice.randint(0, self._minted(lot))

    def _minted(self, lot: int) -> int:
        call = {"to": self.chain.contract, "data": "0x" + abi.call_data("lotOf", lot).hex()}
        return int(abi.answer("lotOf", data(self.chain.node.call("eth_call", call, "latest")))[4])

    def _key(self) -> bytes:
        return self.dice.choice([b"\0", b"\1", b"\2", b"\3"]) * 32

    def _role(self) -> bytes:
        return self.dice.choice(
            [
                roles.INSPECTOR,
                roles.PAUSER,
                roles.minter_of(PROGRAMME),
                roles.registrar_of(PROGRAMME),
                roles.minter_of(2),
                roles.revoker_of(2),
                keccak(b"unknown"),
            ]
        )


def stored(chain: Chain) -> dict[int, int]:
    """Every slot that the node keeps for the contract."""
    state = json.loads(gzip.decompress(data(chain.node.call("anvil_dumpState"))))
    [account] = [
        one for who, one in state["accounts"].items() if who.lower() == chain.contract.lower()
    ]
    slots = {
        int(slot, 16): quantity(value) if isinstance(value, str) else int(value)
        for slot, value in account["storage"].items()
    }
    return {slot: value for slot, value in slots.items() if value}


def told(chain: Chain) -> Storage:
    storage = Storage()
    asked = {"address": chain.contract, "fromBlock": "0x0", "toBlock": "latest"}
    for log in chain.node.call("eth_getLogs", asked):
        storage.take(log)
    return storage


def without_delays(slots: dict[int, int]) -> dict[int, int]:
    masked = {slot: value & (2 ** (8 * DELAYS.get(slot, 32)) - 1) for slot, value in slots.items()}
    return {slot: value for slot, value in masked.items() if value}


@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_acts_the_events_alone_give_every_slot_of_the_storage(chain, seed):
    town = Town(chain, Random(seed))
    for _ in range(ACTS):
        town.act()

    assert without_delays(told(chain).filled()) == without_delays(stored(chain))
    report = audit(chain.node, chain.contract, "latest")
    assert report.differences == ()
    assert len(town.taken) > 12, town.taken
    minted = town.taken["mint"] + town.taken["mint_more"] + town.taken["mint_again"]
    assert minted > 2, town.taken
    assert town.taken["revoke"], town.taken
