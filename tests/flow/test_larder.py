"""Bundles are made beside those who ask, one at a time, and never too often."""

import threading
from types import SimpleNamespace

import pytest

from tests.flow.conftest import Ticks
from treering.chain.keys import KeyFolder
from treering.errors import BundleNotHeld, BundleNotReady, ChainUnavailable
from treering.flow.parts import Parts
from treering.flow.verifying.bundle import Bundled
from treering.flow.verifying.larder import Larder


def bundle(block: int) -> Bundled:
    told = SimpleNamespace(block=block)
    return Bundled(data=bytes([block]), bundle=told, programme="ANT_FOREST", signer=None)


class Kitchen:
    """Makes a bundle of the next block each time; `gate` keeps it from ending."""

    def __init__(self, clock: Ticks, seconds: float = 0.0) -> None:
        self.clock, self.seconds = clock, seconds
        self.gate = threading.Event()
        self.gate.set()
        self.block = 0
        self.fault: Exception | None = None

    def __call__(self) -> Bundled:
        self.gate.wait(10)
        self.clock.seconds += self.seconds
        if self.fault:
            raise self.fault
        self.block += 1
        return bundle(self.block)


def settled(larder: Larder) -> None:
    assert larder._making
    larder._making.exception(10)


def test_it_is_made_once_a_minute_at_most_and_the_last_few_are_kept():
    clock = Ticks()
    kitchen = Kitchen(clock)
    larder = Larder(kitchen, list, clock)
    assert [larder.newest().bundle.block for _ in range(3)] == [1, 1, 1]
    for block in range(2, 6):
        clock.seconds += 60
        larder.newest()
        settled(larder)
        assert larder.newest().bundle.block == block
    assert [larder.at(block).data for block in (3, 4, 5)] == [b"\3", b"\4", b"\5"]
    with pytest.raises(BundleNotHeld):
        larder.at(2)


def test_making_takes_a_twentieth_of_the_time_at_most():
    clock = Ticks()
    kitchen = Kitchen(clock, seconds=30)
    larder = Larder(kitchen, list, clock)
    assert larder.newest().bundle.block == 1
    settled(larder)
    clock.seconds += 599
    assert larder.newest().bundle.block == 1
    clock.seconds += 1
    larder.newest()
    settled(larder)
    assert larder.newest().bundle.block == 2


def test_who_asks_while_one_is_made_is_given_the_one_before_and_the_first_waits_a_little():
    clock = Ticks()
    kitchen = Kitchen(clock)
    larder = Larder(kitchen, list, clock, patience=0.05)
    kitchen.gate.clear()
    for _ in range(2):
        with pytest.raises(BundleNotReady):
            larder.newest()
    kitchen.gate.set()
    settled(larder)
    assert larder.newest().bundle.block == 1
    kitchen.gate.clear()
    clock.seconds += 60
    assert [larder.newest().bundle.block for _ in range(2)] == [1, 1]
    kitchen.gate.set()
    settled(larder)
    assert larder.newest().bundle.block == 2


@pytest.mark.parametrize(
    ("seconds", "quiet", "given"),
    [(1, 30 * 86_400, 2), (1, 601, 2), (1, 599, 1), (30, 30 * 86_400, 1)],
    ids=["a month", "a while", "a moment", "a large ledger"],
)
def test_after_a_quiet_time_nobody_takes_an_old_one_along_if_a_new_one_is_soon_made(
    seconds: float, quiet: float, given: int
):
    clock = Ticks()
    kitchen = Kitchen(clock, seconds)
    larder = Larder(kitchen, list, clock, patience=5)
    larder.newest()
    settled(larder)
    clock.seconds += quiet
    kitchen.gate.clear()
    letting = threading.Timer(0.2, kitchen.gate.set)
    letting.start()
    assert larder.newest().bundle.block == given
    letting.join()
    settled(larder)


def test_a_silent_node_after_a_quiet_time_leaves_the_one_before():
    clock = Ticks()
    kitchen = Kitchen(clock)
    larder = Larder(kitchen, list, clock, patience=5)
    larder.newest()
    settled(larder)
    kitchen.fault = ChainUnavailable("silence")
    clock.seconds += 86_400
    assert larder.newest().bundle.block == 1
    kitchen.gate.clear()
    clock.seconds += 5
    assert larder.newest().bundle.block == 1
    assert not larder._making.done(), "nor does the next one wait for a node that is silent"
    kitchen.gate.set()
    settled(larder)


def test_a_silent_node_is_told_and_asked_again_soon_and_takes_nothing_away():
    clock = Ticks()
    kitchen = Kitchen(clock)
    kitchen.fault = ChainUnavailable("silence")
    larder = Larder(kitchen, list, clock, patience=5)
    for _ in range(2):
        with pytest.raises(ChainUnavailable):
            larder.newest()
    kitchen.fault = None
    clock.seconds += 5
    assert larder.newest().bundle.block == 1
    kitchen.fault = ChainUnavailable("silence")
    clock.seconds += 60
    larder.newest()
    settled(larder)
    assert larder.newest().bundle.block == 1


def test_its_signers_are_those_whose_keys_are_here_and_none_is_made(parts: Parts, tmp_path):
    own = parts.example.issuer_key("ANT_FOREST").multikey
    assert parts.service.bundles.signers() == [own]
    object.__setattr__(parts, "keys", KeyFolder(tmp_path / "none"))
    assert parts._signers() == []
    assert not (tmp_path / "none").exists()
