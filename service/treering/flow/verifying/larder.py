"""Larder: the newest bundle, kept for whoever takes it along, and made anew while he is served.

A bundle takes a recount of the whole ledger. So one is made at a time, beside the requests,
and never more often than would cost a twentieth of the time; whoever asks meanwhile is given
the one before. Only after a quiet time, in which nobody asked, is that one old: then the first who
come wait for the new one, if it is soon made.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

from treering.domain.issuer_key import IssuerKey
from treering.errors import BundleNotHeld, BundleNotReady
from treering.flow.verifying.bundle import Bundled

_LEAST_SECONDS = 60.0  # between two bundles: what was minted a minute ago is known to the page
_SHARE = 20  # times as long as the making took
_PATIENCE_SECONDS = 5.0  # for the first one, and after a quiet time, within a request
_OLD_SECONDS = 600.0  # none gets so old while people ask, if they are soon made
_KEPT = 3  # bundles: who has begun to take one may end


@dataclass
class Larder:
    """`make` gives the bundle of the newest final block; `now` counts seconds, never back."""

    make: Callable[[], Bundled]
    keys: Callable[[], Sequence[IssuerKey]]
    now: Callable[[], float] = time.monotonic
    patience: float = _PATIENCE_SECONDS
    _held: list[Bundled] = field(default_factory=list, init=False)
    _due: float = field(default=float("-inf"), init=False)
    _making: Future[None] | None = field(default=None, init=False)
    _made_at: float = field(default=float("-inf"), init=False)
    _took: float = field(default=0.0, init=False)  # seconds; for ever if it failed
    _lock: Lock = field(default_factory=Lock, init=False)

    def newest(self) -> Bundled:
        """BundleNotReady while the first is made; else as `bundled` refuses, if none is held."""
        making = self._begun()
        if making and self._is_worth_waiting():
            wait([making], self.patience)
        if self._held:
            return self._held[-1]
        if making and making.done():
            making.result()  # raises what stopped it
        raise BundleNotReady("the first one is being made of the chain's whole history")

    def at(self, block: int) -> Bundled:
        """The bundle of exactly this block; BundleNotHeld."""
        found = next((held for held in self._held if held.bundle.block == block), None)
        if found is None:
            raise BundleNotHeld(f"block {block}")
        return found

    def signers(self) -> Sequence[str]:
        """The multikeys by which a bundle of this service may be signed."""
        return self._multikeys

    @cached_property
    def _multikeys(self) -> list[str]:
        return [key.multikey for key in self.keys()]

    @cached_property
    def _kitchen(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(1, "bundle")

    def _is_worth_waiting(self) -> bool:
        is_old = self.now() - self._made_at > _OLD_SECONDS
        return not self._held or (is_old and self._took <= self.patience)

    def _begun(self) -> Future[None] | None:
        """The making, if one is under way or has become due; a fault may be tried again soon."""
        with self._lock:
            if self._making and not self._making.done():
                return self._making
            if self.now() >= self._due:
                self._due = self.now() + _LEAST_SECONDS
                self._making = self._kitchen.submit(self._made)
            return self._making

    def _made(self) -> None:
        began = self.now()
        try:
            made = self.make()
        except Exception:
            self._due, self._took = self.now() + self.patience, float("inf")
            raise
        others = [held for held in self._held if held.bundle.block != made.bundle.block]
        self._held = [*others, made][-_KEPT:]
        self._made_at, self._took = self.now(), self.now() - began
        self._due = self._made_at + max(_LEAST_SECONDS, _SHARE * self._took)
