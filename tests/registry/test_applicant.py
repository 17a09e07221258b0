"""Applying at a registry that answers without end, drop by drop, or with what nobody may keep."""

import asyncio
import json
from dataclasses import replace

import pytest

from tests.fakes.registry import SUBMIT_KEY, Between, Twin, serving
from treering.domain.record import TreeId
from treering.errors import RegistryDeclined, RegistryUnavailable, UsedAtRegistry
from treering.registry.applicant import Applicant, Application

PATH = "/applications"


def application(name="one", *trees):
    found = tuple(TreeId(tree) for tree in trees or (1, 2, 3))
    return Application(
        id=name, year=2024, adcode="150000", form="F6", trees=found, salt=b"\x5a" * 32
    )


@pytest.fixture
def between(tmp_path):
    return Between(Twin(tmp_path).app)


@pytest.fixture
def applicant(between):
    with serving(between) as url:
        yield Applicant(url, SUBMIT_KEY, patience_seconds=1.0)


def said(**changes):
    """Another grant than the registry's."""

    def spoil(answer):
        return replace(answer, body=json.dumps(json.loads(answer.body) | changes).encode())

    return spoil


async def _endless():
    while True:
        yield b" " * 65_536
        await asyncio.sleep(0.001)


async def _dripping():
    while True:
        yield b" "
        await asyncio.sleep(0.1)


async def _silent():
    yield b" "
    await asyncio.sleep(5)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda a: replace(a, body=_endless()), "more than 65536 bytes"),
        (lambda a: replace(a, body=_dripping()), "not answered to its end in time"),
        (lambda a: replace(a, body=_silent()), "ReadTimeout"),
        (lambda a: replace(a, body=b"[" * 60_000), "no grant"),
        (lambda a: replace(a, body=b"\xff\xfe"), "no grant"),
        (lambda a: replace(a, headers={"location": PATH}, status=307), "answered 307"),
        (said(number="SYN\0"), "no grant"),
        (said(number="SYN-\u202e1"), "no grant"),
        (said(number="S" * 65), "no grant"),
        (said(number="<script>"), "no grant"),
        (said(certificate="5a"), "no grant"),
    ],
    ids="endless drip silent deep bytes redirect nul bidi long markup commitment".split(),
)
def test_what_is_no_grant_in_good_time_leaves_the_application_to_be_sent_again(
    applicant, between, spoil, why
):
    between.spoils[PATH] = spoil
    with pytest.raises(RegistryUnavailable, match=why):
        applicant.apply(application())
    between.spoils.clear()
    assert applicant.apply(application()).number == "SYN-2024-150000-000001"


def test_a_refusal_is_told_in_the_registrys_words_and_no_more_than_fits(applicant, between):
    applicant.apply(application())
    with pytest.raises(UsedAtRegistry):
        applicant.apply(application("two"))
    between.spoils[PATH] = lambda a: replace(a, status=422, body=b"no\0" + b"\xff" * 9_000)
    with pytest.raises(RegistryDeclined) as caught:
        applicant.apply(application("three"))
    assert (len(str(caught.value)), str(caught.value)[:3]) == (200, "no\ufffd")


def test_a_registrys_name_that_leads_into_our_own_network_is_told_no_key():
    applicant = Applicant("http://registry.example", SUBMIT_KEY, resolve=lambda *_: ["10.0.0.1"])
    with pytest.raises(RegistryUnavailable, match=r"registry\.example leads to 10\.0\.0\.1"):
        applicant.apply(application())
