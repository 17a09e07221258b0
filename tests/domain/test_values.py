"""What the domain hands around is fact: nobody changes it on the way."""

from dataclasses import FrozenInstanceError, is_dataclass
from inspect import getmembers

import pytest

from treering.domain import (
    batch,
    certificate,
    credential,
    holder,
    issuer_key,
    lot,
    merkle,
    number,
    record,
    redemption,
    verification,
)

MODULES = (
    batch, certificate, credential, holder, issuer_key, lot,
    merkle, number, record, redemption, verification,
)  # fmt: skip
VALUES = [
    kind
    for module in MODULES
    for _, kind in getmembers(module, is_dataclass)
    if kind.__module__ == module.__name__
]


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
def test_a_value_cannot_be_changed(kind):
    value = object.__new__(kind)
    name = next(iter(kind.__dataclass_fields__))
    with pytest.raises(FrozenInstanceError):
        setattr(value, name, None)
    with pytest.raises((AttributeError, TypeError)):  # nor be given more than it has
        value.more = None
