"""What whoever brings a file says of it, and whether it can be so."""

from typing import Literal

import msgspec

from treering.domain.land.boxes import BOXES, EVERYWHERE
from treering.domain.land.feature import Day, Standing, Text
from treering.errors import EvidenceRefused

Kind = Literal["REPORT", "PHOTO", "DRONE", "SATELLITE"]


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`party` is the code of whom it is from; `taken_on` stands where the file tells no day."""

    kind: Kind
    party: Text | None = None
    taken_on: Day | None = None
    caption_en: Text
    caption_zh: Text
    standing: Standing
    source: Text


def check_place(place: tuple[str, str] | None, adcode: str) -> None:
    """EvidenceRefused for a picture that was taken elsewhere; `place` is longitude, latitude."""
    if place is None:
        return
    box, (x, y) = BOXES.get(adcode, EVERYWHERE), (float(place[0]), float(place[1]))
    if box.holds(x, y):
        return
    swapped = box.holds(y, x)
    raise EvidenceRefused(
        "its camera tells latitude as longitude"
        if swapped
        else f"its camera was at {x:.3f} {y:.3f}, outside the lot's province"
    )
