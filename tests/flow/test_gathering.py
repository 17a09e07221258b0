"""Who comes while others still come is let in with them, and nobody is kept for long."""

import asyncio

import pytest

from tests.flow.test_admission import anyio_backend, crowd, watched
from treering.flow.redeeming import admission
from treering.flow.redeeming.admission import Admission, Limits

__all__ = ["anyio_backend", "watched"]  # fixtures
pytestmark = pytest.mark.anyio


async def stream(admission: Admission, count: int):
    """One in every turn of the event loop; what each was answered."""
    coming = []
    for key, wish in crowd(count).items():
        coming.append(asyncio.create_task(admission.redeem("ANT_FOREST", key, wish)))
        await asyncio.sleep(0)
    return await asyncio.gather(*coming)


async def test_who_comes_while_others_still_come_is_let_in_with_them(watched, monkeypatch):
    monkeypatch.setattr(admission, "GATHERING", 30)  # on the slowest machine
    answers = await stream(Admission(watched), 50)
    assert [made.first_serial for made, _ in answers] == list(range(50))
    assert [len(group) for group in watched.groups] == [50]


async def test_as_many_as_a_group_may_hold_are_not_kept_for_others(watched, monkeypatch):
    monkeypatch.setattr(admission, "GATHERING", 30)
    await stream(Admission(watched, Limits(group=8)), 50)
    assert len(watched.groups[0]) == 8


async def test_nobody_is_kept_for_longer_than_the_gathering(watched, monkeypatch):
    monkeypatch.setattr(admission, "GATHERING", 0)
    await stream(Admission(watched), 50)
    assert watched.groups[0] == ["0"]
