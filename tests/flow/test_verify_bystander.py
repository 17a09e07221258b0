"""Verification by somebody who has none of our service: a file, and a node of his own."""

import pytest

from tests.chain_kit import Chain
from tests.flow.verifying import CLAIM, LOT, as_file, changed, code, document
from tests.ports import free_port
from treering.domain.record import tree_id
from treering.domain.registry_head import VerifierKey
from treering.domain.verification import Check, Verdict
from treering.flow.parts import Parts
from treering.flow.verifying.bystander import bystander

__all__ = ["document"]  # the fixture


def test_a_bystander_with_a_node_and_the_contracts_address_needs_no_service(
    document, forest: Chain
):
    report = bystander(as_file(document), rpc_url=forest.node.url, contract=forest.contract)
    assert report.verdict is Verdict.VALID


def test_a_bystander_never_takes_the_documents_word_for_the_contract(document, forest: Chain):
    report = bystander(as_file(document), rpc_url=forest.node.url, contract="0x" + "11" * 20)
    assert code(report, Check.ROOT) == "WRONG_NETWORK"


@pytest.mark.parametrize(
    "rpc_url", [None, f"http://127.0.0.1:{free_port()}"], ids=["none", "one that is not there"]
)
def test_a_bystander_without_a_node_does_not_know(document, forest: Chain, rpc_url):
    report = bystander(as_file(document), rpc_url=rpc_url, contract=forest.contract)
    assert report.verdict is Verdict.UNKNOWN


def test_a_bystander_who_does_not_know_the_contract_does_not_know(document, forest: Chain):
    report = bystander(as_file(document), rpc_url=forest.node.url, contract=None)
    assert report.verdict is Verdict.UNKNOWN
    forged = changed(document, "credentialSubject", "holderName", to="李*")
    assert bystander(as_file(forged), rpc_url=None, contract=None).verdict is Verdict.INVALID


def test_a_bystander_asks_the_mirror_where_there_is_one(document, forest: Chain, parts: Parts):
    forest.act("registry", "claim", CLAIM, [tree_id(LOT, 1)])
    forest.finalise()
    report = bystander(
        as_file(document),
        rpc_url=forest.node.url,
        contract=forest.contract,
        database_url=parts.engine.url.render_as_string(hide_password=False),
        registry_key=_vkey(parts),
    )
    assert code(report, Check.REGISTRY) == "EXCHANGE_UNCHECKED"


def _vkey(parts: Parts) -> str:
    return str(VerifierKey.of("registry", parts.keys.issuer("registry")))
