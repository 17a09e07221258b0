"""What tests of the doctor ask it, and do to its database."""

import pytest
from sqlalchemy import Engine, create_engine, text

from treering.domain.checkup import Health, Sign, worst
from treering.flow.overseeing.doctor.examine import Doctor


def named(server: str, database: str) -> str:
    return server.replace("/postgres?", f"/{database}?")


def on_server(server: str, command: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(command))
    engine.dispose()


def sign(doctor: Doctor, about: str) -> Sign:
    """What is said about this; the one that fails where there are several."""
    found = [sign for sign in doctor.examine() if sign.about == about]
    return next((s for s in found if s.health is Health.FAIL), found[0])


def refuses(doctor: Doctor, about: str, kind: type[Exception], said: str) -> None:
    """Doctor and worker say the same."""
    found = sign(doctor, about)
    assert (found.health, type(found.refusal)) == (Health.FAIL, kind)
    assert found.advice
    with pytest.raises(kind, match=said):
        doctor.insist()


def holds(doctor: Doctor, code: str, kind: type[Exception], said: str) -> None:
    """Doctor and worker say the same of this programme, and let all others be minted."""
    found = doctor.unfit(code)
    assert type(found.refusal) is kind
    assert said in found.said
    assert found.said in [sign.said for sign in doctor.examine()]
    assert found.advice
    assert worst(doctor.examine()) is Health.FAIL
    doctor.insist()
    for other in {"ANT_FOREST", "GFOREST", "OCEAN_BUDDY"} - {code}:
        assert doctor.unfit(other) is None


def on_database(engine: Engine, command: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(command))
    engine.dispose()  # what is set for a database counts for new connections
