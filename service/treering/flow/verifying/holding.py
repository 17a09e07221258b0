"""Whether what a holder's own copy opens is of its record: the tenth check."""

from treering.domain import own
from treering.domain.claims import Facts
from treering.domain.issuer_key import IssuerKey
from treering.domain.own import OwnCopy
from treering.domain.verification import Check
from treering.flow.verifying.findings import Answer, Findings


def check_holder(found: Findings, copy: OwnCopy, facts: Facts, key: IssuerKey | None) -> None:
    """One finding on the statement, and one for each part that was opened."""
    if key is None or not own.is_stated(copy, facts.record, key):
        found.add(Check.HOLDER, Answer("HOLDER_UNSIGNED"))
        return
    found.add(Check.HOLDER, Answer("HOLDER_STATED_OK", copy.made_for))
    if "id" in copy.opened:
        part = copy.opened["id"]
        code = "HOLDER_ID_OK" if own.opens_id(part, facts.record) else "HOLDER_DIFFERS"
        found.add(Check.HOLDER, Answer(code, part["reference"]))
    if "name" in copy.opened:
        code = "HOLDER_NAME_OK" if own.opens_name(copy) else "HOLDER_DIFFERS"
        found.add(Check.HOLDER, Answer(code, copy.opened["name"]["name"]))
