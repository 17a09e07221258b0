"""What the doctor says of a database, and where all is well."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, create_engine
from structlog.testing import capture_logs

from tests.flow.doctor.kit import on_database, refuses
from tests.ports import free_port
from treering.domain.checkup import Health, Sign, worst
from treering.errors import (
    DatabaseUnavailable,
    DatabaseUnsafe,
    SchemaOutdated,
    SchemaTooNew,
)
from treering.flow.overseeing.doctor import database
from treering.flow.overseeing.doctor.examine import Doctor
from treering.store.condition import condition


def test_where_all_is_well_every_part_has_a_line_that_says_so(doctor: Doctor):
    signs = {sign.about: sign for sign in doctor.examine()}
    abouts = {"database", "database settings", "schema", "keystore", "node", "contract"}
    abouts |= {"chain identity", "finality", "clock", "block time"}
    for code in ("ANT_FOREST", "GFOREST", "OCEAN_BUDDY"):
        abouts |= {f"minter of {code}", f"wallet of {code}", f"issuer key of {code}"}
    assert set(signs) == abouts
    assert {s.health for about, s in signs.items() if about != "clock"} == {Health.OK}


def test_a_warning_is_logged_and_keeps_nobody_from_work(doctor: Doctor):
    late = replace(doctor, clock=lambda: datetime.now(UTC) - timedelta(seconds=10))
    assert worst(late.examine()) is Health.WARN
    with capture_logs() as said:
        late.insist()
    # The tests' chain may have been sent ahead: its own line is not this test's.
    assert ("doctor", "clock") in [(line["event"], line["about"]) for line in said]
    assert {line["log_level"] for line in said} == {"warning"}


def test_a_database_that_is_away_leaves_the_rest_unlooked_at(doctor: Doctor):
    gone = create_engine(f"postgresql+psycopg://nobody:hush@127.0.0.1:{free_port()}/none")
    away = replace(doctor, engine=gone)
    refuses(away, "database", DatabaseUnavailable, "connection")
    assert [s.about for s in away.examine()] == ["database", "all else"]
    assert "hush" not in away.examine()[0].said


def test_a_database_that_goes_away_in_between_is_one_line(doctor: Doctor, monkeypatch):
    def look(engine: Engine) -> list[Sign]:
        on_database(engine, "DROP TABLE chain_identity CASCADE")
        return [Sign.ok("database", "answers")]

    monkeypatch.setattr(database, "signs", look)
    (only,) = doctor.examine()
    assert (only.about, only.health) == ("database", Health.FAIL)


@pytest.mark.parametrize(
    ("setting", "said"), [("synchronous_commit = off", "synchronous_commit=off")]
)
def test_settings_that_lose_commits_are_refused(doctor: Doctor, setting, said):
    name = doctor.engine.url.database
    on_database(doctor.engine, f"ALTER DATABASE {name} SET {setting}")
    refuses(doctor, "database settings", DatabaseUnsafe, said)


@pytest.mark.parametrize(
    ("changed", "health"),
    [
        ({"fsync": "off"}, "FAIL"),
        ({"full_page_writes": "off"}, "FAIL"),
        ({"standby": True}, "FAIL"),
        ({"version": 140_012}, "WARN"),
        ({"synchronous_commit": "remote_apply"}, "OK"),
    ],
)
def test_settings_of_the_whole_server_are_judged_alike(doctor: Doctor, changed, health):
    with doctor.engine.connect() as connection:
        found = replace(condition(connection), **changed)
    assert database._settings(found).health is Health(health)


@pytest.mark.parametrize(
    ("command", "kind", "said"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", SchemaTooNew, "9999"),
        ("UPDATE alembic_version SET version_num = '0001'", SchemaOutdated, "0001"),
        ("DELETE FROM alembic_version", SchemaOutdated, "empty"),
    ],
)
def test_another_schema_is_refused_and_which_way_it_differs_is_said(doctor, command, kind, said):
    on_database(doctor.engine, command)
    refuses(doctor, "schema", kind, said)
