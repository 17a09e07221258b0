"""Caches drop what names somebody who withdrew, hid or corrected his name, within a second."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from treering.domain.plea import Plea
from treering.domain.role import Person, Role
from treering.flow.parts import Parts
from treering.flow.remembering.forgetting import Forgetting
from treering.settings import Settings
from treering.store import engine as way

HIS = Plea(Person(Role.PROGRAMME, "key shop", programme="ANT_FOREST"), "user-1")


@pytest.fixture
def printing(parts: Parts) -> Parts:
    return replace(parts, fonts=Settings.from_environ({}).fonts)


def test_what_was_printed_of_him_leaves_the_shelf_and_others_stay(printing, numbers):
    shelf = printing.service.printer.shelf
    printing.forgetting.step()
    printing.service.pdf(numbers[0])
    printing.service.picture(numbers[1], "wide")
    shelf.get(b"other", lambda: b"of nobody")
    shelf.get(b"another", lambda: b"of another", 1)
    assert printing.forgetting.step() == 0
    printing.service.holders.show(HIS, shown=False)
    assert printing.forgetting.step() == 1
    assert list(shelf._made) == [b"other", b"another"]
    assert shelf._bytes == len(b"of nobody") + len(b"of another")
    assert printing.forgetting.step() == 0


def test_each_change_is_told_once_to_each_process(printing, numbers):
    told: list[list] = [[], []]
    processes = [Forgetting(printing.engine, [each.append]) for each in told]
    for process in processes:
        process.step()
    printing.service.holders.correct(HIS, "李四")
    for process in processes:
        process.keep(rest=lambda _: None, rounds=2)
    assert [len(each) for each in told] == [1, 1]
    late = Forgetting(printing.engine, [told[0].append])
    assert late.step() == 0  # its caches are empty


def test_a_database_that_does_not_answer_is_asked_again():
    nowhere = way.engine("postgresql+psycopg://nobody@127.0.0.1:9/none")
    with capture_logs() as said:
        Forgetting(nowhere, []).keep(rest=lambda _: None, rounds=2)
    assert len(said) == 2


def test_a_process_listens_in_a_thread_of_its_own(printing, numbers):
    told: list = []
    forgetting = Forgetting(printing.engine, [told.append])
    forgetting.step()
    printing.service.holders.correct(HIS, "李四")
    forgetting.start(rounds=1).join()
    assert len(told) == 1
