"""What docs/contract-proofs.md says is what the snapshots and the sources say. The runs that it
reports take minutes to an hour, and are made by hand: make bench-gas, make proofs, make mutants.
Each has kept a digest of what it was about; where the sources have changed since, a test fails."""

import json
import re

import pytest

from tests.contracts import document, sources
from tests.contracts.bench import ours, report
from tests.contracts.bench.__main__ import SNAPSHOT as PEERS
from tests.contracts.bench.row import Row
from tests.contracts.mutation import results
from tests.contracts.mutation.catalogue import MUTANTS
from tests.contracts.mutation.mutant import Mutant, MutantLost
from tests.contracts.proofs import snapshot, symbolic
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


def test_every_broken_rule_made_a_test_fail():
    kept = results.read()
    assert [one.rule for one in MUTANTS if not kept[one.rule]["killer"] and not one.same] == []


def test_every_mutant_was_tried_on_these_sources_against_these_tests():
    assert [one.rule for one in results.stale()] == [], "run make mutants"


def test_a_changed_rule_or_a_changed_test_makes_an_outcome_stale(monkeypatch):
    one = MUTANTS[0]
    before = results.about(one, "Roles.test_any")
    assert results.about(MUTANTS[1], "Roles.test_any") != before
    assert results.about(one, "Lots.test_any") != before
    assert results.about(one, "") != before
    monkeypatch.setattr(sources, "code", lambda text: text + " ")
    assert results.about(one, "Roles.test_any") != before


def test_a_comment_makes_nothing_stale_and_code_does():
    said = 'function a() /* x */ public { // why\n  revert("b  c"); }'
    assert sources.code(said) == sources.code(said.replace("why", "why not"))
    assert sources.code(said) == sources.code(said.replace("{ //", "{   //"))
    assert sources.code(said) != sources.code(said.replace("revert", "require"))


def test_the_documents_mutants_are_the_snapshots():
    assert document.read("mutants") == results.table(), "run make mutants"


def test_every_proof_is_of_these_sources():
    assert snapshot.stale() == [], "run make proofs"


def test_every_check_is_proven():
    for proof in symbolic.proofs():
        said = "\n".join(snapshot.read()[snapshot.name_of(proof)])
        passed = re.findall(r"^\[PASS\] (check_\w+)", said, re.MULTILINE)
        assert sorted(passed) == sorted(symbolic.checks(proof))


def test_the_document_says_what_halmos_and_slither_said():
    said = snapshot.read()
    assert document.read("halmos") == proven(said), "run make proofs"
    assert document.read("slither") == findings(said), "run make proofs"


def test_the_text_that_halmos_cannot_follow_is_where_the_proofs_look_for_it(contracts, tmp_path):
    copy = tmp_path / "BatchRoot.sol"
    copy.write_text((contracts / "src/libraries/BatchRoot.sol").read_text())
    symbolic.follow(copy)
    assert copy.read_text().count("let differ") == 2
    with pytest.raises(symbolic.ProofBroken):
        symbolic.follow(copy)
