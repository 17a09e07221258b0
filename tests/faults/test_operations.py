"""What an operator does while all runs: a key is revoked, and opens nothing from then on."""

from tests.faults.processes import until
from tests.faults.town import Town


def test_a_revoked_key_is_refused_by_every_running_process_within_moments(town: Town):
    """Within `tenants.REMEMBERED_SECONDS`, which its own test holds it to."""
    webs = [town.serve(), town.serve()]
    for i, web in enumerate(webs):
        assert web.redeem(f"before {i}").status == 201
    revoke = "UPDATE api_keys SET revoked_at = now() WHERE programme = 'ANT_FOREST'"
    town.sql(revoke)
    for i, web in enumerate(webs):
        until(lambda web=web, i=i: web.redeem(f"after {i}").status == 401, web.check)
    told = [web.redeem("before 0") for web in webs]
    assert {(answer.status, answer.body["code"]) for answer in told} == {(401, "TR310")}
    assert town.settle().records == len(town.journal.granted)
