"""What the registry answers, late, otherwise or not at all."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from tests.fakes.registry import SUBMIT_KEY
from tests.flow.exchange.kit import (
    LATER,
    state_of,
)
from tests.flow.exchanging import (
    asked,
)
from tests.ports import free_port
from treering.errors import (
    GrantDiffers,
    RegistryDeclined,
    RegistryUnavailable,
    UsedAtRegistry,
)
from treering.flow.exchanging.exchange import Counter
from treering.flow.parts import Parts
from treering.registry.applicant import Applicant


def test_a_registry_that_is_away_leaves_an_application_that_goes_on_later(
    counter: Counter, numbers, clock
):
    away = replace(counter, registry=Applicant(f"http://127.0.0.1:{free_port()}", SUBMIT_KEY))
    with pytest.raises(RegistryUnavailable):
        away.exchange(asked(numbers))
    with pytest.raises(RegistryUnavailable):
        away.resume()
    assert counter.resume() is False, "it is tried again after a while"
    clock.pass_by(LATER)
    assert counter.resume() is True
    assert counter.exchange(asked(numbers)).state == "claimed"


def test_a_registry_that_does_not_take_our_key_is_asked_again_when_it_is_mended(
    counter: Counter, numbers, twin
):
    locked_out = replace(counter, registry=Applicant(twin.url, "wrong"))
    with pytest.raises(RegistryUnavailable, match="401"):
        locked_out.exchange(asked(numbers))
    assert counter.exchange(asked(numbers)).state == "claimed"


def test_what_the_registry_declines_is_told_and_frees_the_records(
    parts: Parts, counter: Counter, numbers, twin
):
    class Declining:
        def apply(self, application):
            raise RegistryDeclined("closed for the year")

    with pytest.raises(RegistryDeclined, match="closed"):
        replace(counter, registry=Declining()).exchange(asked(numbers))
    assert (state_of(parts, numbers).state, state_of(parts, numbers).reason) == (
        "declined",
        "TR236",
    )
    assert counter.exchange(asked(numbers)).state == "claimed", "applied for anew"


def test_a_tree_that_the_registry_has_used_has_a_refusal_of_its_own(
    counter: Counter, numbers, parts: Parts
):
    counter.exchange(asked(numbers))
    with parts.engine.begin() as connection:  # our books are lost
        connection.execute(text("DELETE FROM exchange_decisions"))
        connection.execute(text("DELETE FROM exchange_trees"))
        connection.execute(text("DELETE FROM exchanges"))

    class Unclaimed:
        def status(self, tree):
            return replace(counter.claims.status(tree), claim=None)

    blind = replace(counter.applications, world=lambda _: Unclaimed())
    with pytest.raises(UsedAtRegistry):
        replace(counter, applications=blind).exchange(asked(numbers))


def test_a_registry_that_answers_for_another_certificate_is_refused(counter: Counter, numbers):
    class Swapped:
        def apply(self, application):
            return counter.registry.apply(replace(application, salt=b"\x01" * 32))

    with pytest.raises(GrantDiffers):
        replace(counter, registry=Swapped()).exchange(asked(numbers))


def test_a_registry_whose_grant_cannot_be_read_is_asked_again(counter: Counter, numbers, twin):
    class Garbled(Applicant):
        def _asked(self, path, body, expected):
            return super()._asked(path, body, expected)[0], b"<html>"

    with pytest.raises(RegistryUnavailable, match="no grant"):
        replace(counter, registry=Garbled(twin.url, SUBMIT_KEY)).exchange(asked(numbers))
    assert counter.exchange(asked(numbers)).state == "claimed"
