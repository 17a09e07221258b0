"""What a programme asks on behalf of a holder, in JSON. The reference is in the body: addresses
are logged and kept by others."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

_Reference = Annotated[
    str,
    Field(min_length=1, max_length=200, description="The reference given when it was redeemed"),
]


class PleaIn(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    holder: _Reference
    why: str = Field("", max_length=200, description="For the log; nothing personal")


class HeldIn(PleaIn):
    after: str = Field(
        "", pattern=r"^([0-9]{1,19}\.[0-9]{1,10})?$", description="The `next` of the page before"
    )

    @property
    def place(self) -> tuple[int, int]:
        """(lot, first serial) of the last one that was shown."""
        lot, _, serial = self.after.partition(".")
        return (int(lot), int(serial)) if self.after else (-1, -1)


class NameIn(PleaIn):
    name: str = Field(max_length=400, description="As it should have been; pages show it masked")


class DisplayIn(PleaIn):
    shown: bool = Field(description="Whether his masked name is shown")


class GuardianIn(PleaIn):
    consents: bool = Field(description="The guardian's yes or no; nothing else of it is kept")
    by: str = Field(
        pattern=r"^[0-9a-f]{64}$",
        description="A salted hash by which the programme, and nobody else, finds the guardian",
    )


class Shown(BaseModel):
    shown: bool


class Heard(BaseModel):
    consents: bool


class Records(BaseModel):
    records: int = Field(description="How many records it is about")


class Leaves(BaseModel):
    due_at: str = Field(description="From when on another key of the programme may erase him")


class Stays(BaseModel):
    stopped: bool = Field(description="Whether he had asked to leave")


class Tombstone(BaseModel):
    entry: int = Field(description="Its number in the log of administrative acts")
    hash: str = Field(description="Of that entry, which each later one rests on")
    remains: str = Field(description="SHA-256 over the records that remain, as nobody's")
    at: datetime
