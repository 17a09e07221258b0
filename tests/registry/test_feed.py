"""The client of the log against servers that misbehave: every answer is bounded and judged."""

import asyncio
import gzip
import time
import tracemalloc
from dataclasses import replace

import pytest

from tests.fakes.registry import (
    PUBLIC,
    Between,
    LooseRegistry,
    Twin,
    apply,
    body,
    issued,
    serving,
)
from treering.domain.registry_head import VerifierKey
from treering.domain.tiles import TileTree, packed, unpacked
from treering.errors import RegistryForbids, RegistryRefused, RegistryUnavailable
from treering.registry.feed import Feed

ENTRIES = [issued(number, number) for number in range(3)]
BOMB = gzip.compress(bytes(30_000_000))


@pytest.fixture
def between():
    registry = LooseRegistry()
    registry.add(*ENTRIES)
    app = registry.app()
    app.state.registry = registry
    return Between(app)


def gzipped(change):
    """Pack the body, then spoil it."""

    def spoil(answer):
        packed = replace(answer, headers=answer.headers | {"content-encoding": "gzip"})
        return body(lambda raw: change(gzip.compress(raw)))(packed)

    return spoil


@pytest.fixture
def feed(between):
    with serving(between) as url:
        client = Feed(url, PUBLIC, patience_seconds=1.0)
        yield client
        client.close()


@pytest.fixture(params=["twin", "loose"])
def honest(request, tmp_path):
    """A feed with three entries; the real twin's and the fake's look alike."""
    twin, loose = Twin(tmp_path), LooseRegistry()
    with serving(twin.app if request.param == "twin" else loose.app()) as url:
        if request.param == "twin":
            for number in range(3):
                apply(url, twin.application(f"n{number}", number))
        else:
            loose.add(*ENTRIES)
        client = Feed(url + "/", PUBLIC)
        yield client
        client.close()


def test_an_honest_log_is_read_as_it_is(honest):
    head = honest.head()
    assert head.size == 3
    entries = unpacked(honest.bundle(0, 3))
    TileTree(head, honest.tile).check_bundle(0, entries)
    assert unpacked(honest.bundle(0, 2)) == entries[:2]
    assert honest.name == PUBLIC.name


def test_a_head_by_another_key_is_refused(between):
    other = VerifierKey(PUBLIC.name, bytes(32))
    with serving(between) as url, pytest.raises(RegistryRefused, match="is not signed by"):
        Feed(url, other).head()


@pytest.mark.parametrize("path", ["/checkpoint", "/tile/entries/", "/tile/0/"])
@pytest.mark.parametrize(
    ("spoil", "error", "why"),
    [
        (lambda a: replace(a, status=500), RegistryUnavailable, "500"),
        (lambda a: replace(a, status=429), RegistryUnavailable, "429"),
        (lambda a: replace(a, status=401), RegistryForbids, "401"),
        (lambda a: replace(a, status=403), RegistryForbids, "403"),
        (lambda a: replace(a, status=206), RegistryRefused, "206"),
        (
            lambda a: replace(a, status=302, headers={"location": "http://127.0.0.1:1/"}),
            RegistryRefused,
            "302 and points elsewhere",
        ),
        (
            lambda a: replace(a, headers={"content-type": "text/html"}),
            RegistryRefused,
            "is text/html",
        ),
        (lambda a: replace(a, headers={}), RegistryRefused, "of no type"),
        (
            lambda a: replace(a, headers=a.headers | {"content-encoding": "br"}),
            RegistryRefused,
            "came as br",
        ),
        (gzipped(lambda raw: raw[:-9]), RegistryRefused, "in the middle of its gzip"),
        (gzipped(lambda raw: raw + b"more"), RegistryRefused, "or after it"),
        (gzipped(lambda raw: b"\0" + raw), RegistryRefused, "incorrect header"),
        (
            gzipped(lambda _: gzip.compress(bytes(4_000_000))),
            RegistryRefused,
            "times its size|long",
        ),
        (
            lambda a: replace(a, headers=a.headers | {"content-length": "99999"}),
            RegistryUnavailable,
            "RemoteProtocolError",
        ),
        (
            lambda a: replace(a, body=b"\xff\xfe{[<\n"),
            RegistryRefused,
            "not UTF-8|middle of an entry|bytes",
        ),
        (
            lambda a: replace(a, body=b""),
            RegistryRefused,
            "not a signed note|0 entries|0 bytes",
        ),
        (lambda a: replace(a, body=_endless()), RegistryRefused, "is longer than"),
        (lambda a: replace(a, body=_dripping()), RegistryUnavailable, "took longer than"),
        (lambda a: replace(a, body=_silent()), RegistryUnavailable, "ReadTimeout"),
    ],
    ids="down busy unknown forbidden partial redirect page untyped brotli gzip-cut gzip-more "
    "no-gzip bomb cut garbage empty endless drip silent".split(),
)
def test_f56_to_f59_what_the_protocol_does_not_promise_is_refused(
    between, feed, path, spoil, error, why
):
    between.spoils[path] = spoil
    ask = {
        "/checkpoint": feed.head,
        "/tile/entries/": lambda: feed.bundle(0, 3),
        "/tile/0/": lambda: feed.tile(0, 0, 3),
    }[path]
    began = time.monotonic()
    with pytest.raises(error, match=why):
        ask()
    assert time.monotonic() - began < 4
    assert len(between.asked) == 1  # neither repeated nor followed


def test_what_was_refused_is_at_hand(between, feed):
    between.spoils["/tile/entries/"] = body(lambda raw: raw[:-1])
    with pytest.raises(RegistryRefused) as caught:
        feed.bundle(0, 3)
    assert caught.value.path == "tile/entries/000.p/3"
    assert len(caught.value.raw) == len(packed(entry.raw for entry in ENTRIES)) - 1


def test_what_is_refused_for_its_head_is_at_hand_as_far_as_it_came(between, feed):
    between.spoils["/checkpoint"] = lambda a: replace(a, status=302)
    with pytest.raises(RegistryRefused) as caught:
        feed.head()
    assert caught.value.raw.startswith(PUBLIC.name.encode())
    between.spoils["/checkpoint"] = lambda a: replace(a, status=302, body=_silent())
    with pytest.raises(RegistryRefused) as caught:
        feed.head()
    assert caught.value.raw in {b"x", None}


def test_entries_are_read_across_bundles(between, feed):
    registry = between.inner.state.registry
    registry.add(*(issued(number, number) for number in range(3, 600)))
    feed.head()
    assert feed.entries(0, 600) == registry.raws
    assert feed.entries(250, 520) == registry.raws[250:520]
    assert feed.entries(599, 600) == registry.raws[599:]


def test_a_log_may_pack_its_bundles(between, feed):
    plain = feed.bundle(0, 3)
    between.spoils["/tile/entries/"] = gzipped(lambda raw: raw)
    assert feed.bundle(0, 3) == plain


def test_a_partial_tile_may_be_gone_once_the_full_one_stands(between, feed):
    registry = between.inner.state.registry
    registry.add(*(issued(number, number) for number in range(3, 300)))
    gone = lambda a: replace(a, status=404)  # noqa: E731
    between.spoils |= {"/tile/entries/000.p/": gone, "/tile/0/000.p/": gone}
    assert unpacked(feed.bundle(0, 3)) == [entry.raw for entry in ENTRIES]
    assert len(feed.tile(0, 0, 3)) == 96
    for path in ("/tile/entries/000", "/tile/0/000"):
        between.spoils[path] = gone
    for ask in (
        lambda: feed.bundle(0, 3),
        lambda: feed.tile(0, 0, 3),
        lambda: feed.bundle(0, 256),
    ):
        with pytest.raises(RegistryRefused, match="answered 404"):
            ask()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda a: replace(a, body=_endless()),
        gzipped(lambda _: BOMB),
        lambda a: replace(a, body=a.body * 100_000),
    ],
    ids="F57-endless F57-bomb F57-ten-thousandfold".split(),
)
def test_f57_what_never_ends_takes_no_memory(between, feed, spoil):
    feed.head()
    between.spoils["/tile/entries/"] = spoil
    with pytest.raises(RegistryRefused, match=r"longer than|times its size"):
        feed.bundle(0, 3)
    between.spoils.clear()
    tracemalloc.start()
    between.spoils["/tile/entries/"] = lambda a: replace(a, body=_endless())
    with pytest.raises(RegistryRefused):
        feed.bundle(0, 3)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 * 2**20


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://", "ftp://x"])
def test_a_registry_that_is_not_there_is_unavailable(url):
    with pytest.raises(RegistryUnavailable):
        Feed(url, PUBLIC).head()


async def _endless():
    while True:
        yield b"x" * 65_536
        await asyncio.sleep(0.001)


async def _dripping():
    while True:
        yield b"x"
        await asyncio.sleep(0.2)


async def _silent():
    yield b"x"
    await asyncio.sleep(5)
