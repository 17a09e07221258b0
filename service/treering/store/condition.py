"""The server's own condition: what its settings promise of a commit, and its clock."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

_QUERY = text("""
    SELECT current_setting('synchronous_commit') AS synchronous_commit,
           current_setting('fsync') AS fsync,
           current_setting('full_page_writes') AS full_page_writes,
           current_setting('server_version_num')::int AS version,
           pg_is_in_recovery() AS standby,
           clock_timestamp() AS now
""")
_DURABLE = {"on", "remote_apply"}  # a commit is on disk here, or here and further on


@dataclass(frozen=True, slots=True)
class Condition:
    """`version` as PostgreSQL counts it: 180001 is 18.1."""

    synchronous_commit: str
    fsync: str
    full_page_writes: str
    version: int
    standby: bool
    now: datetime

    @property
    def dangers(self) -> list[str]:
        """The settings under which a power cut loses what was acknowledged."""
        found = []
        if self.synchronous_commit not in _DURABLE:
            found.append(f"synchronous_commit={self.synchronous_commit}")
        found += [f"fsync={self.fsync}"] * (self.fsync != "on")
        found += [f"full_page_writes={self.full_page_writes}"] * (self.full_page_writes != "on")
        return found


def condition(connection: Connection) -> Condition:
    return Condition(**connection.execute(_QUERY).one()._asdict())
