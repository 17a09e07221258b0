"""An inspector's sheet: what was looked at, what was found, and what follows for the whole lot.

Its keccak256 (of RFC 8785 JSON) is the report that his statement on chain names, so nobody can
change a figure of it afterwards. Plots up to 15 hectares are counted in full; of larger ones
at least a twentieth is (GB/T 15776).
"""

from datetime import date
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
import rfc8785
from msgspec import Meta

from treering.domain.keccak import keccak
from treering.domain.planting import days_of
from treering.domain.stage import Stage
from treering.errors import GroundRefused, SheetRefused

FULL_UP_TO = 150_000  # m²
LEAST_SHARE = 20  # a twentieth
OFF = 0.05  # of the polygon: surveys on a plane and old datums differ by less
UNEVEN = 2  # times as many or as few units stand in one place of a lot as on average
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
Count = Annotated[int, Meta(ge=0, le=2**32 - 1)]
Area = Annotated[int, Meta(ge=1, le=10**13)]


class Sheet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`n0` units stood planned or planted where he looked, `n1` of them are alive; `count` is
    what he states of the whole lot. `media` are hashes of evidence. No name, no free text."""

    lot: Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,64}$(?!\n)")]
    stage: Literal["ACCEPTANCE", "SURVEY"]
    inspected_on: Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$(?!\n)")]
    method: Literal["FULL", "SAMPLE"]
    area_m2: Area
    sampled_m2: Area
    n0: Count
    n1: Count
    count: Count
    media: Annotated[tuple[Hash, ...], Meta(max_length=200)] = ()

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found

    def hash(self) -> bytes:
        return keccak(rfc8785.dumps(self.document()))


class Land(NamedTuple):
    """What is known of the ground under a lot: its site's area in m², None where nobody gave a
    polygon, and whether no other lot stands on it."""

    area_m2: float | None
    is_alone: bool


def read(content: bytes | dict[str, Any]) -> Sheet:
    """SheetRefused for what is none."""
    try:
        if isinstance(content, bytes):
            return msgspec.json.decode(content, type=Sheet)
        return msgspec.convert(content, Sheet)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise SheetRefused(str(error)) from error


def day_of(sheet: Sheet) -> date:
    """Of the inspection; SheetRefused for a day that there is not."""
    try:
        return days_of(sheet.inspected_on)[0]
    except GroundRefused as error:
        raise SheetRefused(str(error)) from error


def check(sheet: Sheet, *, lot: str, stage: Stage, count: int, whole: int) -> None:
    """SheetRefused, unless it is of this statement and its arithmetic holds.

    `whole` is what the lot held before: endorsed for an acceptance, accepted for a survey.
    """
    if sheet.lot != lot:
        raise SheetRefused(f"it is of {sheet.lot}, the statement of {lot}")
    if Stage[sheet.stage] is not stage or sheet.count != count:
        raise SheetRefused(f"it tells {sheet.stage} {sheet.count}, the statement another")
    day_of(sheet)
    _check_sample(sheet)
    if not sheet.n0 > 0 or sheet.n1 > sheet.n0:
        raise SheetRefused(f"{sheet.n1} alive of {sheet.n0}")
    _check_n0(sheet, stage, whole)
    follows = sheet.n1 if sheet.method == "FULL" else whole * sheet.n1 // sheet.n0
    if abs(sheet.count - follows) > (0 if sheet.method == "FULL" else 1):
        raise SheetRefused(f"{sheet.n1} of {sheet.n0} make {follows}, not {sheet.count}")


def _check_sample(sheet: Sheet) -> None:
    if sheet.sampled_m2 > sheet.area_m2:
        raise SheetRefused(f"{sheet.sampled_m2} m² of {sheet.area_m2} m²")
    if sheet.method == "FULL":
        if sheet.sampled_m2 != sheet.area_m2:
            raise SheetRefused("a full count looks at the whole area")
    elif sheet.area_m2 <= FULL_UP_TO:
        raise SheetRefused("up to 15 hectares everything is counted")
    elif sheet.sampled_m2 * LEAST_SHARE < sheet.area_m2:
        share = 100 * sheet.sampled_m2 / sheet.area_m2
        raise SheetRefused(f"a sample of {share:.2f} %, 5 % at least")


def check_area(sheet: Sheet, land: Land) -> None:
    """SheetRefused, unless the lot is as large as its ground: a twentieth of less proves less.

    Where several lots share a site, each is that large at most.
    """
    if land.area_m2 is None:
        return
    told = f"{sheet.area_m2} m², on {land.area_m2:.0f} m² by the site's polygon"
    if sheet.area_m2 > land.area_m2 * (1 + OFF):
        raise SheetRefused(told)
    if land.is_alone and sheet.area_m2 < land.area_m2 * (1 - OFF):
        raise SheetRefused(told)


def _check_n0(sheet: Sheet, stage: Stage, whole: int) -> None:
    """A full count leaves out nothing; a sample's ground holds what such a share of it may."""
    if sheet.method == "FULL":
        if stage is Stage.SURVEY and sheet.n0 < whole:
            raise SheetRefused(
                f"a full count of {sheet.n0} leaves out {whole - sheet.n0} accepted"
            )
        return
    even = whole * sheet.sampled_m2 // sheet.area_m2
    if not even <= sheet.n0 * UNEVEN or sheet.n0 > whole:
        raise SheetRefused(f"{sheet.n0} where {even} of {whole} would stand evenly")
