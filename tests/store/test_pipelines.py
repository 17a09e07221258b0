"""How a pipeline that was cut off is told; the real server: test_engine and test_trip."""

from collections.abc import Iterator

import psycopg
import pytest

from treering.store import pipelines


class Broken:
    """A pipeline whose answers end in a fault."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    def _enqueue_sync(self) -> None:
        pass

    def _communicate_gen(self) -> Iterator[None]:
        yield

    def _fetch_gen(self, *, flush: bool) -> Iterator[None]:
        assert not flush
        raise self.fault
        yield


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (psycopg.DatabaseError("server closed the connection"), psycopg.OperationalError),
        (psycopg.errors.UniqueViolation("once"), psycopg.errors.UniqueViolation),
        (psycopg.errors.AdminShutdown("ends"), psycopg.errors.AdminShutdown),
    ],
)
def test_a_line_that_is_gone_is_a_fault_that_passes_and_others_are_what_they_are(fault, told):
    with pytest.raises(told) as raised:
        list(pipelines._ended(Broken(fault)))
    assert type(raised.value) is told
    assert str(raised.value) == str(fault)
