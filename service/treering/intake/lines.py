"""Lines out of bytes in pieces, each with its number; one that is too long is not kept."""

from collections.abc import Iterable, Iterator

LONGEST = 16 * 1024  # bytes: the longest wish, all of it escaped, has a third of that
_MARK = b"\xef\xbb\xbf"  # what some editors write at a file's beginning


def numbered(pieces: Iterable[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Lines by their numbers from 1 on, without their ends; None for one that is too long."""
    number, rest, skipping = 1, b"", False
    for piece in pieces:
        *ended, rest = (rest + piece).split(b"\n")
        for line in ended:
            whole = line if number > 1 else line.removeprefix(_MARK)
            yield number, None if skipping or len(whole) > LONGEST else whole
            number, skipping = number + 1, False
        if len(rest) > LONGEST + len(_MARK):
            rest, skipping = b"", True
    last = rest if number > 1 else rest.removeprefix(_MARK)
    if last or skipping:
        yield number, None if skipping or len(last) > LONGEST else last
