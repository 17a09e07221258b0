"""The chain and contract that these books belong to, pinned at first contact."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from treering.store.schema import chain_identity

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
