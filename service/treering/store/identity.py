"""The chain and contract that these books belong to, pinned at first contact, and the newest
block of it that was seen final."""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from treering.store.tables.identity import chain_identity

Pin = tuple[int, bytes, str, bytes]  # chain id, genesis hash, contract, code hash


def pinned(connection: Connection) -> Pin | None:
    columns = chain_identity.c
    query = select(columns.chain_id, columns.genesis, columns.contract, columns.code_hash)
    row = connection.execute(query).one_or_none()
    return (row.chain_id, row.genesis, row.contract, row.code_hash) if row else None


def pin(connection: Connection, identity: Pin, now: datetime) -> None:
    """Pin this chain and no other."""
    chain_id, genesis, contract, code_hash = identity
    connection.execute(delete(chain_identity))
    connection.execute(
        chain_identity.insert().values(
            chain_id=chain_id,
            genesis=genesis,
            contract=contract,
            code_hash=code_hash,
            pinned_at=now,
        )
    )


def final_seen(connection: Connection) -> tuple[int, bytes] | None:
    """Number and hash of the newest final block that was seen."""
    columns = chain_identity.c
    row = connection.execute(select(columns.final_number, columns.final_hash)).one_or_none()
    return (row.final_number, row.final_hash) if row and row.final_hash else None


def keep_final(connection: Connection, number: int, block_hash: bytes) -> None:
    connection.execute(update(chain_identity).values(final_number=number, final_hash=block_hash))


def halt(connection: Connection, why: str, now: datetime) -> None:
    """Stop all minting until a person has looked. The first reason stays."""
    connection.execute(
        update(chain_identity)
        .where(chain_identity.c.halted_at.is_(None))
        .values(halted_at=now, halted_because=why)
    )


def halted(connection: Connection) -> tuple[datetime, str] | None:
    """Since when and why; None if work goes on."""
    columns = chain_identity.c
    row = connection.execute(select(columns.halted_at, columns.halted_because)).one_or_none()
    return (row.halted_at, row.halted_because) if row and row.halted_at else None


def resume(connection: Connection) -> None:
    """A person has looked; the chain is taken as it is now."""
    connection.execute(
        update(chain_identity).values(
            halted_at=None, halted_because=None, final_number=None, final_hash=None
        )
    )
