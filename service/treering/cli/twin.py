"""treering twin: run the synthetic twin of the national registry.

The folder keeps its journal, its signing key, the submit key for applications (both readable
by the owner alone) and verifier_key.txt, which a mirror is configured with.

Exit status: 0 stopped, 2 it could not start.
"""

import argparse
import contextlib
import os
import secrets
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from starlette.types import ASGIApp

from treering.domain.registry_head import VerifierKey
from treering.errors import JournalUnusable
from treering.registry.misbehaving import WAYS
from treering.registry.twin import ORIGIN, twin_app

Serve = Callable[[ASGIApp, socket.socket], None]


@dataclass(frozen=True, slots=True)
class TwinKeys:
    """`verifier` is public; `submit` is the bearer token of those who may apply."""

    signing: Ed25519PrivateKey
    submit: str
    verifier: VerifierKey


def main(argv: Sequence[str], out: TextIO = sys.stdout, serve: Serve | None = None) -> int:
    options = _parser().parse_args(argv)
    try:
        keys = keys_in(options.folder)
        with _listening(options.host, options.port) as listening:
            app = twin_app(
                options.folder, keys.signing, _now, keys.submit, misbehave=options.misbehave
            )
            _announce(out, app.state.journal.cut_bytes, listening, options.misbehave)
            (serve or _serve)(app, listening)
    except (JournalUnusable, OSError, ValueError) as error:
        print(f"treering twin: {error}", file=sys.stderr)
        return 2
    return 0


def keys_in(folder: Path) -> TwinKeys:
    """The keys in this folder, made on first use. OSError or ValueError if they cannot be read."""
    folder.mkdir(parents=True, exist_ok=True)
    pem = _kept(folder / "signing_key.pem", _new_signing_key)
    signing = load_pem_private_key(pem, None)
    if not isinstance(signing, Ed25519PrivateKey):
        raise ValueError(f"{folder / 'signing_key.pem'} holds no Ed25519 key")
    submit = _kept(folder / "submit_key.txt", lambda: secrets.token_urlsafe(32).encode())
    verifier = VerifierKey.of(ORIGIN, signing)
    (folder / "verifier_key.txt").write_text(f"{verifier}\n", "utf-8")
    return TwinKeys(signing, submit.decode().strip(), verifier)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering twin", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8010, help="0 takes any free one")
    parser.add_argument(
        "--misbehave", choices=WAYS, metavar="WAY", help=f"to try a mirror: {', '.join(WAYS)}"
    )
    return parser


def _announce(
    out: TextIO, cut_bytes: int, listening: socket.socket, misbehave: str | None
) -> None:
    host, port = listening.getsockname()[:2]
    if cut_bytes:
        print(f"cut off {cut_bytes} bytes of a torn last line", file=out)
    if misbehave:
        print(f"it misbehaves, as it was told to: {misbehave}", file=out)
    print(f"synthetic registry (not the real one) on http://{host}:{port}", file=out, flush=True)


def _kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """The file's content; a new file appears whole, and only its owner can read it."""
    if not path.exists():
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        fresh.touch(0o600, exist_ok=False)
        with fresh.open("wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    return path.read_bytes()


def _new_signing_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise OSError(f"cannot listen on {host}:{port}: {error.strerror}") from error


def _serve(app: ASGIApp, listening: socket.socket) -> None:
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how one stops it
        uvicorn.Server(config).run(sockets=[listening])


def _now() -> datetime:
    return datetime.now(UTC)
