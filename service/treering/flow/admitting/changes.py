"""Changes: what an operator or a programme does to the books, told in the same transaction.

`after` in the log is the SHA-256 of the file that brought the change, so that whoever has the
file can show that it was this one.
"""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection

from treering.domain.deed import Act, Deed
from treering.domain.role import Person
from treering.flow.admitting.keybook import CONSOLE
from treering.store import audit_log


def tell_change(
    connection: Connection,
    now: datetime,
    subject: str,
    brought: bytes | None = None,
    *,
    why: str = "",
    by: Person = CONSOLE,
) -> None:
    """`by` is the key that changed it, or whoever runs commands on the machine."""
    deed = Deed.of(by, Act.CHANGED, subject, why)
    after = None if brought is None else sha256(brought).digest()
    audit_log.append(connection, replace(deed, after=after), now)
