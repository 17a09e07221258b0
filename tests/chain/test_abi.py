"""TreeLedger's ABI, there and back; what is not TreeLedger's is never taken for it."""

from contextlib import suppress

import pytest
from eth_abi.abi import encode
from eth_abi.grammar import TupleType, parse
from eth_utils.abi import get_abi_input_types, get_abi_output_types
from hypothesis import given
from hypothesis import strategies as st

from treering.chain import abi
from treering.domain.keccak import keccak
from treering.errors import ChainUnavailable

ADDRESS = "0x" + "ab" * 20


def entries(kind: str) -> list[dict]:
    return [entry for entry in abi.artefact()["abi"] if entry["type"] == kind]


def example(kind: str) -> object:
    """A value of this ABI type."""
    parsed = parse(kind)
    if parsed.is_array:
        return (example(parsed.item_type.to_type_str()),) * 2
    if isinstance(parsed, TupleType):
        return tuple(example(part.to_type_str()) for part in parsed.components)
    if parsed.base == "bytes":
        return b"\x07" * (parsed.sub or 5)
    return {"address": ADDRESS, "bool": True, "string": "rule"}.get(parsed.base, 5)


def examples(kinds: list[str]) -> list[object]:
    return [example(kind) for kind in kinds]


def selector(error: str) -> bytes:
    kinds = get_abi_input_types(abi._entry("error", error))
    return keccak(f"{error}({','.join(kinds)})".encode())[:4]


VIEWS = [e["name"] for e in entries("function") if e["stateMutability"] in ("view", "pure")]


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_gives_back_what_the_contract_would_encode(name):
    kinds = get_abi_output_types(abi._entry("function", name))
    values = tuple(examples(kinds))
    answered = abi.answer(name, encode(kinds, values))
    assert answered == (values[0] if len(values) == 1 else values)


@given(name=st.sampled_from(VIEWS), returned=st.binary(max_size=200))
def test_whatever_a_stranger_returns_is_decoded_or_refused(name, returned):
    with suppress(ChainUnavailable):
        abi.answer(name, returned)


@pytest.mark.parametrize("entry", entries("event"), ids=lambda entry: entry["name"])
def test_every_event_comes_back_under_its_parameters_names(entry):
    given_values = {field["name"]: example(field["type"]) for field in entry["inputs"]}
    indexed = [field for field in entry["inputs"] if field["indexed"]]
    plain = [field for field in entry["inputs"] if not field["indexed"]]
    topics = [abi.event_topic(entry["name"])]
    topics += [encode([field["type"]], [given_values[field["name"]]]) for field in indexed]
    payload = encode(
        [field["type"] for field in plain], [given_values[field["name"]] for field in plain]
    )
    assert abi.event(topics, payload) == abi.Event(entry["name"], given_values)


@pytest.mark.parametrize(
    "topics", [[], [b"\0" * 32], [keccak(b"Transfer(address,address,uint256)")]]
)
def test_a_log_of_nobodys_event_is_none_of_ours(topics):
    assert abi.event(topics, b"") is None


@given(more=st.lists(st.binary(min_size=32, max_size=32), max_size=4), payload=st.binary())
def test_our_events_name_over_other_bytes_is_decoded_or_refused(more, payload):
    with suppress(ChainUnavailable):
        assert abi.event([abi.event_topic("BatchMinted"), *more], payload) is not None


@pytest.mark.parametrize("entry", entries("error"), ids=lambda entry: entry["name"])
def test_every_refusal_of_the_contract_is_told_by_its_name(entry):
    kinds = get_abi_input_types(entry)
    told = abi.refusal(selector(entry["name"]) + encode(kinds, examples(kinds)))
    assert told.startswith(f"{entry['name']}(")


def test_a_refusal_shows_its_numbers():
    values = encode(["uint64", "uint32", "uint256"], [277, 10, 11])
    assert abi.refusal(selector("CapExceeded") + values) == "CapExceeded(277, 10, 11)"


def test_revert_data_that_is_nobodys_is_shown_as_it_is():
    assert abi.refusal(b"\xde\xad\xbe\xef\x01") == "revert 0xdeadbeef01"
    assert abi.refusal(b"") == "revert 0x"


@given(rest=st.binary(max_size=100))
def test_our_error_over_other_bytes_is_still_told(rest):
    told = abi.refusal(selector("CapExceeded") + rest)
    assert told.startswith(("CapExceeded(", "revert 0x"))


@pytest.mark.parametrize(
    "ask", [abi.call_data, lambda name: abi.answer(name, b""), abi.event_topic]
)
def test_a_name_that_the_contract_does_not_have_is_a_fault_of_ours(ask):
    with pytest.raises(LookupError, match="0 entries"):
        ask("plantTrees")
