"""TreeLedger without its guard of the first serial, compiled from the sources.

The guard refuses whatever a careless pipeline mints twice, and so hides its faults. Here a
repeated batch counts again, as in a contract that trusts its minter.
"""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from treering.chain import compiler, deploy
from treering.chain.abi import artefact

CONTRACTS = Path(__file__).parents[3] / "contracts"
_GUARD = "if (firstSerial != lot.minted) revert UnexpectedSerial(lotId, lot.minted, firstSerial);"
_COUNT = "uint256 minted = firstSerial + size;"
_CAREFREE_COUNT = "uint256 minted = lot.minted + size;"


@cache
def bytecode() -> bytes:
    """Its creation code, without parameters."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(CONTRACTS / "src", folder / "src")
        for other in ("solc", "foundry.toml", "node_modules"):
            (folder / other).symlink_to(CONTRACTS / other)
        records = folder / "src/parts/Records.sol"
        source = records.read_text()
        assert source.count(_GUARD) == source.count(_COUNT) == 1, "the contract's guard moved"
        records.write_text(source.replace(_GUARD, "").replace(_COUNT, _CAREFREE_COUNT))
        return bytes.fromhex(str(compiler.compiled(folder)["bytecode"]).removeprefix("0x"))


def creation(admin: str) -> bytes:
    """Creation code and parameters, as of ours."""
    ours = deploy.Creation(admin=admin, admin_delay=0).code
    parameters = ours[len(bytes.fromhex(str(artefact()["bytecode"]).removeprefix("0x"))) :]
    return bytecode() + parameters
