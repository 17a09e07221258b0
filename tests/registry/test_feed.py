"""The client of the log against servers that misbehave: every answer is bounded and judged."""

import asyncio
import time
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
from treering.errors import RegistryRefused, RegistryUnavailable
from treering.registry.feed import Feed

ENTRIES = [issued(number, number) for number in range(3)]


@pytest.fixture
def between():
    registry = LooseRegistry()
    registry.add(*ENTRIES)
    return Between(registry.app())


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
    assert honest.head().size == 3
    assert len(honest.entries(0, 3)) == 3
    assert honest.entries(1, 2) == honest.entries(0, 3)[1:2]
    assert len(honest.growth(1, 3)) == 2
    assert honest.name == PUBLIC.name


def test_a_head_by_another_key_is_refused(between):
    other = VerifierKey(PUBLIC.name, bytes(32))
    with serving(between) as url, pytest.raises(RegistryRefused, match="is not signed by"):
        Feed(url, other).head()


@pytest.mark.parametrize("path", ["/checkpoint", "/entries", "/consistency"])
@pytest.mark.parametrize(
    ("spoil", "error", "why"),
    [
        (lambda a: replace(a, status=500), RegistryUnavailable, "500"),
        (lambda a: replace(a, status=429), RegistryUnavailable, "429"),
        (lambda a: replace(a, status=403), RegistryRefused, "403"),
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
            lambda a: replace(a, headers=a.headers | {"content-encoding": "gzip"}),
            RegistryRefused,
            "compressed",
        ),
        (
            lambda a: replace(a, headers=a.headers | {"content-length": "99999"}),
            RegistryUnavailable,
            "RemoteProtocolError",
        ),
        (
            lambda a: replace(a, body=b"\xff\xfe{[<\n"),
            RegistryRefused,
            "not UTF-8|1 entries|proof",
        ),
        (
            lambda a: replace(a, body=b""),
            RegistryRefused,
            "not a signed note|middle of a line|proof",
        ),
        (lambda a: replace(a, body=_endless()), RegistryRefused, "is longer than"),
        (lambda a: replace(a, body=_dripping()), RegistryUnavailable, "took longer than"),
        (lambda a: replace(a, body=_silent()), RegistryUnavailable, "ReadTimeout"),
    ],
    ids="down busy forbidden partial redirect page untyped gzip cut garbage empty endless drip "
    "silent".split(),
)
def test_what_the_protocol_does_not_promise_is_refused(between, feed, path, spoil, error, why):
    between.spoils[path] = spoil
    ask = {
        "/checkpoint": feed.head,
        "/entries": lambda: feed.entries(0, 3),
        "/consistency": lambda: feed.growth(2, 3),
    }[path]
    began = time.monotonic()
    with pytest.raises(error, match=why):
        ask()
    assert time.monotonic() - began < 4
    assert between.asked == [path]  # neither repeated nor followed


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page[:-1],
        lambda page: page[:-200],
        lambda page: page[: page.index(b"\n") + 1],
        lambda page: page + page,
        lambda page: page + b"\n",
    ],
    ids="no-newline cut-line missing doubled blank".split(),
)
def test_a_page_has_exactly_the_entries_that_were_asked_for(between, feed, change):
    between.spoils["/entries"] = body(change)
    with pytest.raises(RegistryRefused, match="the page from 0"):
        feed.entries(0, 3)


@pytest.mark.parametrize("proof", [b"{}", b'{"proof":7}', b'{"proof":["xy"]}', b"[" * 9000])
def test_a_proof_of_another_form_is_refused(between, feed, proof):
    between.spoils["/consistency"] = body(lambda _: proof)
    with pytest.raises(RegistryRefused, match="consistency proof"):
        feed.growth(2, 3)


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
