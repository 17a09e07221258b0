"""How a benchmark says what it found: figures with their limits, one table a benchmark."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`at_least` and `at_most` are what was promised, where anything was."""

    name: str
    value: float
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def holds(self) -> bool:
        too_low = self.at_least is not None and self.value < self.at_least
        too_high = self.at_most is not None and self.value > self.at_most
        return not (too_low or too_high)


def show(title: str, figures: Sequence[Figure]) -> bool:
    """Print the table; whether every promise holds."""
    table = Table(title=title, title_justify="left")
    for heading in ("figure", "measured", "promised", ""):
        table.add_column(heading, justify="left" if heading == "figure" else "right")
    for figure in figures:
        table.add_row(figure.name, _text(figure), _promise(figure), _mark(figure))
    Console(width=100).print(table)
    return all(figure.holds for figure in figures)


def _text(figure: Figure) -> str:
    digits = 0 if abs(figure.value) >= 100 or figure.value == int(figure.value) else 2
    return f"{figure.value:,.{digits}f} {figure.unit}".strip()


def _promise(figure: Figure) -> str:
    bounds = (("≥", figure.at_least), ("≤", figure.at_most))
    return " ".join(f"{sign} {bound:,g}" for sign, bound in bounds if bound is not None)


def _mark(figure: Figure) -> str:
    if figure.at_least is None and figure.at_most is None:
        return ""
    return "yes" if figure.holds else "NO"
