"""Evidence in a folder and in a store that speaks S3 (moto's, on loopback): one behaviour."""

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import obstore
import pytest
from moto.server import ThreadedMotoServer

from tests.ports import free_port
from treering.errors import EvidenceLost, EvidenceNotFound, StoreUnavailable
from treering.store.shelf import Place, Shelf

CONTENT = b"a photo" * 1000


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a server with a bucket called evidence."""
    port = free_port()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    url = f"http://127.0.0.1:{port}"
    httpx.put(f"{url}/evidence").raise_for_status()
    yield url
    server.stop()


def in_bucket(url: str, bucket: str = "evidence") -> Place:
    return Place(f"s3://{bucket}/treering", endpoint=url, key_id="any", secret="any")


@pytest.fixture(params=["folder", "s3"])
def shelf(request, tmp_path: Path) -> Shelf:
    if request.param == "folder":
        return Shelf.at(Place(str(tmp_path / "evidence")))
    return Shelf.at(in_bucket(request.getfixturevalue("s3")))


def test_a_file_comes_back_by_its_hash_however_often_it_was_put(shelf: Shelf):
    digest = shelf.put(CONTENT)
    assert shelf.put(CONTENT) == digest
    assert shelf.get(digest) == CONTENT
    shelf.check(digest)


def test_a_file_that_is_gone_is_told_from_one_that_was_altered(shelf: Shelf):
    for act in (shelf.get, shelf.check):
        with pytest.raises(EvidenceNotFound):
            act(b"\1" * 32)
    digest = shelf.put(CONTENT)
    name = digest.hex()
    obstore.put(shelf._store, f"{name[:2]}/{name}", b"another")
    for act in (shelf.get, shelf.check):
        with pytest.raises(EvidenceLost):
            act(digest)
    shelf.put(CONTENT)
    shelf.check(digest)


def test_a_silent_store_says_nothing_of_its_files(s3: str):
    for place in (in_bucket(s3, "missing"), in_bucket(f"http://127.0.0.1:{free_port()}")):
        shelf = Shelf.at(place)
        with pytest.raises(StoreUnavailable):
            shelf.put(CONTENT)
        with pytest.raises(StoreUnavailable):
            shelf.check(b"\1" * 32)


def test_many_put_the_same_file_at_once(shelf: Shelf):
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(shelf.put(CONTENT))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
