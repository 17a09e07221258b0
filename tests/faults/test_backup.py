"""F61: an older backup is restored under a chain that knows more."""

from tests.faults.town import Town
from treering.main import DIVERGED


def test_f61_a_restored_older_backup_stops_the_worker_until_newer_books_are_back(town: Town):
    web = town.serve()
    for i in range(3):
        assert web.redeem(f"before {i}").status == 201
    town.settle()
    web.end()
    backup = town.copy_database()
    web = town.serve()
    for i in range(3):
        assert web.redeem(f"after {i}").status == 201
    town.settle()
    web.end()

    newest = town.copy_database()
    town.restore_database(backup)
    held = rows(town)
    assert len(town.examine().lost) == 3, "the client's journal tells"
    for _ in range(2):  # however often it is started
        worker = town.worker()
        assert worker.ended() == DIVERGED
        assert "DIVERGED" in worker.said
        assert "the chain has 6 records, our books 3" in worker.said
    assert rows(town) == held, "nothing was mended silently"
    town.restore_database(newest)  # what docs/runbook.md advises
    web = town.serve()
    for i in range(3):
        assert web.redeem(f"after {i}").status == 200, "as it was acknowledged"
    assert web.redeem("later").status == 201
    assert town.settle().records == 7


def rows(town: Town) -> object:
    """All that a worker might have changed."""
    return [
        town.sql("SELECT * FROM batches ORDER BY id"),
        town.sql("SELECT * FROM lots ORDER BY id"),
        town.sql("SELECT * FROM redemptions ORDER BY lot, first_serial"),
    ]
