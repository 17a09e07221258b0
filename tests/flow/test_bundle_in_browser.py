"""A browser without any network and `treering verify --bundle` come to the same of the same."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

import tests.web
from tests.domain.test_bundle import signed_over as by_another
from tests.flow.test_bundle import as_file, by_a_stranger, code, document, early
from treering.domain import address, compact, cose
from treering.domain.bundle import form
from treering.domain.bundle.contents import Bundle
from treering.domain.claims import facts
from treering.domain.record import TreeId
from treering.errors import TreeringError
from treering.flow.parts import Parts
from treering.flow.verifying.bundle import Bundled, bundled
from treering.flow.verifying.offline import opened

__all__ = ["code", "document", "early"]  # the fixtures
READER = Path(tests.web.__path__[0]) / "js/offline.mjs"


@dataclass
class Case:
    """A bundle's bytes, and what is held against it; whose key and which contract are known."""

    data: bytes
    brought: bytes
    made: Bundled

    def by_python(self) -> list[str] | str:
        bundle = self.made.bundle
        try:
            known = opened(
                self.data,
                [self.made.signer],
                contract=bundle.contract,
                chain_id=None,
                clock=lambda: bundle.as_of,
            )
        except TreeringError as error:
            return error.code
        return [finding.code for finding in known.report(self.brought).findings]

    def line(self) -> str:
        return json.dumps(
            {
                "bundle": self.data.hex(),
                "keys": [self.made.signer.public.hex()],
                "contract": self.made.bundle.contract,
                "brought": self.brought.decode(),
            }
        )


def by_browser(cases: list[Case]) -> list[list[str] | str]:
    done = subprocess.run(
        ["node", str(READER)],
        input="\n".join(case.line() for case in cases),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def made(parts: Parts, document: dict) -> Bundled:
    """Once the certificates are final."""
    return bundled(parts.ledger, parts.keys)


def worlds(bundle: Bundle, made: Bundled, tree: TreeId) -> Iterator[tuple[str, Bundle]]:
    """What else the chain may have said, by a name for it."""
    lot, line = next((lot, line) for lot, line in bundle.lots.items() if line.batches.minted)
    listed = bundle.keys[(1, made.signer.id)]
    successor = TreeId(tree + 1)
    yield "as it is", bundle
    for reason in (1, 4, 9):
        yield f"revoked for {reason}", replace(bundle, revoked={tree: reason})
    yield "replaced", replace(bundle, revoked={tree: 6}, replaced={tree: successor})
    yield "a successor", replace(bundle, revoked={successor: 6}, replaced={successor: tree})
    yield "exchanged", replace(bundle, claimed=frozenset([tree]))
    yield "in deficit", replace(bundle, lots={lot: replace(line, accepted=1)})
    yield "closed", replace(bundle, lots={lot: replace(line, accepted=9, surveyed=8, closed=True)})
    yield (
        "another species",
        replace(bundle, lots={lot: replace(line, terms=replace(line.terms, species=b"PINE"))}),
    )
    yield (
        "another root",
        replace(bundle, lots={lot: replace(line, batches=replace(line.batches, roots=bytes(32)))}),
    )
    yield "another name for the programme", replace(bundle, programmes={1: "GFOREST"})
    yield "no names", replace(bundle, programmes={})
    yield "no lots", replace(bundle, lots={})
    for start, until in ((1, bundle.block_time), (1, 2), (bundle.block_time, 0), (1, 2**64 - 1)):
        key = replace(listed, valid_from=start, until=until)
        yield f"a key from {start} to {until}", replace(bundle, keys={(1, made.signer.id): key})
    keys = {(1, made.signer.id): replace(listed, until=2), (2, made.signer.id): listed}
    yield "a key that only signs the bundle still", replace(bundle, keys=keys)
    yield "no keys", replace(bundle, keys={})
    yield "another chain", replace(bundle, chain_id=bundle.chain_id + 1)
    yield "another contract", replace(bundle, contract="0x" + "11" * 20)


def documents(document: dict, parts: Parts, code: bytes) -> Iterator[bytes]:
    """The credential and the code; changed, of another time, of another network."""
    yield as_file(document)
    yield code
    forged = json.loads(as_file(document))
    forged["credentialSubject"]["holderName"] = "李*"
    yield as_file(forged)
    yield b'{"credentialSubject":1}'
    yield code[:-1] + (b"A" if code[-1:] != b"A" else b"B")
    issuer = parts.office.issuer_of("ANT_FOREST")
    claimed, _ = compact.read(address.code_in(code))
    for changes in (
        {"year": 1999},
        {"later": 1},
        {"later": 10**9},
        {"network": b"\0\0\0"},
        {"tree": TreeId(claimed.tree | 2**32 - 1)},
        {"tree": TreeId(99 << 64)},
    ):
        other = compact.signed(replace(claimed, **changes), issuer.key, issuer.sign)
        yield f"HTTPS://ANY.EXAMPLE/Q/{other}".encode()
    signed = facts(document).created
    for later in (timedelta(seconds=-1), timedelta(hours=1), timedelta(days=3650)):
        yield by_a_stranger(parts, document, signed + later)
    stranger = parts.keys.issuer("stranger")
    forgery = compact.signed(claimed, issuer.key, stranger.sign)
    yield f"HTTPS://ANY.EXAMPLE/Q/{forgery}".encode()


def test_they_agree_in_every_world_on_every_document(
    parts: Parts, made: Bundled, early: Bundled, document: dict, code: bytes
):
    sign = parts.keys.issuer("ANT_FOREST").sign
    tree = compact.read(address.code_in(code))[0].tree
    written = [
        *(form.written(w, made.signer, sign) for _, w in worlds(made.bundle, made, tree)),
        early.data,
        form.written(replace(early.bundle, lots={}, keys=made.bundle.keys), made.signer, sign),
    ]
    brought = list(documents(document, parts, code))
    cases = [Case(data, one, made) for data in written for one in brought]
    expected = [case.by_python() for case in cases]
    assert by_browser(cases) == expected
    seen = {found for one in expected for found in ([one] if isinstance(one, str) else one)}
    assert seen >= set(
        "ROOT_OK RECORD_OK RECORD_REVOKED RECORD_REPLACED LOT_IN_DEFICIT LOT_DIFFERS ROOT_MISSING "
        "KEY_NOT_OF_ITS_TIME KEY_UNCHECKED KEY_NOT_LISTED SIGNATURE_UNCHECKED SIGNATURE_BROKEN "
        "WRONG_NETWORK EXCHANGE_UNCHECKED RECORD_UNCHECKED LOT_UNCHECKED ROOT_UNCHECKED "
        "DOCUMENT_MALFORMED NUMBER_OK TR412 TR414".split()
    ), sorted(seen)


def test_both_refuse_every_bundle_that_was_changed(parts: Parts, made: Bundled, code: bytes):
    data, sign = made.data, parts.keys.issuer("ANT_FOREST").sign
    payload = cose.decoded(cose.read(data, longest=form.MAX_BYTES).payload, longest=10**6)
    step = max(1, len(data) // 120)
    changed = [
        data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in range(0, len(data), step)
    ]
    others = [[*payload, 0], payload[:-1], {}, ["treering-bundle"], ["treering-bundle", 3], 7]
    others += [[*payload[:at], None, *payload[at + 1 :]] for at in range(len(payload))]
    others += [[payload[0], 1, *payload[2:]], [payload[0], 2, *payload[2:-1]]]
    codes = [[1, b""]], [[1, b"\xff"]], [[1, b"A" * 33]], [[-1, b"A"]], [[1]], {1: b"A"}
    others += [[*payload[:-1], told] for told in codes]
    written = [cose.sign(cose.encoded(one), made.signer.id, sign) for one in others]
    long_form = data.replace(bytes.fromhex("d2"), bytes.fromhex("d812"), 1)
    cases = [
        Case(one, code, made)
        for one in [
            *changed, *written, b"", data[:-1], data + b"\0", long_form, by_another(payload),
            b"\x9f" * 100, b"\x81" * 10_000, b"\xbf\xff",
        ]
    ]  # fmt: skip
    expected = [case.by_python() for case in cases]
    assert {*map(type, expected)} == {str}, "all are refused"
    assert by_browser(cases) == expected
    assert {*expected} == {"TR411", "TR412", "TR413"}
