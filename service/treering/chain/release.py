"""Whether deployed code is a compiled TreeLedger, its immutables aside.

The constructor writes the immutables (chain id, own address, predecessor …) into the code;
the artefact says where. The code carries no hash of its metadata.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from treering.chain.node import data

Artefact = Mapping[str, Any]


def difference(artefact: Artefact, code: bytes) -> str | None:
    """Where the code first differs from the artefact's; None if it does not."""
    compiled = data(artefact["deployedBytecode"])
    if len(code) != len(compiled):
        return f"the code has {len(code)} bytes, not {len(compiled)}"
    ours, theirs = _masked(artefact, compiled), _masked(artefact, code)
    if ours == theirs:
        return None
    first = next(i for i in range(len(ours)) if ours[i] != theirs[i])
    return f"byte {first} is {theirs[first]:#04x}, not {ours[first]:#04x}"


def immutables(artefact: Artefact, code: bytes) -> dict[str, str]:
    """What the constructor wrote, in hex, by the byte that it begins at."""
    places = sorted(_places(artefact))
    return {str(start): "0x" + code[start : start + size].hex() for start, size in places}


def _masked(artefact: Artefact, code: bytes) -> bytes:
    bare = bytearray(code)
    for start, size in _places(artefact):
        bare[start : start + size] = bytes(size)
    return bytes(bare)


def _places(artefact: Artefact) -> Iterator[tuple[int, int]]:
    for places in artefact["immutableReferences"].values():
        for place in places:
            yield place["start"], place["length"]
