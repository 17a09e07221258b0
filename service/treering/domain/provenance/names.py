"""How each thing of a trace is called: unique, and the same in every trace that meets it."""

from treering.domain.provenance.clues import Clues, Partner


def certificate(clues: Clues) -> str:
    return f"certificate-{clues.number}"


def holder(clues: Clues) -> str:
    record = clues.record
    return f"holder-{record.holder.hex()}" if record else f"holder-of-{clues.tree:024x}"


def redemption(clues: Clues) -> str:
    return f"redemption-{clues.redemption.id}"


def record(clues: Clues) -> str:
    return f"record-{clues.tree:024x}"


def batch(clues: Clues) -> str:
    assert clues.batch, "no batch has no name"
    return f"batch-{clues.batch.first_tree:024x}"


def transaction(clues: Clues) -> str:
    assert clues.batch, "no batch has no name"
    assert clues.batch.inclusion, "it has no transaction yet"
    return f"transaction-{clues.batch.inclusion.transaction.hex()}"


def lot(clues: Clues) -> str:
    return f"lot-{clues.lot.slug}"


def site(clues: Clues) -> str:
    return f"site-{clues.lot.site}"


def partner(party: Partner) -> str:
    return f"party-{party.code}"


def project(clues: Clues) -> str:
    assert clues.project, "no project has no name"
    return f"project-{clues.project.code}"


def programme(clues: Clues) -> str:
    return f"programme-{clues.programme.code}"


def account(address: str) -> str:
    return f"account-{address.lower()}"


def statement(clues: Clues, number: int) -> str:
    """The lot's statement of this number, oldest first."""
    return f"statement-{clues.lot.slug}-{number}"


def report(hash_: bytes) -> str:
    return f"report-{hash_.hex()}"


def medium(hash_: bytes) -> str:
    return f"evidence-{hash_.hex()}"


def fulfilment(commitment: bytes) -> str:
    return f"fulfilment-{commitment.hex()}"
