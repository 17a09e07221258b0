"""The three forms in which a file of redemptions comes."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from tempfile import TemporaryFile
from typing import IO

from treering.domain.load import Entry
from treering.errors import LoadUnreadable
from treering.intake.rows import of_csv, of_json
from treering.intake.unpacked import unpacked

PIECE = 1 << 20
_PARQUET = b"PAR1"
_GZIP = b"\x1f\x8b"


class Format(StrEnum):
    NDJSON = "ndjson"
    CSV = "csv"
    PARQUET = "parquet"

    @classmethod
    def of_media_type(cls, content_type: str) -> "Format":
        """JSON lines, where nothing else is said."""
        media_type = content_type.partition(";")[0].strip().lower()
        known = {"text/csv": cls.CSV, "application/vnd.apache.parquet": cls.PARQUET}
        return known.get(media_type, cls.NDJSON)

    @classmethod
    def of_name(cls, name: str) -> "Format":
        bare = name.lower().removesuffix(".gz")
        return next((kind for kind in cls if bare.endswith(f".{kind}")), cls.NDJSON)


def check_start(kind: Format, start: bytes) -> None:
    """LoadUnreadable if a file's first bytes tell already that it cannot be read."""
    if kind is Format.PARQUET and start and start[:4] != _PARQUET[: len(start)]:
        raise LoadUnreadable("this is not Parquet")
    if kind is Format.CSV and b"\n" in start and not start.startswith(_GZIP):
        for _ in of_csv([start.partition(b"\n")[0]]):
            pass


def of_pieces(kind: Format, pieces: Iterable[bytes]) -> Iterator[Entry]:
    """Entries of bytes that come in order. Parquet is read from its end: it waits on disk."""
    if kind is Format.PARQUET:
        with TemporaryFile() as file:
            for piece in pieces:
                file.write(piece)
            yield from of_file(kind, file)
    else:
        yield from (of_csv if kind is Format.CSV else of_json)(unpacked(pieces))


def of_file(kind: Format, file: IO[bytes]) -> Iterator[Entry]:
    """Entries of a file; one that cannot be read at any place, such as a pipe, is kept first."""
    if kind is Format.PARQUET and file.seekable():
        # Loading pyarrow takes longer than many a file.
        from treering.intake.parquet import of_parquet  # noqa: PLC0415

        yield from of_parquet(file)
    else:
        yield from of_pieces(kind, iter(lambda: file.read(PIECE), b""))
