"""An acceptance and two surveys of forest no. 277, signed and brought."""

from dataclasses import replace
from datetime import date

import msgspec

from tests.chain_kit import Chain, mining
from tests.domain.test_inspection import SHEET
from treering.domain.inspection import Sheet
from treering.domain.record import lot_id
from treering.domain.stage import Stage
from treering.flow.inspecting.inspect import Finding, Inspectorate, Signed, finding_of
from treering.flow.parts import Parts
from treering.store import parties

LOT = lot_id(1, 277)
ACCEPTED = Finding(
    lot="ANT_FOREST-277",
    stage=Stage.ACCEPTANCE,
    count=150_000,
    inspected_on=date(2019, 12, 1),
    report=b"\3" * 32,
)
# 72 % and 68 % of the 150,000 that were accepted.
ALIVE = msgspec.structs.replace(SHEET, inspected_on="2020-10-14")
THINNED = msgspec.structs.replace(ALIVE, inspected_on="2021-10-14", n1=6_800, count=102_000)


def name(parts: Parts, party: str, address: str) -> None:
    with parts.engine.begin() as connection:
        parties.name_address(connection, party, address)


def signed(office: Inspectorate, chain: Chain, what: Finding | Sheet) -> Signed:
    inspector = chain.account("inspector")
    if isinstance(what, Sheet):
        return replace(office.sign(finding_of(what), inspector), sheet=what.document())
    return office.sign(what, inspector)


def state(office: Inspectorate, chain: Chain, what: Finding | Sheet) -> bytes:
    """Signed, brought, relayed and final."""
    id_ = office.submit(signed(office, chain, what))
    with mining(chain.node):
        assert office.relay() is True
    chain.finalise()
    assert office.state_of(id_) == ("stated", None)
    return id_
