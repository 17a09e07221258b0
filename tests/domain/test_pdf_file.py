"""A PDF that somebody brings: ours is known by every byte, and every forgery is refused."""

import random
import re
import resource
import time
import zlib

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from tests.domain.example import VECTORS
from tests.mutations import MUTATIONS
from tests.paper import paper
from treering.domain.pdf import file
from treering.domain.pdf.envelope import _ORDER, Envelope, opened
from treering.domain.verdict import state
from treering.domain.verification import State
from treering.flow.verifying.verify import claimed_signer

HOSTILE_SECONDS = 5.0  # of this process's own time, on the slowest machine
_GAP = re.compile(rb"<([0-9A-F]{4096})>")


def test_what_we_signed_is_as_we_signed_it():
    found = paper()
    assert file.is_pdf(found.file)
    assert file.credential(found.file) == found.document
    assert file.judged(found.file, found.key) == "PDF_OK"


def test_a_pdf_of_the_first_format_verifies_for_ever():
    kept = (VECTORS / "certificate_1.pdf").read_bytes()
    document = file.credential(kept)
    assert document is not None
    assert file.judged(kept, claimed_signer(document)) == "PDF_OK"


@pytest.mark.parametrize("name", MUTATIONS)
def test_every_forgery_is_altered(name):
    found = paper()
    forged = MUTATIONS[name](found)
    assert forged != found.file
    assert file.judged(forged, found.key) != "PDF_OK"
    assert state(found.services.examine(forged)) is State.ALTERED


def test_there_are_more_than_twenty_forgeries_and_each_is_called_what_it_is():
    found = paper()
    called = {name: file.judged(change(found), found.key) for name, change in MUTATIONS.items()}
    assert len(called) > 30
    assert called["the signature taken out"] == "PDF_UNSIGNED"
    assert called["only the first revision, before it was signed"] == "PDF_UNSIGNED"
    assert called["signed again by another key"] == "PDF_OF_ANOTHER_KEY"
    rest = {"PDF_UNSIGNED", "PDF_ALTERED", "PDF_OF_ANOTHER_KEY"}
    assert set(called.values()) == rest


def test_any_one_changed_byte_is_seen():
    """Of the file a sample, of the signature every digit; each becomes another of its kind."""
    found = paper()
    gap = _GAP.search(found.file)
    chosen = random.Random(1).sample(range(len(found.file)), 400)
    for at in {*chosen, *range(gap.start(), gap.start() + 1800), gap.end() - 2, gap.end() - 1}:
        for other in {found.file[at] ^ 1, *b"0F"} - {found.file[at]}:
            forged = found.file[:at] + bytes([other]) + found.file[at + 1 :]
            assert file.judged(forged, found.key) != "PDF_OK", at


def test_the_gap_cannot_move_though_the_signed_bytes_stay():
    """All bytes but the signature as they were, and the signature elsewhere among them."""
    found = paper()
    gap = _GAP.search(found.file)[0]
    rest = found.file.replace(gap, b"")
    for at in (100, len(rest) - 20):
        assert file.judged(rest[:at] + gap + rest[at:], found.key) == "PDF_ALTERED"


def envelope_in(found) -> tuple[Envelope, bytes, bytes]:
    start, end, _ = map(int, file._BYTE_RANGE.search(found.file).groups())
    padded = bytes.fromhex(found.file[start + 1 : end - 1].decode())
    digest = file.sha256(found.file[:start] + found.file[end:]).digest()
    return opened(padded, digest), padded, digest


def test_the_other_signature_that_ecdsa_allows_is_refused():
    held, _, digest = envelope_in(paper())
    assert held.is_signed(digest)
    r, s = decode_dss_signature(held.signature)
    other = Envelope(held.certificate, encode_dss_signature(r, _ORDER - s))
    assert opened(other.der(digest), digest) == other
    assert not other.is_signed(digest)


def test_a_signature_of_another_document_is_refused():
    held, padded, _ = envelope_in(paper())
    assert opened(padded, bytes(32)) is None
    assert not held.is_signed(bytes(32))


@pytest.mark.parametrize(
    "padded",
    [b"", b"\x30", b"\x30\x00", b"\x30\x82\xff\xff", b"\x30\x84\xff\xff\xff\xff", b"\x30\x02\5\0",
     bytes(2048), b"\x30\x0a\x02\x01\x01\x30\x05\x30\x03\x30\x01\x00"],
)  # fmt: skip
def test_what_is_no_envelope_is_none(padded):
    assert opened(padded, bytes(32)) is None


@pytest.mark.parametrize("certificate", [b"", b"\x30\x00", b"\x30\x03\x02\x01\x01"])
def test_what_is_no_certificate_has_signed_nothing(certificate):
    assert not Envelope(certificate, b"").is_signed(bytes(32))


def test_a_credential_that_bears_no_signature_of_its_own_judges_no_file():
    assert file.judged(paper().file, None) == "PDF_OF_ANOTHER_KEY"


@pytest.mark.parametrize(
    ("content", "is_pdf"),
    [
        (b"%PDF-1.7\n", True),
        (b"junk\n%PDF-1.7\n", True),
        (b" " * 1024 + b"%PDF-1.7\n", False),
        (b'{"name": "%PDF-1.7"}', False),
        (b"", False),
    ],
)
def test_a_pdf_is_told_from_other_files_as_readers_do(content, is_pdf):
    assert file.is_pdf(content) is is_pdf


def stream(content: bytes) -> bytes:
    return b"stream\n" + content + b"\nendstream\n"


@pytest.mark.parametrize(
    "content",
    [b"x", b"x\x9c", zlib.compress(b"no JSON"), zlib.compress(b"{"), zlib.compress(b'{"a": 1}'),
     zlib.compress(b'{"credentialSubject": 1}')[:-4], zlib.compress(b"[" * 100_000)],
)  # fmt: skip
def test_what_carries_no_credential_has_none(content):
    assert file.credential(b"%PDF-1.7\n" + stream(content)) is None


def test_of_several_credentials_the_last_is_shown():
    one, two = (zlib.compress(b'{"credentialSubject": %d}' % n) for n in (1, 2))
    found = file.credential(b"%PDF-1.7\n" + stream(one) + stream(two))
    assert found == {"credentialSubject": 2}


BOMBS = {
    "ten thousand pages": b"%PDF-1.7\n" + b"1 0 obj<</Type/Page>>endobj\n" * 10_000,
    "a zero bomb": b"%PDF-1.7\n" + stream(zlib.compress(bytes(200_000_000), 9)),
    "many zero bombs": b"%PDF-1.7\n" + stream(zlib.compress(bytes(260_000), 9)) * 800,
    "streams of nothing": b"%PDF-1.7\n" + stream(zlib.compress(b"")) * 10_000,
    "streams in streams": b"%PDF-1.7\n" + b"stream\nx\x9c\x01\0\0\xff\xff" * 20_000,
    "a cross-reference that loops": b"%PDF-1.7\ntrailer<</Prev 9>>startxref\n9\n%%EOF",
    "deep arrays": b"%PDF-1.7\n" + b"[" * 250_000,
    "deep JSON": b"%PDF-1.7\n" + stream(zlib.compress(b"{" * 250_000)),
    "much deep JSON": b"%PDF-1.7\n" + stream(zlib.compress(b"{" * 250_000)) * 100,
    "deep objects": b"%PDF-1.7\n" + b"<</A " * 50_000,
    "endless digits": b"%PDF-1.7\n/ByteRange [0 " + b"9" * 250_000,
    "a huge gap": b"%PDF-1.7\n/ByteRange [0 40 250000 0]" + b"<" + b"0" * 249_950 + b">",
    "ranges without end": b"%PDF-1.7\n" + b"/ByteRange [0 1 2 3]" * 12_000,
    "ranges beyond the file": b"%PDF-1.7\n/ByteRange [0 999999999 999999999 999999999]",
    "DER that nests": b"%PDF-1.7\n/ByteRange [0 50 100050 3]".ljust(50)
    + b"<" + b"3080" * 24_999 + b"00>" + b"\n\n\n",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_within_bounded_time_and_memory(name):
    key, before = paper().key, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    assert file.credential(BOMBS[name]) is None
    assert file.judged(BOMBS[name], key) != "PDF_OK"
    assert time.process_time() - started < HOSTILE_SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # KiB
