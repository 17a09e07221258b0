"""Whoever waits when a web process is told to end is let in first."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import create_engine, make_url, text

from tests.faults.journal import LOT
from tests.faults.processes import Web, until
from tests.faults.town import Town

WAITS = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = :name"


def crowd(town: Town, web: Web, pool: ThreadPoolExecutor, count: int):
    """So many redemptions under way, of which the first waits for the lot's row."""
    asked = [pool.submit(web.redeem, f"wish {i}") for i in range(count)]
    name = make_url(town.database_url).database
    until(lambda: town.sql(WAITS, name=name), web.check)
    for _ in range(3):
        web.answers()  # whatever came before it has been read
    return asked


def test_f09_a_web_process_that_is_told_to_end_lets_in_all_who_wait(town: Town):
    web = town.serve()
    engine = create_engine(town.database_url)
    with ThreadPoolExecutor(24) as pool:
        with engine.begin() as holding:
            holding.execute(text("SELECT 1 FROM lots WHERE slug = :lot FOR UPDATE"), {"lot": LOT})
            asked = crowd(town, web, pool, 24)
            web.forked.signal(15)
        web.ended()
        assert {answer.result().status for answer in asked} == {201}
    engine.dispose()
    assert town.settle().records == 24
