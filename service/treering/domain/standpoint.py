"""From where an answer is given: as of which final block, and of which state of our books."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Two answers from the same standpoint are the same. `chain` is below nought while the
    chain cannot be seen."""

    chain: int
    books: int

    @property
    def sees_chain(self) -> bool:
        return self.chain >= 0
