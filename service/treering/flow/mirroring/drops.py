"""Drops: a file that a registry gave becomes entries of a log that we keep ourselves, under a
head that we sign; whoever reads it sees by its name that it is ours and not the registry's.

1. The raw bytes are kept by their hash, in order; the same content is taken over once.
2. Each row is judged as an entry of a registry's own log would be; one of a certificate that was
   withdrawn before we heard of it, and whose tree another holds since, is left out and told.
3. What is new is appended, and a head over all of it is signed. All of it, or nothing.
Replaying the drops from the first on makes the same log, entry by entry.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine

from treering.domain import drop
from treering.domain.drop import Left
from treering.domain.register import Register
from treering.domain.registry_head import HeldHead, sign
from treering.errors import DropRefused, MirrorDamaged
from treering.flow.admitting.changes import tell_change
from treering.flow.mirroring.entries import take
from treering.intake import drops as intake
from treering.store.drops import Drop, Drops
from treering.store.mirror import Mirror
from treering.store.mirror_replay import Replay

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")


@dataclass(frozen=True, slots=True)
class DropReport:
    """`rows` in the file, `said` of different certificates, `added` entries, and what was `left`
    out of them."""

    held: HeldHead
    rows: int
    said: int
    added: int
    left: tuple[Left, ...] = ()


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps the log of one registry's drops; `registry` is its name, in lower case.

    `key` signs its heads, `secret` (32 bytes) salts the numbers of certificates.
    """

    engine: Engine
    registry: str
    key: Ed25519PrivateKey
    secret: bytes
    clock: Callable[[], datetime]

    @property
    def origin(self) -> str:
        if not _NAME.fullmatch(self.registry):
            raise DropRefused(f"{self.registry!r:.80} is no name such as registry.example")
        return drop.ORIGIN + self.registry

    def take(self, name: str, raw: bytes) -> DropReport:
        """DropRefused, and then nothing of it was taken over."""
        rows = list(intake.rows(raw))
        now = self.clock().replace(microsecond=0)
        with self.engine.begin() as connection:
            mirror, drops = Mirror(connection, self.origin), Drops(connection, self.origin)
            mirror.lock()
            if drops.has(raw):  # (1)
                raise DropRefused("this very file was taken over before")
            first, held = mirror.frontier().size, mirror.held()
            now = max(now, held.head.time) if held else now  # our clock may have stepped back
            said = drop.read(rows, self.origin, self.secret, now)
            left: list[Left] = []
            raws = self._new(connection, said, first, left)  # (2)
            held = self._append(connection, raws, now)  # (3)
            end = first + len(raws)
            form = intake.form_of(raw)
            kept = Drop(
                name=name,
                form=form,
                received_at=now,
                rows=len(rows),
                first=first,
                end=end,
                raw=raw,
            )
            drops.add(kept)
            tell_change(connection, self.clock(), f"drop of {self.registry}", raw)
        return DropReport(held, len(rows), len(said), len(raws), tuple(left))

    def replay(self) -> int:
        """How many entries the drops come to, from the first on; MirrorDamaged unless they are
        those that we hold."""
        register = Register()
        entries: list[bytes] = []
        with self.engine.connect() as connection:
            for kept in Drops(connection, self.origin).all():
                rows = intake.rows(kept.raw)
                said = drop.read(rows, self.origin, self.secret, kept.received_at)
                entries += [one.raw for one in drop.entries(said, register, len(entries), [])]
            held = Mirror(connection, self.origin).entries(0, len(entries) + 1)
        if held != entries:
            raise MirrorDamaged(f"{self.origin}: its drops come to other entries than we hold")
        return len(entries)

    def _new(
        self, connection: Connection, said: Sequence[drop.Said], first: int, left: list[Left]
    ) -> list[bytes]:
        register = Replay(connection, self.origin).register([one.entry for one in said])
        return [entry.raw for entry in drop.entries(said, register, first, left)]

    def _append(self, connection: Connection, raws: Sequence[bytes], now: datetime) -> HeldHead:
        mirror = Mirror(connection, self.origin)
        before = mirror.frontier()
        frontier = before.appended(raws)
        head = sign(self.origin, frontier.size, frontier.root, now, self.key)
        if raws:
            take(Replay(connection, self.origin), before.size, raws, head)
        mirror.keep_head(head, frontier, now)
        return HeldHead(head, now)
