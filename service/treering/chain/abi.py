"""TreeLedger's ABI: calls to bytes, answers, events and refusals back to values.

eth-abi does the coding; web3's contract objects cost about 3 ms a call.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import (
    abi_to_signature,
    event_abi_to_log_topic,
    function_abi_to_4byte_selector,
    get_abi_input_types,
    get_abi_output_types,
)

from treering.domain.keccak import keccak
from treering.errors import ChainUnavailable

_WORD = 32  # bytes


@cache
def artefact() -> dict[str, Any]:
    """The compiled contract, as `treering contract build` wrote it."""
    text = files("treering.chain").joinpath("artefacts/TreeLedger.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@lru_cache(maxsize=256)
def _entry(kind: str, name: str) -> dict[str, Any]:
    found = [e for e in artefact()["abi"] if e["type"] == kind and e.get("name") == name]
    if len(found) != 1:
        raise LookupError(f"TreeLedger has {len(found)} entries {kind} {name}")
    return found[0]  # type: ignore[no-any-return]


@cache
def _form(function: str) -> tuple[bytes, list[str], list[str]]:
    """Its selector, and the types of what it takes and of what it returns."""
    entry: Any = _entry("function", function)
    selector = function_abi_to_4byte_selector(entry)
    return selector, get_abi_input_types(entry), get_abi_output_types(entry)


def call_data(function: str, *arguments: object) -> bytes:
    selector, taken, _ = _form(function)
    return selector + encode(taken, arguments)


def call(payload: bytes) -> tuple[str, tuple[Any, ...]]:
    """A call's function and arguments; LookupError for none of TreeLedger's, DecodingError."""
    entry: Any = _functions().get(payload[:4])
    if entry is None:
        raise LookupError(f"TreeLedger has no function 0x{payload[:4].hex()}")
    return entry["name"], decode(get_abi_input_types(entry), payload[4:])


@cache
def _functions() -> dict[bytes, dict[str, Any]]:
    entries = [entry for entry in artefact()["abi"] if entry["type"] == "function"]
    return {function_abi_to_4byte_selector(entry): entry for entry in entries}


@lru_cache(maxsize=4096)
def answer(function: str, returned: bytes) -> Any:
    """What a view returned: the one value, or a tuple of several; a struct is a tuple."""
    try:
        values = decode(_form(function)[2], returned)
    except (DecodingError, UnicodeDecodeError) as error:
        raise ChainUnavailable(f"{function}: the answer is not TreeLedger's") from error
    return values[0] if len(values) == 1 else values


@cache
def answer_bytes(function: str) -> int:
    """How long a view's answer is, where it has a fixed length: 32 bytes for each value."""
    return sum(_WORD * (1 + returned.count(",")) for returned in _form(function)[2])


def event_topic(name: str) -> bytes:
    """The 32-byte topic that marks an event's logs."""
    entry: Any = _entry("event", name)
    return event_abi_to_log_topic(entry)


@dataclass(frozen=True, slots=True)
class Event:
    """`values` by parameter name; addresses are lower-case hex, bytes are bytes."""

    name: str
    values: dict[str, Any]


@cache
def _events() -> dict[bytes, dict[str, Any]]:
    entries = [entry for entry in artefact()["abi"] if entry["type"] == "event"]
    return {event_topic(entry["name"]): entry for entry in entries}


def event(topics: list[bytes], payload: bytes) -> Event | None:
    """The event of one log; None if it is none of TreeLedger's. ChainUnavailable if broken."""
    entry = _events().get(topics[0]) if topics else None
    if entry is None:
        return None
    try:
        return Event(entry["name"], _values(entry, topics, payload))
    except (DecodingError, ValueError) as error:
        raise ChainUnavailable(f"{entry['name']}: the log is not TreeLedger's") from error


def _values(entry: dict[str, Any], topics: list[bytes], payload: bytes) -> dict[str, Any]:
    indexed = [field for field in entry["inputs"] if field["indexed"]]
    plain = [field for field in entry["inputs"] if not field["indexed"]]
    values = {
        field["name"]: decode([field["type"]], topic)[0]
        for field, topic in zip(indexed, topics[1:], strict=True)
    }
    decoded = decode([field["type"] for field in plain], payload)
    return values | {field["name"]: value for field, value in zip(plain, decoded, strict=True)}


def refusal(revert_data: bytes) -> str:
    """A revert in words, such as `CapExceeded(277, 10, 11)`; in hex, where it is nobody's."""
    for entry in artefact()["abi"]:
        if entry["type"] == "error":
            signature = abi_to_signature(entry)
            if keccak(signature.encode())[:4] == revert_data[:4]:
                with suppress(DecodingError, UnicodeDecodeError):
                    values = decode(get_abi_input_types(entry), revert_data[4:])
                    return f"{entry['name']}({', '.join(map(_plain, values))})"
    return f"revert 0x{revert_data.hex()}"


def _plain(value: object) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)
