"""Deploying and verifying the contract from the command line, on a real node."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from eth_account import Account

from tests.chain_kit import account, mining
from tests.ports import free_port
from treering.chain import roles
from treering.chain.embedded import CHAIN_ID
from treering.chain.keys import KeyFolder
from treering.chain.ledger import Ledger
from treering.chain.node import Node
from treering.cli import contract
from treering.cli.contract_deploy import main as deploy
from treering.cli.contract_verify import main as verify

CONTRACTS = Path(__file__).parents[2] / "contracts"


@pytest.fixture
def node(anvil: Node) -> Iterator[Node]:
    before = anvil.call("evm_snapshot")
    with mining(anvil):
        yield anvil
    anvil.call("evm_revert", before)


@pytest.fixture
def keys(tmp_path: Path, node: Node) -> Path:
    """A key folder whose deployer has something to pay with."""
    folder = tmp_path / "keys"
    deployer = KeyFolder(folder).account("admin")
    node.call("anvil_setBalance", deployer.address, hex(10**21))
    return folder


@pytest.fixture
def roles_file(tmp_path: Path) -> Path:
    def address(name: str) -> list[str]:
        return [account(name).address]

    path = tmp_path / "roles.json"
    of_programme = {name: address(name) for name in ("registrar", "minter", "revoker")}
    general = {name: address(name) for name in ("inspector", "registry", "mirror", "pauser")}
    path.write_text(
        json.dumps(
            {
                "admin": account("next admin").address,
                **general,
                "programmes": {"1": {"code": "ANT_FOREST", **of_programme}},
            }
        )
    )
    return path


def run(node: Node, keys: Path, *words: str) -> tuple[int, dict]:
    out = StringIO()
    status = deploy(["--chain-id", str(CHAIN_ID), *words], node.url, keys, out)
    return status, json.loads(out.getvalue()) if out.getvalue() else {}


def test_the_same_sources_and_parameters_give_the_same_address(node: Node, keys: Path):
    first = run(node, keys)[1]
    again = run(node, keys)[1]
    other = run(node, keys, "--admin-delay", "60")[1]
    assert first["contract"] == again["contract"] != other["contract"]
    assert (first["is_new"], again["is_new"]) == (True, False)


def test_the_roles_go_to_the_addresses_of_the_file_and_the_admin_is_named(
    node: Node, keys: Path, roles_file: Path
):
    status, done = run(node, keys, "--roles", str(roles_file))
    assert status == 0
    now = Ledger(node, done["contract"]).at("latest")
    for name, role in {
        "inspector": roles.INSPECTOR,
        "registry": roles.REGISTRY,
        "minter": roles.minter_of(1),
        "registrar": roles.registrar_of(1),
    }.items():
        assert now.has_role(role, account(name).address)
        assert not now.has_role(role, done["deployer"])
    assert (
        now.pending_admin() == account("next admin").address.lower() == done["next_admin"].lower()
    )
    assert run(node, keys, "--roles", str(roles_file))[0] == 0


def test_no_key_is_ever_printed(node: Node, keys: Path, roles_file: Path, capsys):
    secret = KeyFolder(keys).account("admin").key.hex()
    _, done = run(node, keys, "--roles", str(roles_file))
    printed = json.dumps(done) + "".join(capsys.readouterr())
    assert secret.removeprefix("0x") not in printed


def test_another_chain_than_the_one_named_is_refused(node: Node, keys: Path, capsys):
    assert deploy(["--chain-id", "1"], node.url, keys) == 2
    assert f"of chain {CHAIN_ID}, not 1" in capsys.readouterr().err


def test_a_chain_without_the_proxy_is_refused(node: Node, keys: Path, capsys):
    node.call("anvil_setCode", "0x4e59b44847b379578588920cA78FbF26c0B4956C", "0x")
    assert run(node, keys, "--admin-delay", "7")[0] == 2
    assert "no deployment proxy" in capsys.readouterr().err


def test_a_node_that_is_away_is_told(keys: Path, capsys):
    words = ["--chain-id", "1"]
    assert deploy(words, f"http://127.0.0.1:{free_port()}", keys) == 2
    assert "TR101" in capsys.readouterr().err


def one_address_for_two_duties(given: dict) -> None:
    given["inspector"] = given["programmes"]["1"]["minter"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda given: given.pop("admin"), "admin"),
        (lambda given: given.update(admin="0x" + "aB" * 20), "EIP-55"),
        (lambda given: given["programmes"]["1"].pop("code"), "code"),
        (one_address_for_two_duties, "DutiesConflict"),
    ],
)
def test_a_wrong_file_of_roles_is_told(
    node: Node, keys: Path, roles_file: Path, capsys, change, said
):
    given = json.loads(roles_file.read_text())
    change(given)
    roles_file.write_text(json.dumps(given))
    assert run(node, keys, "--roles", str(roles_file))[0] == 2
    assert said in capsys.readouterr().err


def test_deployed_code_is_known_for_what_it_is(node: Node, keys: Path):
    address = run(node, keys)[1]["contract"]
    out = StringIO()
    words = ["--address", address, "--contracts", str(CONTRACTS)]
    assert verify(words, node.url, out) == 0
    told = json.loads(out.getvalue())
    assert told["matches"]
    assert address[2:].lower() in json.dumps(told["immutables"])


def test_one_changed_byte_of_deployed_code_is_found(node: Node, keys: Path):
    address = run(node, keys)[1]["contract"]
    code = bytearray.fromhex(node.call("eth_getCode", address, "latest")[2:])
    code[1000] ^= 1
    node.call("anvil_setCode", address, "0x" + code.hex())
    out = StringIO()
    assert verify(["--address", address, "--contracts", str(CONTRACTS)], node.url, out) == 1
    assert "byte 1000 is" in json.loads(out.getvalue())["difference"]


def test_an_address_without_code_cannot_be_compared(node: Node, capsys):
    address = Account.create().address
    assert verify(["--address", address, "--contracts", str(CONTRACTS)], node.url) == 2
    assert "no contract" in capsys.readouterr().err


def test_sources_that_are_not_there_cannot_be_compared(node: Node, tmp_path: Path, capsys):
    words = ["--address", account("x").address, "--contracts", str(tmp_path)]
    assert verify(words, node.url) == 2
    assert "no compiler" in capsys.readouterr().err


def test_a_contract_command_that_does_not_exist_is_told(tmp_path: Path, capsys):
    assert contract.main(["burn"], None, tmp_path) == 2
    assert "build | deploy | verify" in capsys.readouterr().err
