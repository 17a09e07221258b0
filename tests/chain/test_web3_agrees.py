"""web3, which half the world reads Ethereum with, reads the same from our contract."""

import pytest
from web3 import HTTPProvider, Web3
from web3.contract import Contract

from tests.chain_kit import PROGRAMME, Chain
from treering.chain import abi
from treering.chain.roles import minter_of, registrar_of, revoker_of
from treering.domain.record import LotId
from treering.domain.stage import Stage


@pytest.fixture
def lived(chain: Chain) -> tuple[Chain, LotId, Contract]:
    """A lot with a batch, an acceptance and a revocation, and web3's view of the contract."""
    lot = chain.open_lot(endorsed=10)
    chain.mint(lot, 0, b"\7" * 60)
    chain.state(lot, Stage.ACCEPTANCE, 5)
    chain.act("revoker", "revoke", [lot << 32 | 1], 2)
    provider = HTTPProvider(chain.node.url, exception_retry_configuration=None)
    provider.global_ccip_read_enabled = False
    web3 = Web3(provider)
    contract = web3.eth.contract(
        Web3.to_checksum_address(chain.contract), abi=abi.artefact()["abi"]
    )
    return chain, lot, contract


def test_views_say_the_same_through_web3(lived):
    chain, lot, contract = lived
    ours = chain.ledger.at("latest")
    facts = ours.lot(lot)
    theirs = contract.functions.lotOf(lot).call()
    assert theirs[1:6] == (facts.endorsed, 5, 0, facts.minted, facts.revoked)
    assert contract.functions.rootOf(lot << 32).call() == ours.root_of(lot, 0)
    assert contract.functions.status(lot << 32 | 1).call()[1] == ours.status(lot << 32 | 1).revoked
    assert contract.functions.totals(1).call()[0] == ours.minted(1)


def test_events_say_the_same_through_web3(lived):
    chain, _, contract = lived
    at = chain.ledger.at("latest")
    logs = at.logs(["0x" + abi.event_topic("Stated").hex()])
    ours = [
        abi.event([bytes.fromhex(t[2:]) for t in log["topics"]], bytes.fromhex(log["data"][2:]))
        for log in logs
    ]
    theirs = contract.events.Stated().get_logs(from_block=0)
    assert [dict(event["args"])["newCount"] for event in theirs] == [10, 5]
    for event, other in zip(ours, theirs, strict=True):
        said = dict(other["args"])
        said["inspector"] = said["inspector"].lower()
        assert event.values == said


def test_the_roles_have_the_names_that_the_contract_gives_them(lived):
    _, _, contract = lived
    assert contract.functions.minterOf(PROGRAMME).call() == minter_of(PROGRAMME)
    assert contract.functions.registrarOf(PROGRAMME).call() == registrar_of(PROGRAMME)
    assert contract.functions.revokerOf(PROGRAMME).call() == revoker_of(PROGRAMME)
