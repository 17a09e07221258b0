"""The example programme in an empty database and on an empty ledger."""

from dataclasses import replace

from tests.chain_kit import Chain
from tests.flow.conftest import WISH
from treering.chain.keys import KeyFolder
from treering.domain.dossier import dossier_hash
from treering.domain.lot import Standing, Unit
from treering.domain.record import lot_id
from treering.flow.parts import Parts


def test_the_example_programme_stands_in_database_and_ledger_alike(published: Parts):
    lots = {view.lot.slug: view for view in published.service.lots()}
    forest = lots["ANT_FOREST-277"]
    assert (forest.lot.year, forest.lot.capacity) == (2019, 150_000)
    assert forest.lot.standing is Standing.REPORTED
    assert forest.facts is not None
    assert (forest.facts.endorsed, forest.facts.accepted) == (150_000, 150_000)
    assert [statement.stage for statement in forest.statements] == ["ENDORSEMENT", "ACCEPTANCE"]
    assert forest.statements[1].party_en == "A third-party body whose name was not published"
    assert lots["ANT_FOREST-464"].lot.standing is Standing.PLACEHOLDER
    for view in lots.values():
        assert view.facts is not None
        assert view.facts.endorsed == view.lot.capacity
        assert view.facts.dossier == dossier_hash(view.lot)
        assert Unit(view.facts.unit) is view.lot.unit


def test_area_and_seagrass_are_never_counted_as_trees(published: Parts):
    units = {view.lot.slug: view.lot.unit for view in published.service.lots()}
    assert units["ANT_FOREST-100001"] is Unit.M2
    assert units["ANT_FOREST-100002"] is Unit.PLANT


def test_a_redemption_of_the_example_becomes_final(published: Parts, chain: Chain):
    made = published.redeem("ANT_FOREST", "a", replace(WISH, count=2))
    published.sealer(published.clock.now - published.clock.now).seal_due()
    for _ in range(5):
        for mint in published.mints():
            mint.step()
        chain.mine()
    published.start_work()
    assert published.recovery.chain.minted(lot_id(1, 277)) == 2
    assert published.recovery.chain.minted(lot_id(1, 999)) == 0
    assert published.service.certificate(made.numbers[0]).state == "FINAL"


def test_each_key_is_made_once_and_opens_again(keys: KeyFolder):
    assert keys.account("admin").address == KeyFolder(keys.folder).account("admin").address
    for path in keys.folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0
