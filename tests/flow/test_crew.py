"""The crew's hands hash what sealing would hash by itself, and may be killed at any time."""

import io
import os
import signal
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import msgspec
import pytest
from cryptography.exceptions import InvalidTag

from treering.domain.batch import CAPACITY
from treering.domain.holder import HolderSecret
from treering.domain.merkle import batch_root
from treering.domain.record import lot_id, tree_id
from treering.flow.minting import crew as crews
from treering.flow.minting import hasher
from treering.flow.minting.crew import Crew
from treering.flow.minting.hasher import Done, Task, hashed, receive, send
from treering.store.vault import HOLDER, Vault

LOT = lot_id(1, 277)
KEY = bytes(range(32))
SECRETS = [bytes([number]) * 64 for number in range(3)]


def task(vault: Vault, first_serial: int, count: int = 5) -> Task:
    """Records of three holders in turn."""
    boxes = [vault.seal(secret, HOLDER) for secret in SECRETS]
    each = b"".join(boxes[i % 3] for i in range(count))
    return Task(LOT, first_serial, each, b"\0\0\0\1" * count)


def done(crew: Crew, tasks: list[Task]) -> list[Done]:
    return [one.result() for one in crew.begin(tasks)]


def hands(crew: Crew) -> list[crews.Hand]:
    """All that wait for work."""
    found = [crew._idle.get() for _ in range(crew._idle.qsize())]
    for hand in found:
        crew._idle.put(hand)
    return found


@pytest.fixture
def vault() -> Vault:
    return Vault(KEY)


@pytest.fixture
def crew(vault: Vault) -> Iterator[Crew]:
    made = Crew(vault, size=2)
    yield made
    made.close()


def test_it_hashes_what_the_holders_secrets_and_the_tree_say(vault: Vault):
    done = hashed(vault, task(vault, 7))
    holders = [HolderSecret(SECRETS[i % 3][:32], SECRETS[i % 3][32:]) for i in range(5)]
    commitments = [holder.commitment(tree_id(LOT, 7 + i)) for i, holder in enumerate(holders)]
    assert done.holders == b"".join(commitments)
    assert done.root == batch_root(tree_id(LOT, 7), done.holders)


def test_a_stretch_of_several_records_is_one_holder_s(vault: Vault):
    boxes = [vault.seal(secret, HOLDER) for secret in SECRETS[:2]]
    sizes = b"".join(size.to_bytes(4, "big") for size in (3, 1, 2))
    done = hashed(vault, Task(LOT, 7, b"".join([boxes[0], boxes[1], boxes[0]]), sizes))
    holders = [HolderSecret(SECRETS[i][:32], SECRETS[i][32:]) for i in (0, 0, 0, 1, 0, 0)]
    each = [holder.commitment(tree_id(LOT, 7 + i)) for i, holder in enumerate(holders)]
    assert done.holders == b"".join(each)


def test_boxes_of_another_length_are_never_taken_apart(vault: Vault):
    whole = task(vault, 0)
    with pytest.raises(InvalidTag):
        hashed(vault, Task(LOT, 0, whole.boxes[:-1], whole.sizes))


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_many_hands_give_the_same_in_the_same_order(crew: Crew, vault: Vault, count):
    tasks = [task(vault, serial * CAPACITY, CAPACITY) for serial in range(count)]
    assert done(crew, tasks) == [hashed(vault, one) for one in tasks]


def test_a_hand_answers_each_task_until_nobody_asks(vault: Vault, monkeypatch):
    asked, answered, ignored = io.BytesIO(), io.BytesIO(), []
    for frame in (KEY, task(vault, 0), task(vault, 5)):
        send(asked, frame)
    asked.write(b"\0\0\1")  # torn
    asked.seek(0)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=asked))
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=answered))
    monkeypatch.setattr(signal, "signal", lambda number, _: ignored.append(number))
    hasher.main()
    answered.seek(0)
    answers = [msgspec.msgpack.decode(receive(answered) or b"", type=Done) for _ in range(2)]
    assert answers == [hashed(vault, task(vault, 0)), hashed(vault, task(vault, 5))]
    assert receive(answered) is None
    assert ignored == [signal.SIGTERM, signal.SIGINT]


def test_for_one_batch_no_process_is_begun(crew: Crew, vault: Vault):
    done(crew, [task(vault, 0)])
    assert hands(crew) == []


def test_a_hand_that_was_killed_is_missed_by_nobody(crew: Crew, vault: Vault):
    tasks = [task(vault, 0), task(vault, 5)]
    done(crew, tasks)
    killed = hands(crew)[0]
    killed.kill()
    killed.wait()
    wanted = [hashed(vault, one) for one in tasks]
    assert done(crew, tasks) == wanted
    assert killed not in hands(crew)
    assert done(crew, tasks) == wanted
    assert hands(crew), "a living one, or a new one in its place"
    assert all(hand.poll() is None for hand in hands(crew))


def test_a_box_that_does_not_open_is_told_as_if_there_were_no_hands(crew: Crew, vault: Vault):
    strange = task(Vault(bytes(32)), 0)
    with pytest.raises(InvalidTag):
        done(crew, [task(vault, 0), strange])
    with pytest.raises(InvalidTag):
        done(Crew(vault), [task(vault, 0), strange])


def test_hands_end_when_nobody_speaks_to_them_any_more(crew: Crew, vault: Vault):
    done(crew, [task(vault, 0), task(vault, 5)])
    idle = hands(crew)
    for hand in idle:
        assert hand.stdin
        hand.stdin.close()  # as the system does when their master is killed
    assert [hand.wait(20) for hand in idle] == [0, 0]


def test_hands_outlive_a_signal_that_is_meant_for_their_master(crew: Crew, vault: Vault):
    tasks = [task(vault, 0), task(vault, 5)]
    before = done(crew, tasks)
    for hand in hands(crew):
        hand.terminate()
    assert done(crew, tasks) == before
    assert all(hand.poll() is None for hand in hands(crew))


@pytest.mark.parametrize(("here", "hands"), [(1, 0), (2, 2), (64, 4), (None, 0)])
def test_there_are_as_many_hands_as_are_of_use(monkeypatch, here, hands):
    monkeypatch.setattr(os, "cpu_count", lambda: here)
    assert crews.cores() == hands
