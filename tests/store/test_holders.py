"""How a holder is found: HMAC-SHA256 over programme and reference, cut to 16 bytes."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from treering.store.holders import Holders, lookups
from treering.store.vault import Vault

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=90)


@given(st.binary(min_size=32, max_size=32), texts, st.lists(texts, max_size=3))
def test_many_holders_are_looked_up_as_one_is(key, programme, references):
    vault = Vault(key)
    lookup = lookups(vault, programme)
    for reference in references:
        message = b"treering/lookup/v1" + f"{programme}\0{reference}".encode()
        assert lookup(reference) == hmac.digest(key, message, "sha256")[:16].hex()
        assert lookup(reference) == Holders(None, vault)._lookup(programme, reference)
