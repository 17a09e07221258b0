"""What a search asks and answers, as OpenAPI documents it."""

from datetime import datetime
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, create_model

from treering.domain.lot import Unit
from treering.domain.provenance.search import MOST, Box, Cursor, Hit, Question, RecordState
from treering.domain.role import Person
from treering.errors import RequestMalformed

# PostgreSQL keeps no text with a zero byte.
_Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00]+$")]
_Hash = Annotated[str, Field(pattern=r"^0x[0-9a-f]{64}$")]
_Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
_PLAIN = "programme province site lot species year party state exchanged".split()


class AsOf(BaseModel):
    """A final block, or a moment: then the newest block that is not younger."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    block: int | None = Field(None, ge=0, lt=2**63)
    at: AwareDatetime | None = None


class SearchIn(BaseModel):
    """Every part narrows the search; one that is left out asks for any."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    programme: _Code | None = None
    province: str | None = Field(None, pattern="^[1-9][0-9]{5}$", description="adcode")
    site: _Code | None = None
    lot: _Code | None = Field(None, examples=["ANT_FOREST-277"])
    species: _Code | None = None
    unit: Literal["TREE", "PLANT", "M2"] | None = None
    year: int | None = Field(None, ge=1981, le=9998, description="The planting year")
    party: _Code | None = Field(None, description="In any role on the lot")
    state: RecordState | None = None
    exchanged: bool | None = Field(None, description="Used up for a fulfilment certificate")
    redeemed_from: AwareDatetime | None = None
    redeemed_until: AwareDatetime | None = Field(None, description="The first that is too late")
    box: tuple[_Degrees, _Degrees, _Degrees, _Degrees] | None = Field(
        None, description="West, south, east, north (WGS 84)"
    )
    evidence: _Hash | None = Field(None, description="A file's or report's: its lot's records")
    transaction: _Hash | None = Field(None, description="Records that it brought on the chain")
    as_of: AsOf = Field(default_factory=AsOf.model_construct)
    limit: int = Field(100, ge=1, le=MOST)
    cursor: str | None = Field(None, max_length=64)

    def question(self, person: Person) -> Question:
        """OutsideProvinces for a province that he may not see; RequestMalformed."""
        if self.province is not None:
            person.insist_on(self.province)
        return Question(
            **{name: getattr(self, name) for name in _PLAIN},
            unit=Unit[self.unit] if self.unit else None,
            redeemed_from=self.redeemed_from,
            redeemed_until=self.redeemed_until,
            box=self._box(),
            evidence=_bytes(self.evidence),
            transaction=_bytes(self.transaction),
            provinces=person.provinces,
        )

    def moment(self) -> int | datetime | None:
        """Of what block or time everything is asked; RequestMalformed for both at once."""
        if self.as_of.block is not None and self.as_of.at is not None:
            raise RequestMalformed("a block or a moment, not both", "as_of")
        return self.as_of.at if self.as_of.block is None else self.as_of.block

    def after(self) -> Cursor | None:
        return Cursor.read(self.cursor) if self.cursor else None

    def _box(self) -> Box | None:
        if self.box is None:
            return None
        west, south, east, north = self.box
        if south > north or west > east or max(abs(south), abs(north)) > 90:
            raise RequestMalformed("west, south, east, north, in this order", "box")
        return Box(west, south, east, north)


_fields: Any = {name: (hint, ...) for name, hint in get_type_hints(Hit).items()}
HitOut: Any = create_model("HitOut", __doc__=Hit.__doc__, **_fields)


class PinOut(BaseModel):
    """The final block that every answer is of."""

    block: int
    block_hash: str
    at: datetime


class SearchOut(BaseModel):
    as_of: PinOut
    items: list[HitOut]
    next_cursor: str | None


def _bytes(text: str | None) -> bytes | None:
    return bytes.fromhex(text[2:]) if text else None
