"""Row-level security: what a programme asks is asked as a role that sees its rows and no others;
what a regulator asks of holders, as one that sees the redemptions of his provinces.

The role is put on for one transaction. Its policies stand in the migrations: a table that has
none is closed to it. A holder's row is seen by whoever names him, and by nobody else; his
reference is hashed with the programme's code, so that no other can (docs/decisions/0121).
"""

from collections.abc import Iterable

from sqlalchemy import Connection, text

ROLE = "treering_tenant"
_PUT_ON = text(
    "SELECT set_config('treering.programme', :code, true), "
    "set_config('treering.number', :number, true), set_config('treering.holder', :lookup, true), "
    f"set_config('role', '{ROLE}', true)"
)
_PUT_ON_OVERSEER = text(
    "SELECT set_config('treering.provinces', :provinces, true), "
    f"set_config('role', '{ROLE}', true)"
)


def put_on(connection: Connection, code: str, number: int, lookup: str = "") -> None:
    """Until the transaction ends, the programme of this code and number asks, and nobody else.

    `lookup` is of the one holder whom it asks about.
    """
    values = {"code": code, "number": str(number), "lookup": lookup}
    connection.execute(_PUT_ON, values)


def put_on_overseer(connection: Connection, provinces: Iterable[str]) -> None:
    """Until the transaction ends, redemptions in lots of these provinces are seen, and no more."""
    given = ",".join(sorted(each for each in provinces if "," not in each))
    connection.execute(_PUT_ON_OVERSEER, {"provinces": given})
