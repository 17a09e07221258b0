"""What a record still waits for until it is final."""

from treering.domain.batch import Batch, BatchState


def waits_for(batch: Batch | None) -> str:
    """One of batch, block, finality, person; empty once it is final."""
    if batch is None:
        return "batch"
    return {
        BatchState.SEALED: "block",
        BatchState.SIGNED: "block",
        BatchState.MINED: "finality",
        BatchState.FINAL: "",
        BatchState.BLOCKED: "person",
    }[batch.state]
