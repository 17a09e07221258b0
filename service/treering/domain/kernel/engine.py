"""The kernel as Python calls it: bytes in, bytes out, one caller at a time."""

from functools import cache
from threading import Lock
from typing import Any

from treering.domain.kernel.program import PAGE, ROOM, text

_WORTH = 256  # records: below it, asking costs more than hashing
_BEGUN = 100_000  # records of this process: by then the kernel has paid for its start
_BEHIND = 128  # bytes: what an odd last one's neighbour takes


class Kernel:
    """Hashes batches in a memory of its own."""

    def __init__(self) -> None:
        """ImportError or OSError where there is no WebAssembly."""
        import wasmtime  # noqa: PLC0415 - a tenth of a second, for whoever has much to hash

        self._store = wasmtime.Store()
        try:
            module = wasmtime.Module(self._store.engine, text())
            made: Any = wasmtime.Instance(self._store, module, []).exports(self._store)
        except wasmtime.WasmtimeError as error:  # no room for it, or no leave to run it
            raise OSError(str(error)) from error
        self._memory = made["memory"]
        self._leaves, self._root, self._holders = made["leaves"], made["root"], made["holders"]
        self._taken = Lock()  # a call lets other threads run

    def root(self, lot: int, serial: int, holders: bytes) -> bytes:
        """The root over consecutive records of a lot; `holders` are 20 bytes each."""
        count = len(holders) // 20
        leaves = ROOM + len(holders) + _BEHIND
        signed = int.from_bytes(lot.to_bytes(8, "big"), "little", signed=True)
        with self._taken:
            self._put(holders, leaves + 32 * count + _BEHIND)
            self._leaves(self._store, count, signed, serial, ROOM, leaves)
            self._root(self._store, count, leaves)
            return self._got(leaves, 32)

    def commitments(self, openings: bytes, references: bytes) -> bytes:
        """20 bytes for each opening and the hash of a reference, 32 bytes each."""
        count = len(openings) // 32
        reference = ROOM + len(openings) + _BEHIND
        made = reference + len(references) + _BEHIND
        with self._taken:
            self._put(openings.ljust(len(openings) + _BEHIND) + references, made + 20 * count + 64)
            self._holders(self._store, count, ROOM, reference, made)
            return self._got(made, 20 * count)

    def _put(self, given: bytes, end: int) -> None:
        missing = end - self._memory.data_len(self._store)
        if missing > 0:
            self._memory.grow(self._store, -(-missing // PAGE))
        self._memory.write(self._store, given, ROOM)

    def _got(self, start: int, size: int) -> bytes:
        return bytes(self._memory.read(self._store, start, start + size))


class Worth:
    """Whether hashing so many is the kernel's, by all that this process has hashed before."""

    def __init__(self) -> None:
        self._seen = 0

    def kernel(self, count: int) -> Kernel | None:
        """None for few, until there were many, and where there is no WebAssembly."""
        self._seen += count
        return _kernel() if count >= _WORTH and self._seen >= _BEGUN else None


@cache
def _kernel() -> Kernel | None:
    try:
        return Kernel()
    except (ImportError, OSError):
        return None
