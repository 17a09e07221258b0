"""treering verify: check a certificate against the chain, wherever it comes from.

FILE is a credential, a PDF, a baked badge (PNG or SVG), a holder's own copy, or the text of a
QR code; NUMBER or URL is fetched from the service that shows it, and believed no more than a
file. What a QR code holds may stand for URL: then nothing is fetched, and with --issuer-key its
signature is checked without any network. With --bundle nobody is asked at all: the chain's part
is answered from a file that one of the --issuer-key has signed, and its age is told. Exit
status: 0 valid, 1 invalid, 2 unknown or not readable.
"""

import argparse
import errno
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import httpx

from treering.chain.node import NO_PROXY
from treering.cli import offline
from treering.domain import address, badge, documents, number, own
from treering.domain.codes import CODES
from treering.domain.issuer_key import IssuerKey
from treering.domain.pdf import file as pdf
from treering.domain.verification import Check, Report, Verdict
from treering.errors import CredentialMalformed, NumberMistyped, ServiceUnavailable, TreeringError
from treering.flow.verifying.offline import Offline

# The report on what a person has, by the issuer's keys, an RPC address (None is offline) and
# the contract's.
Verify = Callable[[bytes, Sequence[IssuerKey], str | None, str | None], Report]
_STATUS = {Verdict.VALID: 0, Verdict.INVALID: 1, Verdict.UNKNOWN: 2}
_MAX_BYTES = 256 * 1024
_NO_FILE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)  # then it is a number
_MARKS = {Verdict.VALID: "✓", Verdict.INVALID: "✗", Verdict.UNKNOWN: "?"}


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the options are where they are not given."""

    service_url: str
    rpc_url: str | None
    contract: str | None


def main(
    argv: Sequence[str],
    verify: Verify,
    defaults: Defaults,
    out: TextIO = sys.stdout,
) -> int:
    options = _parser(defaults).parse_args(argv)
    rpc = None if options.offline else options.rpc
    try:
        keys = [IssuerKey.from_multikey(key) for key in options.issuer_key]
        known = offline.bundle_of(options, keys) if options.bundle else None
        brought = _brought(options.what, options.service, offline.never if known else _get)
        content = _opened_by(options.opening, brought) if options.opening else brought
        report = known.report(content) if known else verify(content, keys, rpc, options.contract)
    except (CredentialMalformed, NumberMistyped) as error:
        print(f"treering verify: {error.code} {error}", file=sys.stderr)
        return 1
    except TreeringError as error:
        print(f"treering verify: {error.code} {error}", file=sys.stderr)
        return 2
    print(_json(report, known) if options.json else _text(report, known), file=out)
    return _STATUS[report.verdict]


def _parser(defaults: Defaults) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering verify", description=__doc__)
    parser.add_argument("what", metavar="FILE|NUMBER|URL")
    parser.add_argument("--rpc", metavar="URL", default=defaults.rpc_url, help="the node to ask")
    parser.add_argument(
        "--contract",
        metavar="ADDRESS",
        default=defaults.contract,
        help="the programme's contract, known from elsewhere than the document",
    )
    parser.add_argument("--service", metavar="URL", default=defaults.service_url)
    parser.add_argument(
        "--issuer-key",
        metavar="z6Mk…",
        action="append",
        default=[],
        help="a programme's key, from its did.json or the chain, to check a QR code with",
    )
    parser.add_argument(
        "--opening",
        metavar="FILE",
        help="a holder's own copy: whether it opens this certificate; it is sent nowhere",
    )
    parser.add_argument("--offline", action="store_true", help="ask no node")
    parser.add_argument(
        "--bundle",
        metavar="FILE",
        help="ask this file of treering bundle, and nobody else; needs --issuer-key, its signer's",
    )
    parser.add_argument(
        "--chain-id", type=int, metavar="N", help="refuse a bundle of another chain"
    )
    parser.add_argument("--json", action="store_true")
    return parser


def _brought(what: str, service_url: str, get: Callable[[str], bytes]) -> bytes:
    """The bytes of the credential or PDF that a person named, or the text of a QR code."""
    found = _file(what)
    if found is None:
        return _followed(what, service_url, get)
    text = address.typed_in(found)
    return found if text is None else _followed(text, service_url, get)


def _opened_by(name: str, brought: bytes) -> bytes:
    """A holder's own copy, but of the credential that was brought, in whichever form."""
    copy = _file(name)
    if copy is None:
        raise CredentialMalformed(f"there is no file {name}")
    return json.dumps(own.of_another(documents.read(copy), _carried(brought) or {})).encode()


def _carried(brought: bytes) -> dict[str, Any] | None:
    if badge.is_one(brought):
        return badge.credential(brought)
    return pdf.credential(brought) if pdf.is_pdf(brought) else documents.read(brought)


def _file(name: str) -> bytes | None:
    """None if there is no such file."""
    try:
        with Path(name).open("rb") as file:
            return _whole(iter(lambda: file.read(_MAX_BYTES), b""))
    except OSError as error:
        if error.errno not in _NO_FILE:
            raise
    return None


def _followed(text: str, service_url: str, get: Callable[[str], bytes]) -> bytes:
    content = text.encode("utf-8", "replace")
    if address.code_in(content):
        return content
    if text.startswith(("http://", "https://")):
        return get(text.replace("/c/", "/v1/certificates/", 1))
    return get(f"{service_url}/v1/certificates/{number.parse(text)}")


def _get(url: str) -> bytes:
    accepted = {"accept": "application/vc+json"}
    try:
        with (
            httpx.Client(timeout=10.0, mounts=NO_PROXY) as client,
            client.stream("GET", url, headers=accepted) as answer,
        ):
            if not answer.is_success:
                raise ServiceUnavailable(f"{url} answered {answer.status_code}")
            return _whole(answer.iter_bytes())
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ServiceUnavailable(f"{url}: {error}") from error


def _whole(pieces: Iterable[bytes]) -> bytes:
    document = bytearray()
    for piece in pieces:
        document += piece
        if len(document) > _MAX_BYTES:
            raise CredentialMalformed(f"it is longer than {_MAX_BYTES} bytes")
    return bytes(document)


def _text(report: Report, known: Offline | None) -> str:
    lines = [f"{report.number or 'this document'}: {report.verdict}"]
    for finding in report.findings:
        code = CODES[finding.code]
        lines.append(f" {_MARKS[finding.verdict]} {finding.check:<9} {code.en}")
        if finding.check is Check.HOLDER and finding.verdict is Verdict.VALID and finding.detail:
            lines.append(f"   {finding.detail}")
        if finding.verdict is not Verdict.VALID:
            lines.append(f"   {finding.code}: {finding.detail} {code.next_en}".rstrip())
    return "\n".join([*lines, offline.words(known)] if known else lines)


def _json(report: Report, known: Offline | None) -> str:
    findings = [
        {
            "check": finding.check,
            "verdict": finding.verdict,
            "code": finding.code,
            "detail": finding.detail,
            "as_of": finding.as_of.isoformat(),
            "evidence": finding.evidence,
        }
        for finding in report.findings
    ]
    answer: dict[str, object] = {"number": report.number, "verdict": report.verdict}
    answer |= {"findings": findings} | ({"bundle": offline.evidence(known)} if known else {})
    return json.dumps(answer, ensure_ascii=False, indent=2)
