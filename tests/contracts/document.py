"""docs/contract-proofs.md: its tables are written by the runs that they report."""

from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs/contract-proofs.md"


def read(name: str) -> str:
    """What stands between the marks of this name."""
    return _around(name)[1].strip("\n")


def write(name: str, text: str) -> None:
    before, _, after = _around(name)
    DOCUMENT.write_text(f"{before}\n{text}\n{after}")


def _around(name: str) -> tuple[str, str, str]:
    begin, end = f"<!-- {name}: written by its run -->", f"<!-- end of {name} -->"
    before, found, rest = DOCUMENT.read_text().partition(begin)
    inside, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{DOCUMENT} has no marks {begin} … {end}")
    return before + begin, inside, end + after
