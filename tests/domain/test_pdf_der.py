"""DER as the PDF's signature needs it, against an independent writer and reader."""

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from treering.domain.pdf import der

CONTENTS = st.binary(max_size=300) | st.sampled_from([127, 128, 255, 256, 65_536]).map(bytes)


@given(CONTENTS)
def test_a_value_is_written_and_read_as_others_do(content):
    written = der.value(der.OCTETS, content)
    assert written == core.OctetString(content).dump()
    assert der.content(written) == content
    assert der.first(written + b"\0\0") == written


@given(st.integers(min_value=0, max_value=2**130))
def test_a_whole_number_is_written_as_others_do(number):
    assert der.whole(number) == core.Integer(number).dump()


@pytest.mark.parametrize(
    "arcs", ["2.5.4.3", "1.2.840.10045.3.1.7", "2.16.840.1.101.3.4.2.1", "1.3.101.112"]
)
def test_a_name_is_written_as_others_do(arcs):
    assert der.name(arcs) == core.ObjectIdentifier(arcs).dump()


@given(st.lists(CONTENTS, max_size=5))
def test_what_is_put_together_can_be_taken_apart(contents):
    values = [der.value(der.OCTETS, content) for content in contents]
    assert der.parts(der.content(der.sequence(*values))) == values


@given(st.binary(max_size=40))
def test_what_is_no_der_is_refused_or_read_within_its_bounds(held):
    try:
        assert b"".join(der.parts(held)) == held
    except ValueError:
        return


@pytest.mark.parametrize(
    "held", [b"", b"\4", b"\4\2\0", b"\4\x81", b"\4\x84\0\0\0\1\0", b"\4\x80"]
)
def test_a_value_longer_than_what_holds_it_is_refused(held):
    with pytest.raises(ValueError, match="value"):
        der.content(held)
