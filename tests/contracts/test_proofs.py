"""What docs/contract-proofs.md says is what the snapshots and the sources say. The runs that it
reports take minutes, and are made by hand: make bench-gas, make prove, make mutate."""

import json

import pytest

from tests.contracts import document
from tests.contracts.bench import ours, report
from tests.contracts.bench.__main__ import SNAPSHOT as PEERS
from tests.contracts.bench.row import Row
from tests.contracts.mutation import results
from tests.contracts.mutation.catalogue import MUTANTS
from tests.contracts.mutation.mutant import Mutant, MutantLost
from tests.contracts.proofs import symbolic
from tests.contracts.proofs.report import findings, proven


@pytest.fixture
def peers() -> list[Row]:
    kept = json.loads(PEERS.read_text())
    return [Row(one["system"], one["act"], one["records"], one["gas"]) for one in kept]


def test_the_peers_are_measured_beside_the_gas_that_our_receipts_show(peers, contracts):
    receipts = json.loads((contracts / "snapshots/receipts.json").read_text())
    mine = {str(row.records): row.gas for row in peers if row.system == ours.SYSTEM}
    assert mine == {size: one["gas"] for size, one in receipts.items()}, "run make bench-gas"


def test_the_documents_peers_are_the_snapshots(peers):
    assert document.read("peers") == report.markdown(peers), "run make bench-gas ARGS=--write"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.file}: {mutant.rule}")
def test_every_mutant_breaks_a_text_that_the_sources_hold(mutant, contracts):
    source = (contracts / "src" / mutant.file).read_text()
    assert mutant.applied(source) != source


@pytest.mark.parametrize("text", ["if (x)", "uint256"])
def test_a_mutant_whose_text_is_gone_or_ambiguous_is_refused(text):
    with pytest.raises(MutantLost, match="its text is there"):
        Mutant("nothing is checked", "Any.sol", text, "").applied("uint256 a; uint256 b;")


def test_no_two_mutants_break_the_same_rule():
    assert len({mutant.rule for mutant in MUTANTS}) == len(MUTANTS)


def test_in_the_last_run_every_broken_rule_made_a_test_fail():
    killers = results.read()
    assert list(killers) == [mutant.rule for mutant in MUTANTS], "run make mutate"
    survivors = [one.rule for one in MUTANTS if not killers[one.rule] and not one.same]
    assert survivors == []


def test_the_tests_that_killed_a_mutant_still_exist(contracts):
    for killer in filter(None, results.read().values()):
        suite, test = killer.split(".")
        is_for_all = test == "setUp"  # a ledger so broken that no suite can begin
        place = "utils/LedgerTest" if is_for_all else f"{suite}.t"
        assert f"function {test}(" in (contracts / f"test/{place}.sol").read_text(), killer


def test_the_documents_mutants_are_the_snapshots():
    assert document.read("mutants") == results.table(results.read()), "run make mutate"


def test_the_document_names_every_proof_and_every_accepted_finding():
    checks = {path.name.partition(".")[0]: symbolic.checks(path) for path in symbolic.proofs()}
    assert document.read("halmos") == proven(checks), "run make prove"
    assert document.read("slither") == findings(), "run make prove"


def test_the_text_that_halmos_cannot_follow_is_where_the_proofs_look_for_it(contracts, tmp_path):
    copy = tmp_path / "BatchRoot.sol"
    copy.write_text((contracts / "src/libraries/BatchRoot.sol").read_text())
    symbolic.follow(copy)
    assert copy.read_text().count("let differ") == 2
    with pytest.raises(symbolic.ProofBroken):
        symbolic.follow(copy)
