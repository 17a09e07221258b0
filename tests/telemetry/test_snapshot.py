"""A slow reading never holds up whoever asks for it."""

from threading import Event

from structlog.testing import capture_logs

from treering.telemetry.snapshot import Snapshot


def test_a_reading_is_kept_for_a_while_and_then_made_again():
    now, read = [100.0], iter([1, 2])
    snapshot = Snapshot(lambda: next(read), fresh_seconds=10, clock=lambda: now[0])
    assert snapshot.age_seconds is None
    assert (snapshot.get(), snapshot.get()) == (1, 1)
    now[0] = 110.0
    assert snapshot.age_seconds == 10.0
    assert snapshot.get() == 2


def test_a_reading_that_hangs_is_not_waited_for_and_the_last_one_is_given():
    go_on, readings = Event(), []

    def read() -> int:
        readings.append(1)
        if len(readings) > 1:
            go_on.wait(10)
        return len(readings)

    snapshot = Snapshot(read, fresh_seconds=0, patience_seconds=0.05)
    while snapshot.get() is None:
        pass
    assert [snapshot.get() for _ in range(3)] == [1, 1, 1]
    assert len(readings) == 2, "one reading is under way at a time"
    go_on.set()


def test_a_reading_that_fails_is_said_and_leaves_the_last_one():
    def fail() -> int:
        raise ValueError("postgresql://user:password@host")

    with capture_logs() as said:
        assert Snapshot(fail).get() is None
    assert [(line["event"], line["why"]) for line in said] == [("no snapshot", "ValueError")]
