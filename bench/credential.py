"""Credentials signed and verified a second on one core, beside cryptography's bare Ed25519.

Each row runs between two runs of the bare signature, so that a busy machine slows both.
"""

import time
from collections.abc import Callable

from tests.domain.example import (
    BASE_URL,
    DID,
    ISSUER,
    KEY,
    METHOD,
    NOW,
    a_certificate,
    a_credential,
)
from treering.domain import compact
from treering.domain.claims import facts
from treering.domain.credential import unsigned
from treering.domain.proof import JCS, is_signed, secured

SECONDS = 1.0  # for each measurement
DOCUMENT = unsigned(a_certificate(), issuer=DID, base_url=BASE_URL)
SIGNED = a_credential()
QUICK = secured(DOCUMENT, method=METHOD, created=NOW, sign=KEY.sign, suites=(JCS,))
CODE = compact.signed(compact.of(a_certificate()), ISSUER, KEY.sign)
MESSAGE = b"\x2a" * 64
SIGNATURE = KEY.sign(MESSAGE)


def rate(act: Callable[[], object]) -> float:
    """How often a second of this process's own time."""
    act()
    begun, done = time.process_time(), 0
    while (spent := time.process_time() - begun) < SECONDS:
        act()
        done += 1
    return done / spent


def sign(suites: tuple[str, ...] | None) -> Callable[[], object]:
    chosen = {} if suites is None else {"suites": suites}
    return lambda: secured(DOCUMENT, method=METHOD, created=NOW, sign=KEY.sign, **chosen)


def verify(document: dict[str, object]) -> Callable[[], object]:
    return lambda: facts(document) and is_signed(document, ISSUER)


ROWS: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
    ("sign, canonical JSON", sign((JCS,)), lambda: KEY.sign(MESSAGE)),
    ("sign, both proofs", sign(None), lambda: KEY.sign(MESSAGE)),
    (
        "sign, the QR code's",
        lambda: compact.signed(compact.of(a_certificate()), ISSUER, KEY.sign),
        lambda: KEY.sign(MESSAGE),
    ),
    ("read and verify, canonical JSON", verify(QUICK), lambda: ISSUER.signed(MESSAGE, SIGNATURE)),
    ("read and verify, both proofs", verify(SIGNED), lambda: ISSUER.signed(MESSAGE, SIGNATURE)),
    (
        "read and verify, the QR code's",
        lambda: compact.signer(compact.read(CODE)[1], [ISSUER]),
        lambda: ISSUER.signed(MESSAGE, SIGNATURE),
    ),
]


def run() -> bool:
    """Prints the table; there is no mark to reach."""
    print(f"{'credentials, a second a core':<34}{'ours':>9}{'bare Ed25519':>14}{'share':>8}")
    for name, ours, bare in ROWS:
        before, measured, after = rate(bare), rate(ours), rate(bare)
        base = (before + after) / 2
        print(f"{name:<34}{measured:>9,.0f}{base:>14,.0f}{measured / base:>8.1%}")
    return True
