"""The bundle of `treering verify --bundle`: opened, and its age told."""

import argparse
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from treering.domain.bundle.form import MAX_BYTES
from treering.domain.issuer_key import IssuerKey
from treering.errors import BundleUnreadable, ServiceUnavailable, SettingsWrong
from treering.flow.verifying.offline import Offline, opened


def bundle_of(
    options: argparse.Namespace,
    keys: Sequence[IssuerKey],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Offline:
    """The bundle that the options name; raises as `opened` does.

    SettingsWrong where no contract is named: a bundle's own word on it is not taken."""
    if not options.contract:
        raise SettingsWrong("name --contract: a bundle's own word on it is not taken")
    try:
        with Path(options.bundle).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BundleUnreadable(f"{options.bundle}: {error.strerror}") from error
    return opened(data, keys, contract=options.contract, chain_id=options.chain_id, clock=clock)


def never(what: str) -> bytes:
    """What would be fetched: ServiceUnavailable, for with a bundle nothing is."""
    raise ServiceUnavailable(f"{what} is no file, and with a bundle nothing is fetched")


def words(known: Offline) -> str:
    """How old the knowledge is, and whose word it is."""
    bundle = known.bundle
    return (
        f"As of block {bundle.block} of {bundle.as_of:%Y-%m-%d %H:%M:%S} UTC, "
        f"{_aged(known.age)}: by the bundle of {known.signer.multikey}.\n"
        "What came later is not known here."
    )


def evidence(known: Offline) -> dict[str, object]:
    """The same for machines; the age is in seconds."""
    bundle = known.bundle
    return {
        "block": bundle.block,
        "block_hash": "0x" + bundle.block_hash.hex(),
        "as_of": bundle.as_of.isoformat(),
        "age_seconds": int(known.age.total_seconds()),
        "chain_id": bundle.chain_id,
        "contract": bundle.contract,
        "signer": known.signer.multikey,
    }


def _aged(age: timedelta) -> str:
    if age < timedelta(0):
        return f"{_span(-age)} ahead of this machine's clock, which may be wrong"
    return f"{_span(age)} old"


def _span(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    return f"{days} days {hours} hours" if days else f"{hours} hours {minutes % 60} minutes"
