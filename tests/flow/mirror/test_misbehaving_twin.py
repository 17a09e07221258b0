"""The real twin misbehaves on command; each way is seen for what it is, and none of it stays."""

import io
from contextlib import contextmanager

import pytest

from tests.fakes.registry import KEY, PUBLIC, SUBMIT_KEY, Twin, apply, serving
from tests.flow.mirror.kit import LOG, refused, row, rows
from treering.cli.twin import main
from treering.errors import (
    EntryRefused,
    RegistryContradicted,
    RegistryForbids,
    RegistryRefused,
    RegistryUnavailable,
)
from treering.flow.mirroring.mirror import sync
from treering.flow.mirroring.state import status
from treering.registry.feed import Feed
from treering.registry.misbehaving import WAYS
from treering.registry.twin import twin_app
from treering.store.tables.contradictions import mirror_sources

SEEN = {
    "rewritten": (RegistryContradicted, "do not begin with the 2"),
    "back": (RegistryRefused, "went back to 1 entries"),
    "ahead": (RegistryRefused, "no size and root"),
    "mixed": (RegistryRefused, "bundle 0 are not those that were signed"),
    "repeated": (EntryRefused, "entry 3 issues again"),
    "malformed": (EntryRefused, "entry 3"),
    "endless": (RegistryRefused, "is longer than"),
    "slow": (RegistryUnavailable, "ReadTimeout|took longer than"),
    "redirected": (RegistryRefused, "points elsewhere"),
    "forbidden": (RegistryForbids, "403"),
}


@pytest.fixture
def twin(tmp_path, clock):
    return Twin(tmp_path / "twin", clock)


@contextmanager
def followed(twin, way=None):
    """A twin on the same journal, and a mirror's feed of it."""
    app = twin_app(twin.folder, KEY, twin.clock, SUBMIT_KEY, misbehave=way)
    with serving(app) as url:
        feed = Feed(url, PUBLIC, patience_seconds=0.9)
        yield url, feed
        feed.close()


@pytest.fixture
def grown(engine, twin, clock):
    """Two entries are mirrored, and a third was made since."""
    twin.app.state.journal.close()
    with followed(twin) as (url, feed):
        for number in range(3):
            clock.passes(minutes=10)
            assert apply(url, twin.application(f"n{number}", number)).status_code == 201
            if number == 1:
                sync(engine, feed, clock)
    clock.passes(minutes=1)
    return twin


def test_each_way_is_tried():
    assert set(WAYS) == {*SEEN, "frozen", "unheard"}


@pytest.mark.parametrize("way", [name for name in SEEN if name != "back"])
def test_a_twin_that_misbehaves_is_refused_and_followed_again_when_it_behaves(
    engine, clock, grown, way
):
    error, why = SEEN[way]
    with followed(grown, way) as (_, feed):
        refused(engine, feed, clock, error, why)
    with followed(grown) as (_, feed):
        assert sync(engine, feed, clock).added == 1
    assert row(engine, mirror_sources).state == "good"


def test_a_twin_that_goes_back_is_refused(engine, clock, tmp_path):
    twin = Twin(tmp_path / "other", clock)
    twin.app.state.journal.close()
    with followed(twin) as (url, feed):
        for number in range(2):
            clock.passes(minutes=10)
            apply(url, twin.application(f"n{number}", number))
        sync(engine, feed, clock)
    with followed(twin, "back") as (_, feed):
        refused(engine, feed, clock, *SEEN["back"])


def test_a_frozen_twin_grows_old_though_it_is_looked_at(engine, clock, grown):
    with followed(grown, "frozen") as (url, feed):
        assert sync(engine, feed, clock).added == 1
        before = rows(engine)[1]
        apply(url, grown.application("late", 99))
        clock.passes(days=3)
        assert sync(engine, feed, clock).added == 0
    assert rows(engine)[1] == before
    assert status(engine, LOG, clock).stale


def test_what_an_unheard_twin_granted_is_granted_once(grown):
    wish = grown.application("again", 50)
    with followed(grown, "unheard") as (url, _):
        assert apply(url, wish).status_code == 504
    with followed(grown) as (url, _):
        assert apply(url, wish).json()["index"] == 3
        assert apply(url, wish).status_code == 200


def test_the_command_tells_aloud_that_it_misbehaves(tmp_path, capsys):
    out, served = io.StringIO(), []
    argv = ["--folder", str(tmp_path), "--port", "0", "--misbehave"]
    keep = lambda app, _: served.append(app)  # noqa: E731
    assert main([*argv, "slow"], out, serve=keep) == 0
    assert "it misbehaves, as it was told to: slow" in out.getvalue()
    served[0].state.journal.close()
    with pytest.raises(SystemExit):
        main([*argv, "politely"], out, serve=keep)
    assert "invalid choice: 'politely'" in capsys.readouterr().err
