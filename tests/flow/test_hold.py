"""A programme whose minter is not fit is held, and minted as soon as nothing is in the way."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from treering.domain.checkup import Sign
from treering.errors import ChainUnavailable, KeystoreUnusable, MinterWithoutFunds
from treering.flow.minting.hold import Hold

POOR = Sign.fail("wallet", MinterWithoutFunds("0 batches"), "send ether").of("GFOREST")
LOCKED = Sign.fail("keys", KeystoreUnusable("no key"), "put it back").of("GFOREST")


@dataclass
class Doctor:
    """Says what it is told to say; `begun` holds whose key was opened."""

    says: Sign | ChainUnavailable | None = None
    begun: list[str] = field(default_factory=list)

    def unfit(self, programme: str) -> Sign | None:
        assert programme == "GFOREST"
        if isinstance(self.says, ChainUnavailable):
            raise self.says
        return self.says

    def begin(self, programme: str) -> Callable[[], bool]:
        self.begun.append(programme)
        return lambda: True


@pytest.fixture
def doctor() -> Doctor:
    return Doctor()


@pytest.fixture
def hold(doctor: Doctor) -> Hold:
    return Hold("GFOREST", doctor.unfit, doctor.begin)


def test_nothing_is_minted_before_it_was_looked_at(hold: Hold, doctor: Doctor):
    assert hold.is_held()
    assert hold.step() is False
    hold.look()
    assert not hold.is_held()
    assert hold.step() is True


def test_a_key_is_opened_once_and_never_while_something_is_in_the_way(hold: Hold, doctor: Doctor):
    doctor.says = POOR
    hold.look()
    assert (hold.step(), doctor.begun) == (False, [])
    doctor.says = None
    hold.look()
    doctor.says = POOR  # what befalls minting later is its own to tell
    hold.look()
    assert (hold.step(), doctor.begun) == (True, ["GFOREST"])


def test_each_reason_is_said_once_and_so_is_its_end(hold: Hold, doctor: Doctor):
    with capture_logs() as said:
        for doctor.says in (POOR, POOR, LOCKED, None, None):
            hold.look()
    told = [(line["log_level"], line["event"], line.get("code")) for line in said]
    assert told == [
        ("error", "minting held", "TR916"),
        ("error", "minting held", "TR914"),
        ("info", "goes on", None),
    ]
    assert said[0]["why"] == "GFOREST: 0 batches"
    assert said[0]["advice"] == "send ether"


def test_a_programme_that_was_never_held_begins_without_a_word(hold: Hold):
    with capture_logs() as said:
        hold.look()
    assert said == []


def test_a_node_that_is_silent_is_no_reason_to_hold_anybody(hold: Hold, doctor: Doctor):
    doctor.says = ChainUnavailable("no answer")
    with pytest.raises(ChainUnavailable):
        hold.look()
    assert hold.is_held()
