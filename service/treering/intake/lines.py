"""Lines out of bytes in pieces, each with its number; one that is too long is not kept."""

from collections.abc import Iterable, Iterator

LONGEST = 16 * 1024  # bytes: the longest wish, all of it escaped, has a third of that
_STRETCH = 512
_MARK = b"\xef\xbb\xbf"  # what some editors write at a file's beginning

Lines = list[bytes | None]


def numbered(pieces: Iterable[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Lines by their numbers from 1 on, without their ends; None for one that is too long."""
    for first, lines in stretches(pieces):
        yield from enumerate(lines, first)


def stretches(pieces: Iterable[bytes]) -> Iterator[tuple[int, Lines]]:
    """As `numbered`, some hundred lines at once with the number of their first."""
    number, rest, skipping = 1, b"", False
    for piece in pieces:
        *ended, rest = (rest + piece).split(b"\n")
        for start in range(0, len(ended), _STRETCH):
            lines = ended[start : start + _STRETCH]
            yield number, _checked(lines, number, skipping=skipping)
            number, skipping = number + len(lines), False
        if len(rest) > LONGEST + len(_MARK):
            rest, skipping = b"", True
    last = _checked([rest], number, skipping=skipping)
    if last != [b""]:
        yield number, last


def _checked(ended: list[bytes], number: int, *, skipping: bool) -> Lines:
    """The lines from `number` on; of the first, all but its end may be `skipping` already."""
    lines: Lines = [*ended]
    if number == 1:
        lines[0] = ended[0].removeprefix(_MARK)
    if max(map(len, ended)) > LONGEST:
        lines = [line if line is not None and len(line) <= LONGEST else None for line in lines]
    if skipping:
        lines[0] = None
    return lines
