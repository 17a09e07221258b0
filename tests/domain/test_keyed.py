"""HMAC-SHA256 as it is defined, begun once for many messages."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from treering.domain.keyed import keyed


@given(
    st.binary(max_size=200), st.binary(max_size=90), st.lists(st.binary(max_size=90), max_size=3)
)
def test_each_message_has_the_digest_that_hmac_defines(key, beginning, messages):
    digest = keyed(key, beginning)
    for message in messages:
        assert digest(message) == hmac.digest(key, beginning + message, "sha256")
