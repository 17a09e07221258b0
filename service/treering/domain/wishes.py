"""A redemption as a programme writes it: one JSON object, one definition for API and bulk."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from treering.domain.lot import Unit
from treering.domain.redemption import MAX_UNITS, Wish
from treering.errors import RequestMalformed

_NO_CONTROLS = r"^[^\x00-\x1f\x7f]+$(?!\n)"  # PostgreSQL keeps no NUL, and none is meant


class WishIn(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    rename={},
    gc=False,
):
    """What a programme asks for. Nothing but these fields is taken, each of its exact type."""

    lot: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=64,
            pattern=r"^[\x21-\x7e]+$(?!\n)",
            description="The lot's public name",
            examples=["ANT_FOREST-277"],
        ),
    ]
    holder: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            pattern=_NO_CONTROLS,
            description="The programme's own reference to the person; never shown to anybody",
            examples=["user-2088001"],
        ),
    ]
    name: Annotated[
        str,
        Meta(description="The holder's name; pages show it masked", examples=["张三丰"]),
    ]
    count: Annotated[int, Meta(ge=1, le=MAX_UNITS, description="How many units")] = 1
    unit: Annotated[
        Literal["TREE", "PLANT", "M2"] | None,
        Meta(description="Where given, must be the lot's unit"),
    ] = None
    year: Annotated[
        Annotated[int, Meta(ge=1981, le=9998)] | None,
        Meta(description="Where given, must be the lot's planting year"),
    ] = None
    campaign: Annotated[
        Annotated[str, Meta(min_length=1, max_length=100, pattern=_NO_CONTROLS)] | None,
        Meta(description="A partner's campaign"),
    ] = None
    redeemed_at: Annotated[
        Annotated[datetime, Meta(tz=True)] | None,
        Meta(description="When the person redeemed it, with its offset; now, if not given"),
    ] = None

    def wish(self) -> Wish:
        return Wish(
            lot=self.lot,
            holder=self.holder,
            name=self.name,
            count=self.count,
            unit=Unit[self.unit] if self.unit else None,
            year=self.year,
            campaign=self.campaign,
            redeemed_at=self.redeemed_at,
        )

    def imprint(self) -> bytes:
        """8 bytes that are equal for equal wishes, in a tenth of a fingerprint's time.

        A line of a load is compared with the one line that had its place.
        """
        try:
            packed = _PACK(self)
        except OverflowError:  # a moment whose zone leads out of the years 1 to 9999
            packed = repr(self).encode()
        digest = _IMPRINT.copy()  # three quarters of a new one's price
        digest.update(packed)
        return digest.digest()


# A name in JSON without escapes: within a text, a quote before a colon would be escaped.
_NAMES = re.compile(rb'"(\w+)"\s*:')
FIELDS = WishIn.__struct_fields__
REQUIRED = ("lot", "holder", "name")
_DECODER = msgspec.json.Decoder(WishIn)
_IMPRINT = blake2b(digest_size=8)
_PACK = msgspec.msgpack.Encoder().encode


def read(line: bytes) -> WishIn:
    """The wish in one JSON object; RequestMalformed names the field and what is wrong with it."""
    try:
        given = _DECODER.decode(line)
        if b"\\" in line or line.count(b'"') != _quotes(given):
            _refuse_twice_named(line)
    except msgspec.ValidationError as error:
        raise _malformed(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestMalformed(f"this is not JSON: {error}") from error
    return given


def read_all(lines: Sequence[bytes]) -> list[WishIn] | None:
    """As `read` each, at two thirds of its price; None if one is refused: `read` says which."""
    try:
        given = [_DECODER.decode(line) for line in lines]
        text = b"".join(lines)
        # No line has fewer quotes than its wish: if the sums are equal, each has its own.
        if b"\\" in text or text.count(b'"') != sum(map(_quotes, given)):
            for line in lines:
                _refuse_twice_named(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, RequestMalformed):
        return None
    return given


def taken(fields: Mapping[str, object]) -> WishIn:
    """The wish in a table's row; moments may be texts. RequestMalformed, as `read`."""
    try:
        return msgspec.convert(fields, WishIn)
    except msgspec.ValidationError as error:
        raise _malformed(str(error)) from error


def schema() -> dict[str, Any]:
    """WishIn as JSON Schema, for OpenAPI."""
    _, components = msgspec.json.schema_components([WishIn])
    return dict(components["WishIn"])


def _quotes(given: WishIn) -> int:
    """How many stand in its line at least: none is left for a field that is named twice."""
    texts = 3 + (given.unit is not None) + (given.campaign is not None)
    texts += given.redeemed_at is not None
    return 4 * texts + 2 * ((given.count != 1) + (given.year is not None))


def _refuse_twice_named(line: bytes) -> None:
    """Parsers differ in which of two equal fields they take: it must not matter."""
    names = _NAMES.findall(line) if b"\\" not in line else _names(line)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise RequestMalformed("the field is given twice", twice.decode())


def _names(line: bytes) -> list[bytes]:
    """The names of an object's fields, however they are written."""
    pairs: list[tuple[str, object]] = json.loads(line, object_pairs_hook=list)
    return [name.encode() for name, _ in pairs]


def _malformed(message: str) -> RequestMalformed:
    """msgspec writes "Expected `int`, got `str` - at `$.count`", or names the field in between."""
    why, _, path = message.partition(" - at ")
    named = re.search(r"field `([^`]*)`", why)
    return RequestMalformed(why, path.strip("`").removeprefix("$.") or (named[1] if named else ""))
