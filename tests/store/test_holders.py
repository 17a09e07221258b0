"""How a holder is found: HMAC-SHA256 over programme and reference, cut to 16 bytes."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from treering.store.holders import lookups
from treering.store.vault import Vault

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=90)


@given(st.binary(min_size=32, max_size=32), texts, st.lists(texts, max_size=3))
def test_a_holder_is_found_by_hmac_as_it_is_defined(key, programme, references):
    vault = Vault(key)
    lookup = lookups(vault, programme)
    for reference in references:
        message = b"treering/lookup/v1" + f"{programme}\0{reference}".encode()
        assert lookup(reference) == hmac.digest(key, message, "sha256")[:16].hex()
