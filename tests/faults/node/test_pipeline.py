"""The whole pipeline under any interleaving of its own work with faults (Hypothesis).

Whatever happens in whatever order: nothing is final in our books that is not on the chain,
nothing is minted twice; and when the faults end, all that was acknowledged becomes final.
"""

import os
from contextlib import ExitStack

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.faults.node import acts
from tests.faults.node.conftest import NewWorld, ends_well
from tests.faults.node.oracle import minted, nothing_final_that_is_not
from tests.faults.node.world import World

EXAMPLES = int(os.environ.get("STORM_EXAMPLES", "6"))
FEW = st.integers(1, 3)


class Pipeline(RuleBasedStateMachine):
    """`new_world` is given by the test; each run has a world of its own."""

    new_world: NewWorld

    def __init__(self) -> None:
        super().__init__()
        self.opened = ExitStack()
        self.world: World = self.opened.enter_context(self.new_world())

    def teardown(self) -> None:
        with self.opened:
            acts.go_on(self.world)
            self.world.mine(2 * self.world.finality)
            redeemed = len(self.world.acknowledged)
            ends_well(self.world)
            assert bool(redeemed) == bool(minted(self.world.chain))

    @rule(units=st.integers(1, 6))
    def somebody_redeems(self, units):
        acts.redeem(self.world, units)

    @rule(blocks=FEW)
    def the_worker_works_and_blocks_come(self, blocks):
        self.world.turn(blocks)

    @rule(seconds=st.sampled_from([1, 5, 30, 90]))
    def the_worker_works_while_no_block_comes(self, seconds):
        self.world.step()
        self.world.pass_by(seconds)

    @rule(depth=FEW)
    def blocks_vanish(self, depth):
        acts.reorganise(self.world, depth)

    @rule(depth=FEW)
    def the_chain_is_set_back(self, depth):
        acts.set_back(self.world, depth)

    @rule()
    def a_block_comes_back_later(self):
        acts.reorder(self.world)

    @rule()
    def the_pool_forgets(self):
        acts.forget(self.world)

    @rule(gwei=st.sampled_from([1, 20, 300]))
    def the_base_fee_jumps(self, gwei):
        acts.spike(self.world, gwei)

    @rule()
    def an_outsider_uses_our_key(self):
        acts.outsider(self.world)

    @rule(mode=st.sampled_from(acts.LOSSES), times=FEW)
    def transactions_are_lost_on_their_way(self, mode, times):
        acts.lose(self.world, mode, times)

    @rule(mode=st.sampled_from(acts.LOSSES), times=FEW)
    def questions_are_lost_on_their_way(self, mode, times):
        acts.disturb(self.world, mode, times)

    @rule(times=FEW)
    def receipts_are_missing(self, times):
        acts.hide(self.world, times)

    @rule()
    def the_contract_pauses_or_goes_on(self):
        acts.toggle_pause(self.world)

    @rule()
    def the_worker_starts_again(self):
        acts.restart(self.world)

    @rule(point=st.sampled_from(acts.POINTS))
    def the_worker_dies(self, point):
        acts.die(self.world, point)

    @rule()
    def another_worker_works(self):
        acts.another_works(self.world)

    @rule(times=FEW)
    def the_node_finds_our_offer_too_low(self, times):
        acts.underprice(self.world, times)

    @rule(blocks=st.integers(1, 8), times=st.integers(1, 30))
    def the_node_lags(self, blocks, times):
        acts.lag(self.world, blocks, times)

    @rule()
    def the_database_ends_every_connection(self):
        acts.cut_off(self.world)

    @rule(hours=st.sampled_from([-26, -3, 2]))
    def the_clock_jumps(self, hours):
        acts.jump(self.world, hours)

    @invariant()
    def nothing_is_claimed_that_is_not(self):
        nothing_final_that_is_not(self.world)


def test_f20_f37_no_interleaving_of_work_and_faults_loses_or_doubles_anything(
    new_world: NewWorld,
):
    Pipeline.new_world = staticmethod(new_world)
    run_state_machine_as_test(
        Pipeline,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            phases=[Phase.generate],  # a run takes seconds: shrinking one would take an hour
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
