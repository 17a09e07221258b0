"""What the audit's commands share: nodes, addresses, blocks, files written whole."""

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

from eth_utils.address import is_checksum_address, is_hex_address

from treering.chain.node import Node
from treering.errors import ReportNotWritten, SettingsWrong, TreeringError

_TIMEOUT_SECONDS = 30.0  # providers take their time over logs
_MAX_BYTES = 64 << 20  # of one answer: more is asked for in smaller parts


def address(text: str) -> str:
    """Lower case; an address in mixed case carries a check (EIP-55), which must hold."""
    one_case = text[2:] in {text[2:].lower(), text[2:].upper()}
    mistyped = not (one_case or is_checksum_address(text))
    if not text.startswith("0x") or not is_hex_address(text) or mistyped:
        raise argparse.ArgumentTypeError(f"{text!r} is not an address, or is mistyped")
    return text.lower()


def block(text: str) -> int | str:
    if text in {"finalized", "safe", "latest"}:
        return text
    return number(text)


def number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a block number")
    return int(text)


def cores(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes")
    return int(text)


def all_cores() -> int:
    here = os.cpu_count() or 1
    return here if here > 1 else 0


@contextmanager
def nodes(urls: Sequence[str]) -> Iterator[list[Node]]:
    """SettingsWrong for one that is named twice: it would agree with itself."""
    if len({_provider(url) for url in urls}) < len(urls):
        raise SettingsWrong("--rpc: the second provider is the first one again")
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                closing(Node(url, timeout_seconds=_TIMEOUT_SECONDS, max_bytes=_MAX_BYTES))
            )
            for url in urls
        ]


def _provider(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2].lower(), parts.path.rstrip("/")


def check_folder(path: Path | None) -> None:
    """Before any work: what cannot be written in the end is refused at once."""
    if path and not path.parent.is_dir():
        raise ReportNotWritten(f"there is no folder {path.parent}")


def write(path: Path, content: bytes) -> None:
    """The whole file or none: written beside, then renamed."""
    beside = path.with_name(path.name + ".new")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        raise ReportNotWritten(f"{path}: {error.strerror}") from error


def as_json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2)


def refused(command: str, error: TreeringError, err: TextIO) -> int:
    title = (type(error).__doc__ or "").strip()
    print(f"treering {command}: {error.code} {title} {error}", file=err)
    return 2
