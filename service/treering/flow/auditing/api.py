"""Our own API beside the contract: what it calls counted at a block is what stood there then."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec

from treering.chain.node import NO_PROXY, Node
from treering.chain.pinned import PinnedLedger
from treering.domain.lot import Unit
from treering.domain.recount.difference import Code, Difference, of
from treering.errors import AuditInputUnreadable
from treering.flow.auditing.inputs import Compared, input_of

_TIMEOUT_SECONDS = 20.0
_MOST_SECONDS = 120.0  # of one answer, however slowly it comes
_MOST_BYTES = 16 << 20


class _Count(msgspec.Struct, frozen=True):
    unit: str
    counted: int | None = None
    block: int | None = None


class _Facts(msgspec.Struct, frozen=True):
    block: int
    minted: int
    endorsed: int


class _Lot(msgspec.Struct, frozen=True):
    lot: str
    id: int
    facts: _Facts | None = None


class _Counts(msgspec.Struct, frozen=True):
    counts: list[_Count]


class _Lots(msgspec.Struct, frozen=True):
    lots: list[_Lot]


def api(url: str, node: Node, contract: str) -> Compared:
    """AuditInputUnreadable where the service does not answer as its own description says."""
    base = url.rstrip("/")
    with httpx.Client(timeout=_TIMEOUT_SECONDS, mounts=NO_PROXY) as client:
        counts, lots = (_got(client, base + path) for path in ("/v1/counts", "/v1/lots"))
    told, listed = _read(counts, _Counts).counts, _read(lots, _Lots).lots
    ask = _Contract(node, contract)
    found = [*_units(ask, told), *_lots(ask, listed)]
    compared = sum(row.counted is not None for row in told) + 2 * sum(
        lot.facts is not None for lot in listed
    )
    return Compared(input_of("api", base, counts + lots, compared), found)


class _Contract:
    """The contract at whichever block the service names."""

    def __init__(self, node: Node, contract: str) -> None:
        self._node, self._contract = node, contract
        self._at: dict[int, PinnedLedger] = {}

    def at(self, block: int) -> PinnedLedger:
        if block not in self._at:
            pinned = self._node.block(block)
            self._at[block] = PinnedLedger(self._node, self._contract, pinned)
        return self._at[block]


def _units(ask: _Contract, rows: list[_Count]) -> Iterator[Difference]:
    for row in rows:
        if row.counted is None or row.block is None or row.unit not in Unit.__members__:
            continue
        held = ask.at(row.block).ask("totals", Unit[row.unit].value)[0]
        if held != row.counted:
            subject = f"all {row.unit} at block {row.block}: counted"
            yield of(Code.API_DIFFERS, subject, held, row.counted)


def _lots(ask: _Contract, rows: list[_Lot]) -> Iterator[Difference]:
    for row in rows:
        if row.facts is None:
            continue
        _, _, _, _, _, endorsed, _, _, minted, *_ = ask.at(row.facts.block).ask("lotOf", row.id)
        shown = {"endorsed": row.facts.endorsed, "minted": row.facts.minted}
        for name, held in {"endorsed": endorsed, "minted": minted}.items():
            if shown[name] != held:
                yield of(Code.API_DIFFERS, f"lot {row.lot}: {name}", held, shown[name])


def _got(client: httpx.Client, url: str) -> bytes:
    """Piece by piece: whoever answers without end is left when he has said enough."""
    found, begun = bytearray(), time.monotonic()
    try:
        with client.stream("GET", url, headers={"accept": "application/json"}) as answer:
            answer.raise_for_status()
            for piece in answer.iter_bytes():
                found += piece
                if len(found) > _MOST_BYTES:
                    raise AuditInputUnreadable(f"{url} answers more than {_MOST_BYTES} bytes")
                if time.monotonic() - begun > _MOST_SECONDS:
                    raise AuditInputUnreadable(f"{url} answers for {_MOST_SECONDS:.0f} seconds")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise AuditInputUnreadable(f"{url}: {type(error).__name__}") from error
    return bytes(found)


def _read(content: bytes, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise AuditInputUnreadable(f"the service's answer: {error}") from error
