"""A checkpoint: how far an audit has come, so that a killed one goes on from there.

The file is bound to its contract, its pinned block and its manner, and replaced whole: at
any moment it is the one before or the one after. What it holds is read back as plain values
of the recount and nothing else; a damaged file is refused, never guessed at.
"""

import io
import json
import os
import pickle
import time
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from treering.domain.recount.replay import Recount
from treering.errors import CheckpointUnusable, ReportNotWritten

_MAGIC = "treering-checkpoint-1"
_EVERY_SECONDS = 5.0
_OURS = ("treering.domain.recount.", "treering.domain.stage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What a checkpoint is of. Hashes in hex."""

    chain_id: int
    contract: str
    block: int
    block_hash: str
    transactions: bool


@dataclass(slots=True)
class Held:
    """`block` is the last one whose logs are in `recount`, `digest` theirs; `indirect` counts
    acts through other contracts."""

    recount: Recount
    block: int
    digest: bytes
    acts: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class Checkpoint:
    """At most one writing in so many seconds, and one whenever it is asked for."""

    path: Path
    every_seconds: float = _EVERY_SECONDS
    _written: float = field(default_factory=time.monotonic)

    def pinned(self) -> int | None:
        """The number of the block that the audit was pinned to; None if none was begun."""
        found = self._read()
        return None if found is None else _binding(found[0]).block

    def held(self, binding: Binding) -> Held | None:
        """What was held; None if nothing was. CheckpointUnusable if it is of another audit."""
        found = self._read()
        if found is None:
            return None
        head, payload = found
        if _binding(head) != binding or head.get("tool") != _tool():
            raise CheckpointUnusable(f"{self.path} is of another audit: remove it to begin anew")
        held = _loaded(payload)
        if not isinstance(held, Held):
            raise CheckpointUnusable(f"{self.path} holds something else")
        return held

    def keep(self, binding: Binding, held: Held) -> None:
        if time.monotonic() - self._written >= self.every_seconds:
            self._write(binding, pickle.dumps(held))
            self._written = time.monotonic()

    def done(self) -> None:
        """The audit is made: the next one begins anew."""
        self.path.unlink(missing_ok=True)

    def _read(self) -> tuple[dict[str, Any], bytes] | None:
        try:
            line, _, payload = self.path.read_bytes().partition(b"\n")
            head = json.loads(line)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise CheckpointUnusable(f"{self.path}: {error}") from error
        if not isinstance(head, dict) or head.get("format") != _MAGIC:
            raise CheckpointUnusable(f"{self.path} is no checkpoint")
        if head.get("sha256") != sha256(payload).hexdigest():
            raise CheckpointUnusable(f"{self.path} is damaged")
        return head, payload

    def _write(self, binding: Binding, payload: bytes) -> None:
        digest = sha256(payload).hexdigest()
        head = {"format": _MAGIC, "tool": _tool(), "sha256": digest, **asdict(binding)}
        beside = self.path.with_name(self.path.name + ".new")
        try:
            with beside.open("wb") as file:
                file.write(json.dumps(head).encode() + b"\n" + payload)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
        except OSError as error:
            raise ReportNotWritten(f"{self.path}: {error.strerror}") from error


def _tool() -> str:
    return f"treering {version('treering')}"


def _binding(head: dict[str, Any]) -> Binding:
    try:
        return Binding(**{name: head[name] for name in Binding.__slots__})
    except KeyError as error:
        raise CheckpointUnusable(f"a checkpoint without {error}") from error


class _Plain(pickle.Unpickler):
    """Makes values of the recount's own classes and of nothing else: no file can run anything.
    A name with a dot would lead on, from a method to the interpreter's own functions."""

    def find_class(self, module: str, name: str) -> Any:
        is_ours = module.startswith(_OURS) or (module, name) == (__name__, "Held")
        found = super().find_class(module, name) if is_ours and "." not in name else None
        if isinstance(found, type) and found.__module__ == module:
            return found
        raise pickle.UnpicklingError(f"{module}.{name}")


def _loaded(payload: bytes) -> Any:
    try:
        return _Plain(io.BytesIO(payload)).load()
    except Exception as error:  # a pickle may fail in any way at all
        raise CheckpointUnusable(f"it does not open: {error!r}") from error
