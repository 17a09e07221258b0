"""What the doctor says of minters and issuers: one programme held, all others minted."""

from tests.chain_kit import Chain
from tests.flow.doctor.kit import holds, sign
from treering.chain import abi, roles
from treering.chain.keys import minter_name
from treering.domain.checkup import Health
from treering.errors import (
    IssuerKeyUnlisted,
    MinterWithoutFunds,
    MinterWithoutRole,
)
from treering.flow.overseeing.doctor.examine import Doctor
from treering.flow.parts import Parts


def test_a_minter_without_its_role_is_held(doctor: Doctor, published: Parts, chain: Chain):
    minter = published.keys.account(minter_name("GFOREST")).address
    admin = published.keys.account("admin")
    chain.node.call("anvil_impersonateAccount", admin.address)
    arguments = roles.grant(published.ledger.contract, roles.minter_of(2), minter)
    revoke = "0xd547741f" + arguments.data.hex()[8:]
    call = {"from": admin.address, "to": published.ledger.contract, "data": revoke}
    chain.node.call("eth_sendTransaction", call)
    chain.mine()
    holds(doctor, "GFOREST", MinterWithoutRole, minter)


def test_an_empty_wallet_is_held_and_one_that_runs_low_is_a_warning(doctor, chain: Chain):
    minter = doctor.keys.account(minter_name("ANT_FOREST")).address
    chain.node.call("anvil_setBalance", minter, hex(10**17))
    assert sign(doctor, "wallet of ANT_FOREST").health is Health.WARN
    chain.node.call("anvil_setBalance", minter, "0x0")
    chain.mine()
    holds(doctor, "ANT_FOREST", MinterWithoutFunds, "enough for 0 batches")


def test_an_issuer_key_that_the_chain_does_not_list_is_held(doctor: Doctor):
    (doctor.keys.folder / "issuer-GFOREST.secret").write_bytes(b"\1" * 32)
    holds(doctor, "GFOREST", IssuerKeyUnlisted, "is not on")


def test_an_issuer_key_that_was_retired_is_held(doctor: Doctor, published: Parts, chain: Chain):
    registrar = published.keys.account("registrar").address
    chain.node.call("anvil_impersonateAccount", registrar)
    key = published.example.issuer_key("GFOREST")

    call = {
        "from": registrar,
        "to": published.ledger.contract,
        "data": "0x" + abi.call_data("retireIssuerKey", 2, key.id, 1).hex(),
    }
    chain.node.call("eth_sendTransaction", call)
    chain.mine()
    holds(doctor, "GFOREST", IssuerKeyUnlisted, "was retired at")
