"""Systems for documents: EAS, OpenAttestation's document store, and a root alone."""

from typing import Any

from eth_utils.crypto import keccak

from tests.contracts.bench.chain import Chain
from tests.contracts.bench.packages import attestation_service, compiled, document_store
from tests.contracts.bench.row import Row

_NOBODY = "0x" + "00" * 20
_SCHEMA = "bytes32 record"


def rows(chain: Chain) -> list[Row]:
    return [*_attestations(chain), *_documents(chain), *_roots(chain)]


def _attestations(chain: Chain) -> list[Row]:
    registry = chain.deploy(*attestation_service("SchemaRegistry"))
    eas = chain.deploy(*attestation_service("EAS"), registry.address)
    schema = registry.functions.register(_SCHEMA, _NOBODY, True)
    name = schema.call()
    chain.gas(schema, events=1)
    attest, attest_all = eas.functions.attest, eas.functions.multiAttest
    one = chain.gas(attest((name, _attestation(0))), events=1)
    measured = [Row("EAS", "attest", 1, one)]
    for size in (16, 64):
        data = [_attestation(1000 * size + i) for i in range(size)]
        used = chain.gas(attest_all([(name, data)]), events=size)
        measured.append(Row("EAS", "multiAttest", size, used))
    return measured


def _attestation(number: int) -> tuple[Any, ...]:
    """To nobody, without end, revocable, alone: the record's 32-byte word."""
    return (_NOBODY, 0, True, bytes(32), _word(number), 0)


def _documents(chain: Chain) -> list[Row]:
    system = "OpenAttestation store"
    calls = chain.deploy(*document_store(), "Trees", chain.sender).functions
    measured = [Row(system, "issue", 1, chain.gas(calls.issue(_word(0)), events=1))]
    for size in (64, 256):
        words = [_word(1000 * size + i) for i in range(size)]
        used = chain.gas(calls.bulkIssue(words), events=size)
        measured.append(Row(system, "bulkIssue", size, used))
    root = chain.gas(calls.issue(_word(1)), events=1)
    return [*measured, Row(system, "issue of a batch's root", 4096, root)]


def _roots(chain: Chain) -> list[Row]:
    calls = chain.deploy(*compiled("RootOnly.sol", "RootOnly")).functions
    used = chain.gas(calls.anchor(277 << 32, _word(2)), events=1)
    return [Row("a root alone", "anchor", 4096, used)]


def _word(number: int) -> bytes:
    return keccak(text=f"record {number}")
