"""A registry that a stranger wrote from docs/registry-protocol.md alone, with nothing of ours: its
files are served as they lie, and followed."""

import base64
import hashlib
import json
import random
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.flow.mirror.kit import row, rows
from treering.domain.record import TreeId
from treering.domain.registry_head import VerifierKey
from treering.errors import RegistryContradicted, RegistryRefused
from treering.flow.mirroring.mirror import sync
from treering.flow.mirroring.state import interconnection
from treering.registry.feed import Feed
from treering.store.tables.contradictions import mirror_contradictions

NAME = "stranger.example/尽责"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
DAY = "2025-03-12T0{}:00:00Z"


def verifier_key() -> str:
    """name+key id in hex+base64(0x01 ‖ key)"""
    public = b"\x01" + KEY.public_key().public_bytes_raw()
    key_id = hashlib.sha256(NAME.encode() + b"\n" + public).digest()[:4]
    return f"{NAME}+{key_id.hex()}+{base64.b64encode(public).decode()}"


def entry(number: int, event: str = "issued", **changes: object) -> bytes:
    said = {
        "adcode": "150000",
        "at": DAY.format(1),
        "certificate": hashlib.sha256(b"%d" % number).hexdigest(),
        "event": event,
        "form": "F6",
        "synthetic": False,
        "trees": [f"{3 * number + i:024x}" for i in range(3)],
        "year": 2024,
    }
    return json.dumps(said | changes, sort_keys=True, separators=(",", ":")).encode()


def root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, as it is written there."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + root(leaves[:k]) + root(leaves[k:])).digest()


def address(number: int) -> str:
    digits = str(number).zfill(-(-len(str(number)) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join(["x" + group for group in groups[:-1]] + groups[-1:])


def write(place: Path, body: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(body)


def publish(folder: Path, entries: list[bytes], hour: int) -> None:
    """Every file that the page names, for a log of these entries."""
    leaves = [hashlib.sha256(b"\x00" + raw).digest() for raw in entries]
    for start in range(0, len(entries), 256):
        some = entries[start : start + 256]
        name = address(start // 256) + (f".p/{len(some)}" if len(some) < 256 else "")
        body = b"".join(len(raw).to_bytes(2, "big") + raw for raw in some)
        write(folder / "tile/entries" / name, body)
    level, hashes = 0, leaves
    while hashes:
        for start in range(0, len(hashes), 256):
            some = hashes[start : start + 256]
            name = address(start // 256) + (f".p/{len(some)}" if len(some) < 256 else "")
            write(folder / f"tile/{level}" / name, b"".join(some))
        whole = len(hashes) // 256
        hashes = [root(hashes[256 * at : 256 * (at + 1)]) for at in range(whole)]
        level += 1
    encoded = base64.b64encode(root(leaves)).decode()
    text = f"{NAME}\n{len(entries)}\n{encoded}\ntime {DAY.format(hour)}\n"
    key_id = bytes.fromhex(verifier_key().split("+")[1])
    signature = base64.b64encode(key_id + KEY.sign(text.encode())).decode()
    write(folder / "checkpoint", f"{text}\n— {NAME} {signature}\n".encode())


class Static(SimpleHTTPRequestHandler):
    def guess_type(self, path: object) -> str:
        return "text/plain" if str(path).endswith("checkpoint") else "application/octet-stream"

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "published"


@pytest.fixture
def stranger(folder: Path) -> Iterator[Feed]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Static, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        feed = Feed(f"http://127.0.0.1:{server.server_port}", VerifierKey.parse(verifier_key()))
        yield feed
        feed.close()
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("sizes", [(1, 255, 256, 257), (0, 300, 513, 1024, 1337)])
def test_a_registry_written_from_the_page_alone_is_followed(
    engine, clock, folder, stranger, sizes
):
    clock.passes(hours=10)
    log = [entry(number) for number in range(max(sizes))]
    for hour, size in enumerate(sizes, start=2):
        publish(folder, log[:size], hour)
        assert sync(engine, stranger, clock).held.head.size == size
    log += [
        entry(0, "corrected", trees=[]),
        entry(1, "withdrawn"),
        entry(9999, trees=[f"{3:024x}"]),
    ]
    publish(folder, log, 9)
    assert sync(engine, stranger, clock).added == 3
    with engine.connect() as connection:
        uses = [interconnection(connection, NAME, TreeId(n)).uses_tree for n in range(5)]
    assert uses == [False, False, False, True, False]


def test_its_tiles_of_the_second_level_are_followed_and_one_byte_of_them_is_seen(
    engine, clock, folder, stranger
):
    """256 × 256 entries have one hash on level 2: at its edge, below it and far beyond."""
    clock.passes(hours=10)
    log = [entry(number) for number in range(70_000)]
    for hour, size in enumerate((65_535, 65_536, 70_000), start=2):
        publish(folder, log[:size], hour)
        assert (folder / "tile/2/000.p/1").exists() is (size >= 256 * 256)
        if size == 70_000:
            true = (folder / "tile/2/000.p/1").read_bytes()
            (folder / "tile/2/000.p/1").write_bytes(bytes([true[0] ^ 1]) + true[1:])
            with pytest.raises(RegistryRefused, match="do not hash to the signed root"):
                sync(engine, stranger, clock)
            (folder / "tile/2/000.p/1").write_bytes(true)
        assert sync(engine, stranger, clock).held.head.size == size
    with engine.connect() as connection:
        assert interconnection(connection, NAME, TreeId(3 * 69_999)).uses_tree

    log[40_000] = entry(123_456)
    publish(folder, [*log, entry(70_000)], 9)
    with pytest.raises(RegistryContradicted, match="do not begin with the 70000"):
        sync(engine, stranger, clock)
    assert row(engine, mirror_contradictions).index == 40_000


def test_one_byte_of_its_files_changed_is_refused(engine, clock, folder, stranger):
    """Any byte of any file that a mirror needs: whole tiles of level 0 follow from the bundles."""
    clock.passes(hours=10)
    publish(folder, [entry(number) for number in range(600)], 2)
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    assert len(files) == 1 + 3 + 3 + 1
    files = [file for file in files if file.parent != folder / "tile/0" or ".p" in file.name]
    dice = random.Random(6962)
    for file in files:
        true = file.read_bytes()
        at = dice.randrange(len(true))
        file.write_bytes(true[:at] + bytes([true[at] ^ 1]) + true[at + 1 :])
        before = rows(engine)
        with pytest.raises(RegistryRefused):
            sync(engine, stranger, clock)
        assert rows(engine) == before
        file.write_bytes(true)
    assert sync(engine, stranger, clock).added == 600
