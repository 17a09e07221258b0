"""The shelf: nothing is made twice soon, and it never holds more than it may."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from treering.render.pdf.shelf import Shelf


class Maker:
    """Makes ten bytes, and counts."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> bytes:
        self.made += 1
        return bytes(10)


def test_what_was_made_is_not_made_again():
    shelf, make = Shelf(100), Maker()
    assert [shelf.get(b"a", make) for _ in range(3)] == [bytes(10)] * 3
    assert make.made == 1


def test_the_one_not_asked_for_longest_makes_room():
    shelf, make = Shelf(25), Maker()
    for key in (b"a", b"b", b"a", b"c"):
        shelf.get(key, make)
    assert make.made == 3
    shelf.get(b"a", make)
    assert make.made == 3
    shelf.get(b"b", make)
    assert make.made == 4


def test_what_is_larger_than_the_shelf_is_given_and_not_kept():
    shelf, make = Shelf(5), Maker()
    assert shelf.get(b"a", make) == bytes(10)
    assert shelf.get(b"a", make) == bytes(10)
    assert make.made == 2


def test_many_who_want_the_same_at_once_wait_for_one():
    shelf, make, together = Shelf(100), Maker(), Barrier(8)

    def want(_: int) -> bytes:
        together.wait()
        return shelf.get(b"a", make)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(want, range(8))) == [bytes(10)] * 8
    assert make.made == 1


def test_a_maker_that_fails_leaves_the_shelf_as_it_was():
    shelf, make = Shelf(100), Maker()

    def fail() -> bytes:
        raise OSError

    with pytest.raises(OSError):
        shelf.get(b"a", fail)
    assert shelf.get(b"a", make) == bytes(10)
