"""Of a ledger whose history nobody has counted yet: it has a signer and no bundle."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Never

from treering import errors


@dataclass
class FakeBundles:
    multikeys: Sequence[str]

    def newest(self) -> Never:
        raise errors.BundleNotReady("the first one is being made")

    def at(self, block: int) -> Never:
        raise errors.BundleNotHeld(f"block {block}")

    def signers(self) -> Sequence[str]:
        return self.multikeys
