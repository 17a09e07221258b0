"""What was measured: one transaction, by its receipt."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    system: str
    act: str
    records: int
    gas: int

    @property
    def per_record(self) -> float:
        return self.gas / self.records
