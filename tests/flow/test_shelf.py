"""A final certificate's rows are read once, until the books change."""

import pytest

from tests.flow.conftest import WISH
from treering.errors import CertificateNotFound
from treering.flow.certifying.certify import Found
from treering.flow.parts import Parts
from treering.flow.remembering.shelf import Shelf


class Books:
    """The office, counting what it is asked for; `mark` as it is told."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.asked = 0
        self.mark: int | None = 1

    def find(self, number: str) -> Found:
        self.asked += 1
        return self.parts.office.find(number)


@pytest.fixture
def books(parts: Parts) -> Books:
    return Books(parts)


@pytest.fixture
def shelf(books: Books) -> Shelf:
    return Shelf(books.find, lambda: books.mark)


def test_they_are_read_once_and_again_when_the_books_changed(shelf, books, numbers):
    assert shelf.find(numbers[0]) is shelf.find(numbers[0])
    assert books.asked == 1
    books.mark = 2
    assert shelf.find(numbers[0]) == shelf.find(numbers[0])
    assert books.asked == 2


def test_cut_off_from_the_books_nothing_is_kept(shelf, books, numbers):
    shelf.find(numbers[0])
    books.mark = None
    shelf.find(numbers[0])
    shelf.find(numbers[0])
    assert books.asked == 3


def test_what_still_waits_is_read_each_time(shelf, books, parts: Parts):
    redeemed = parts.redeem("ANT_FOREST", "waits", WISH)
    for _ in range(2):
        assert shelf.find(redeemed.numbers[0]).batch is None
    assert books.asked == 2


def test_a_number_that_was_not_issued_stays_unknown(shelf, books, numbers):
    for _ in range(2):
        with pytest.raises(CertificateNotFound):
            shelf.find("TR-0000-0000-0000-0000-0000-0000-0000")
    assert books.asked == 2


def test_the_oldest_makes_room(books, numbers):
    shelf = Shelf(books.find, lambda: 1, limit=9000)  # bytes: two certificates with their batch
    for number in (*numbers[:2], numbers[0], numbers[2], numbers[0]):
        shelf.find(number)
    assert books.asked == 3
    shelf.find(numbers[1])
    assert books.asked == 4


def test_what_changed_while_the_books_were_read_is_read_again(books, numbers):
    def find(number: str) -> Found:
        books.mark = 2
        return books.find(number)

    shelf = Shelf(find, lambda: books.mark)
    shelf.find(numbers[0])
    shelf.find(numbers[0])
    shelf.find(numbers[0])
    assert books.asked == 2
