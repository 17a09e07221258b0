"""An inspector's sheet: what was looked at, what was found, and what follows for the whole lot.

Its keccak256 (of RFC 8785 JSON) is the report that his statement on chain names, so nobody can
change a figure of it afterwards. Plots up to 15 hectares are counted in full; of larger ones
at least a twentieth is (GB/T 15776).
"""

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
import rfc8785
from msgspec import Meta

from treering.domain.keccak import keccak
from treering.domain.planting import days_of
from treering.domain.stage import Stage
from treering.errors import GroundRefused, SheetRefused

FULL_UP_TO = 150_000  # m²
LEAST_SHARE = 20  # a twentieth
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
    if sheet.method == "FULL" and stage is Stage.SURVEY and sheet.n0 < whole:
        raise SheetRefused(f"a full count of {sheet.n0} leaves out {whole - sheet.n0} accepted")
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
