"""The signature of a PDF, by a judge that is not ours: pyHanko's validator."""

import warnings
from datetime import UTC, datetime
from io import BytesIO

import pytest
from asn1crypto import cms, x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateBuilder, Name, NameAttribute
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from tests.mutations import MUTATIONS
from tests.paper import opened, paper
from treering.domain.issuer_key import IssuerKey
from treering.domain.pdf.identity import certificate, is_issued, key_in
from treering.render.pdf.signature import signed

MADE = datetime(2026, 4, 22, 6, 34, tzinfo=UTC)  # of the block, in the books of the tests


def judged(file: bytes, trusted: bytes) -> PdfSignatureStatus:
    """What pyHanko finds of the first signature, if it trusts this certificate."""
    context = ValidationContext(trust_roots=[x509.Certificate.load(trusted)])
    first = PdfFileReader(BytesIO(file), strict=False).embedded_signatures[0]
    return validate_pdf_signature(first, signer_validation_context=context)


def certificate_of(found) -> bytes:
    return found.services.notary("ANT_FOREST").certificate


def test_an_independent_validator_finds_it_intact_whole_and_closed_to_changes():
    found = judged(paper().file, certificate_of(paper()))
    assert found.bottom_line
    assert (found.intact, found.valid, found.trusted) == (True, True, True)
    assert found.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert found.docmdp_ok
    assert found.md_algorithm == "sha256"
    assert found.signer_reported_dt == MADE


def test_it_certifies_and_forbids_every_change():
    (signature,) = PdfFileReader(BytesIO(paper().file)).embedded_signatures
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    pdf = opened(paper().file)
    assert pdf.Root.Perms.DocMDP.Reference[0].TransformParams.P == 1


@pytest.mark.parametrize("name", MUTATIONS)
def test_where_the_independent_validator_sees_a_change_so_do_we(name):
    """The reverse need not hold: it allows revisions that say nothing new; we allow none."""
    forged = MUTATIONS[name](paper())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            agreed = judged(forged, certificate_of(paper())).bottom_line
        except Exception:  # it has many ways to say no
            agreed = False
    ours = paper().services.examine(forged)
    assert agreed or ours.verdict == "INVALID"


def test_it_holds_one_certificate_and_nothing_unsigned():
    (signature,) = PdfFileReader(BytesIO(paper().file)).embedded_signatures
    held = signature.signed_data
    assert isinstance(held, cms.SignedData)
    (one,) = held["certificates"]
    assert one.chosen.dump() == certificate_of(paper())
    (signer,) = held["signer_infos"]
    assert not signer["unsigned_attrs"]
    kinds = {attribute["type"].native for attribute in signer["signed_attrs"]}
    assert kinds == {"content_type", "message_digest", "signing_certificate_v2"}


def test_its_certificate_is_issued_by_the_key_that_signs_credentials_and_by_no_other():
    found = paper()
    read = x509.Certificate.load(certificate_of(found))
    assert read.issuer.native == {"common_name": found.key.multikey}
    assert read.subject.native == {"common_name": "ANT_FOREST"}
    assert read.key_usage_value.native == {"digital_signature", "non_repudiation"}
    assert read.not_valid_after.year == 9999
    assert is_issued(certificate_of(found), found.key)
    stranger = found.services.signers["OCEAN_BUDDY"].public_key().public_bytes_raw()
    assert not is_issued(certificate_of(found), IssuerKey(stranger))
    assert key_in(certificate_of(found)) is not None


def test_the_same_page_signed_again_is_the_same_file():
    found = paper()
    printed = found.file[: found.file.index(b"%%EOF") + 5]
    assert signed(printed, found.services.notary("ANT_FOREST"), MADE) == found.file
    other = signed(printed, found.services.notary("OCEAN_BUDDY"), MADE)
    assert len(other) == len(found.file)
    assert other != found.file


def test_a_certificate_of_another_kind_of_key_holds_none_of_ours():
    names = Name([NameAttribute(NameOID.COMMON_NAME, "X")])
    for key in (Ed25519PrivateKey.generate(), generate_private_key(SECP384R1())):
        made = (
            CertificateBuilder(names, names, key.public_key(), 1)
            .not_valid_before(MADE)
            .not_valid_after(MADE)
            .sign(key, None if isinstance(key, Ed25519PrivateKey) else SHA256())
        )
        assert key_in(made.public_bytes(Encoding.DER)) is None


def test_a_certificate_without_a_point_of_the_curve_holds_no_key():
    sign = paper().services.signers["ANT_FOREST"].sign
    assert key_in(certificate("X", bytes(65), paper().key, sign)) is None
