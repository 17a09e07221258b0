"""What an auditor brings along: a registry's log and our own API, true and otherwise."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.chain_kit import Chain
from tests.ledger_life import TREES, lived_ledger
from treering.chain.node import Node
from treering.domain.fulfilment import Entry, Event
from treering.domain.keccak import keccak
from treering.domain.record import TreeId
from treering.domain.recount.books import Books
from treering.domain.recount.difference import Code
from treering.domain.registry_head import TreeHead, sign
from treering.domain.registry_log import LogTree
from treering.errors import AuditInputUnreadable
from treering.flow.auditing.api import api
from treering.flow.auditing.audit import Manner
from treering.flow.auditing.mirror import mirror
from treering.flow.auditing.seal import Order, ordered

NAME = "treering.example/log"
ENDLESS = b" "
KEY = Ed25519PrivateKey.from_private_bytes(b"\3" * 32)
NOW = datetime(2025, 3, 12, tzinfo=UTC)
ONE, TWO = b"\1" * 32, b"\2" * 32


@dataclass
class Paged:
    """A registry's log in memory, signed and in pages as the real one."""

    raws: list[bytes]
    root: bytes | None = None
    name: str = NAME

    def head(self) -> TreeHead:
        root = self.root or LogTree(self.raws).root(len(self.raws))
        return sign(self.name, len(self.raws), root, NOW, KEY)

    def entries(self, start: int, end: int) -> list[bytes]:
        return self.raws[start:end]


def entry(event: Event, certificate: bytes, *serials: int) -> bytes:
    return Entry(
        event=event,
        certificate=certificate,
        year=2025,
        adcode="150000",
        form="F1",
        trees=tuple(TreeId(TREES << 32 | serial) for serial in serials),
        at=NOW,
        synthetic=True,
    ).raw


ISSUED = [entry(Event.ISSUED, ONE, 1, 2, 3), entry(Event.ISSUED, TWO, 4, 5, 6)]


def books(*claims: tuple[int, bytes], head: tuple[int, bytes] | None = None) -> Books:
    """With this head anchored, else that of the first entry."""
    made = Books()
    made.records.claims = {TreeId(TREES << 32 | serial): by for serial, by in claims}
    made.feeds[keccak(NAME.encode())] = head or (1, LogTree(ISSUED).root(1))
    return made


CLAIMED = [*((n, ONE) for n in (1, 2, 3)), *((n, TWO) for n in (4, 5, 6))]


def test_a_log_that_lists_what_the_chain_calls_claimed_is_no_difference():
    tree = LogTree(ISSUED)

    compared = mirror(Paged(ISSUED), books(*CLAIMED, (9, bytes(32)), head=(1, tree.root(1))))

    assert compared.differences == []
    assert (compared.input.kind, compared.input.compared) == ("mirror", 7)


def test_a_withdrawn_certificate_uses_no_tree_and_a_corrected_one_those_it_lists_now():
    raws = [*ISSUED, entry(Event.WITHDRAWN, ONE, 1, 2, 3), entry(Event.CORRECTED, TWO, 4, 5, 7)]

    found = mirror(Paged(raws), books((4, TWO), (5, TWO), (7, TWO))).differences

    assert found == []


def test_a_claim_that_the_log_does_not_list_and_one_that_the_chain_lacks_are_both_named():
    claims = [claim for claim in CLAIMED if claim[0] != 6]

    found = mirror(Paged(ISSUED), books(*claims, (8, ONE))).differences

    assert [(d.code, d.serial, d.expected, d.found) for d in found] == [
        (Code.FEED_DIFFERS, 6, TWO, None),
        (Code.FEED_DIFFERS, 8, None, ONE),
    ]


@pytest.mark.parametrize("head", [(1, b"\7" * 32), (3, b"\7" * 32)])
def test_a_log_without_the_root_that_was_anchored_is_another_log(head):
    found = mirror(Paged(ISSUED), books(*CLAIMED, head=head)).differences

    assert [(d.code, d.expected) for d in found] == [(Code.FEED_DIFFERS, b"\7" * 32)]


def test_entries_that_do_not_add_up_to_the_signed_head_are_named():
    found = mirror(Paged(ISSUED, root=b"\5" * 32), books(*CLAIMED)).differences

    assert [d.expected for d in found] == [b"\5" * 32]


# ---------------------------------------------------------------------------------- our API


@pytest.fixture(scope="module")
def lived(anvil: Node) -> Iterator[Chain]:
    with lived_ledger(anvil) as chain:
        yield chain


@pytest.fixture
def service() -> Iterator[tuple[str, dict[str, bytes]]]:
    """A service that says what it is told to, by path; ENDLESS, it goes on saying nothing."""
    said: dict[str, bytes] = {}

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in said else 503)
            self.end_headers()
            self.wfile.write(said.get(self.path, b""))
            with suppress(ConnectionError):
                while said.get(self.path) is ENDLESS:
                    self.wfile.write(b" " * 65_536)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", said
    server.shutdown()
    thread.join()
    server.server_close()


def told(lived: Chain, *, trees: int = 358, minted: int = 358, endorsed: int = 1000):
    block = lived.node.block("finalized").number
    rows = [
        {"unit": "TREE", "counted": trees, "block": block, "asked": 400},
        {"unit": "PLANT", "counted": 50, "block": block},
        {"unit": "M2", "counted": None, "block": None},
        {"unit": "CORAL", "counted": 1, "block": block},  # of a later release
    ]
    facts = {"block": block, "minted": minted, "endorsed": endorsed}
    lots = [{"lot": "ANT_FOREST-277", "id": TREES, "facts": facts}, {"lot": "x", "id": 1}]
    return {
        "/v1/counts": json.dumps({"counts": rows}).encode(),
        "/v1/lots": json.dumps({"lots": lots}).encode(),
    }


def test_a_service_that_shows_what_the_contract_holds_is_no_difference(lived, service):
    url, said = service
    said.update(told(lived))

    report, _ = ordered(
        lived.node, Order(contract=lived.contract, api=url + "/"), lambda _: None, Manner()
    )

    assert report.agrees
    assert [(one.kind, one.compared) for one in report.inputs] == [("api", 5)]


@pytest.mark.parametrize(
    ("lie", "subject"),
    [
        ({"trees": 359}, "all TREE at block"),
        ({"minted": 359}, "lot ANT_FOREST-277: minted"),
        ({"endorsed": 999}, "lot ANT_FOREST-277: endorsed"),
    ],
)
def test_a_service_that_shows_another_count_is_named(lived, service, lie, subject):
    url, said = service
    said.update(told(lived, **lie))

    (found,) = api(url, lived.node, lived.contract).differences

    assert found.code is Code.API_DIFFERS
    assert found.subject.startswith(subject)


@pytest.mark.parametrize(
    "said_instead",
    [{}, {"/v1/counts": b"[]", "/v1/lots": b"{}"}, {"/v1/counts": b"\xff", "/v1/lots": b""}],
)
def test_a_service_that_does_not_answer_so_is_no_audit(lived, service, said_instead):
    url, said = service
    said.update(said_instead)

    with pytest.raises(AuditInputUnreadable):
        api(url, lived.node, lived.contract)


def test_a_service_that_answers_without_end_is_no_audit(lived, service, monkeypatch):
    url, said = service
    said.update(told(lived) | {"/v1/lots": ENDLESS})

    with pytest.raises(AuditInputUnreadable, match="more than 16777216 bytes"):
        api(url, lived.node, lived.contract)
    monkeypatch.setattr("treering.flow.auditing.api._MOST_SECONDS", 0.0)
    with pytest.raises(AuditInputUnreadable, match="for 0 seconds"):
        api(url, lived.node, lived.contract)


def test_an_input_without_end_is_no_audit(lived, tmp_path, monkeypatch):
    monkeypatch.setattr("treering.flow.auditing.inputs._MOST_BYTES", 10)
    table = tmp_path / "a.csv"
    table.write_text("lot,accepted\nANT_FOREST/277,300\n")

    with pytest.raises(AuditInputUnreadable, match="longer than 10 bytes"):
        ordered(
            lived.node, Order(contract=lived.contract, accepted=table), lambda _: None, Manner()
        )
