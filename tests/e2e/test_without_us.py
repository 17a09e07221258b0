"""docs/verify-without-us.md, followed to the letter by somebody who has nothing of ours."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.browser import serving
from tests.e2e.own_check.stage import Liar
from tests.ports import free_port
from tests.web.real_world import RealWorld, real_world, scene
from treering.chain.node import Node
from treering.domain.issuer_key import IssuerKey
from treering.domain.proof import secured
from treering.domain.redemption import Wish
from treering.web.app import create_app

ROOT = Path(__file__).parents[2]
CAST = ROOT / "tests/independent/node_modules/@foundry-rs/cast-linux-amd64/bin"
COMMANDS = re.findall(
    r"^```sh\n(.*?)^```",
    (ROOT / "docs/verify-without-us.md").read_text(),
    re.DOTALL | re.MULTILINE,
)


@dataclass
class Stage:
    base_url: str
    world: RealWorld
    services: Liar
    numbers: list[str]

    def follow(self, number: str, folder: Path, shell: str = "set -eu") -> tuple[int, list[str]]:
        """Exit status, and the numbers of the steps that were passed."""
        chain = self.world.scene.chain
        environment = {
            "PATH": f"{CAST}:{os.environ['PATH']}",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "CERTIFICATE": f"{self.base_url}/v1/certificates/{number}",
            "RPC": chain.node.url,
            "CONTRACT": chain.contract,
        }
        script = "\n".join([shell, *COMMANDS])
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        passed = re.findall(r"^(\d)\. ", done.stdout, re.MULTILINE)
        return done.returncode, passed or [done.stdout + done.stderr]


@pytest.fixture(scope="module")
def stage(anvil: Node, postgres: str, tmp_path_factory) -> Iterator[Stage]:
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    with (
        scene(anvil, postgres, tmp_path_factory.mktemp("keys")) as built,
        real_world(built, here) as world,
    ):
        wish = Wish(lot="ANT_FOREST-277", holder="one", name="张三丰", count=5)
        numbers = list(world.parts.redeem("ANT_FOREST", "five", wish).numbers)
        world.settle()
        world.revoke(numbers[1])
        services = Liar(world.services)
        with serving(create_app(services, base_url=here), port):
            yield Stage(here, world, services, numbers)


def test_the_tools_of_others_are_there():
    """Debian: apt-get install curl openssl; cast comes with tests/independent."""
    assert [name for name in ("bash", "curl", "openssl", "od") if not shutil.which(name)] == []
    assert (CAST / "cast").exists()


@pytest.fixture(autouse=True)
def honest(stage: Stage) -> None:
    stage.services.lies.clear()


def test_a_stranger_comes_to_its_end_with_nothing_of_ours(stage: Stage, tmp_path: Path):
    assert stage.follow(stage.numbers[0], tmp_path) == (0, list("12345678"))


def test_a_revoked_certificate_stops_him_at_the_fifth_step(stage: Stage, tmp_path: Path):
    status, passed = stage.follow(stage.numbers[1], tmp_path)
    assert status != 0
    assert passed == list("1234")
    assert "5" not in stage.follow(stage.numbers[1], tmp_path, shell="")[1]


@pytest.mark.parametrize(
    ("part", "name", "value", "last"),
    [
        ("credentialSubject", "serial", 4, ""),
        ("credentialSubject", "plantingYear", 2020, "5"),
        ("credentialSubject", "species", "PINE", "5"),
        ("credentialSubject", "holderName", "李**", "6"),
        ("credentialSubject", "lot", "ANT_FOREST-278", ""),
        ("credentialSubject", "lot", "GFOREST-277", "5"),
        ("issuer", "id", "did:web:treering.example:programmes:GFOREST", "5"),
        ("evidence", "root", "0x" + "11" * 32, "2"),
        ("evidence", "contract", "0x" + "11" * 20, "1"),
        ("evidence", "chainId", 1, "1"),
    ],
)
def test_each_lie_stops_him_where_it_is_told(
    stage: Stage, tmp_path: Path, part: str, name: str, value: Any, last: str
):
    told = json.loads(json.dumps(stage.services.truth.credential(stage.numbers[0])))
    owner = told[part][0] if part == "evidence" else told[part]
    owner[name] = value
    stage.services.lies["credential"] = lambda number: told
    status, passed = stage.follow(stage.numbers[0], tmp_path)
    assert status != 0
    assert (passed[-1] if len(passed[-1]) == 1 else "") == last, passed
    _, pasted = stage.follow(stage.numbers[0], tmp_path, shell="")
    failed = str(int(last or "0") + 1)
    assert failed not in pasted, "nor is he told otherwise by a shell that goes on"


def test_what_was_looked_at_before_stands_in_for_nothing(stage: Stage, tmp_path: Path):
    assert stage.follow(stage.numbers[0], tmp_path, shell="")[1] == list("12345678")
    _, passed = stage.follow("TR-" + "-".join(["0000"] * 7), tmp_path, shell="")
    assert [one for one in passed if len(one) == 1] in ([], ["8"]), passed


@pytest.fixture
def retired(stage: Stage, honest) -> Iterator[int]:
    """A second key of the programme, which the chain calls retired since that moment."""
    chain, key = stage.world.scene.chain, second_key(stage)
    before = chain.node.call("evm_snapshot")
    end = chain.ledger.at("latest").block.timestamp - 100
    chain.act("registrar", "setIssuerKey", 1, key.id, key.public, 1)
    chain.act("registrar", "retireIssuerKey", 1, key.id, end)
    chain.finalise()
    yield end
    chain.node.call("evm_revert", before)


def second_key(stage: Stage) -> IssuerKey:
    private = stage.world.scene.keys.issuer("retired")
    return IssuerKey(private.public_key().public_bytes_raw())


@pytest.mark.parametrize(("seconds", "last"), [(-1, "8"), (0, "6"), (10**6, "6")])
def test_a_retired_key_vouches_for_what_it_signed_in_its_time_and_for_nothing_else(
    stage: Stage, retired: int, tmp_path: Path, seconds: int, last: str
):
    told = stage.services.truth.credential(stage.numbers[0])
    signer = stage.world.scene.keys.issuer("retired")
    signed = secured(
        {name: value for name, value in told.items() if name != "proof"},
        method=f"{told['issuer']['id']}#{second_key(stage).multikey}",
        created=datetime.fromtimestamp(retired + seconds, UTC),
        sign=signer.sign,
    )
    stage.services.lies["credential"] = lambda number: signed
    status, passed = stage.follow(stage.numbers[0], tmp_path)
    assert (status == 0, passed[-1]) == (last == "8", last)
    _, pasted = stage.follow(stage.numbers[0], tmp_path, shell="")
    assert ("7" in pasted) is (last == "8")


def test_the_four_bytes_are_those_of_the_views(stage: Stage):
    assert len(re.findall(r'call "0x[0-9a-f]{8}\$', "".join(COMMANDS))) == 4
