"""What may happen to a world: its own work, and every fault that may interrupt it.

A drawn storm and the stateful test are made of these. A reorganisation never reaches below
what was final once: such a one is a row of its own (F22).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import text

from tests.faults.node.world import World
from treering import failpoint
from treering.errors import NodeRefused, TransactionRefused

ENDED = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
ENDED += "WHERE datname = current_database() AND pid <> pg_backend_pid()"
LOSSES = ("drop_after", "rst_before", "truncate", "garbage", "error_after", "wrong_id", "dup")
POINTS = (
    "tx.signed_not_stored",
    "tx.stored_not_sent",
    "tx.sent_not_noted",
    "tx.mined_not_noted",
    "final.before_commit",
    "final.after_commit",
)


class Died(BaseException):
    """The worker's process is gone."""


@dataclass
class _Death:
    name: str

    def reached(self) -> None:
        raise Died


@contextmanager
def _dying_at(point: str) -> Iterator[None]:
    failpoint._armed = _Death(point)  # type: ignore[assignment]
    try:
        yield
    finally:
        failpoint._armed = None


def redeem(world: World, units: int) -> None:
    world.redeem(units)
    world.seal()


def mine(world: World, blocks: int) -> None:
    world.mine(blocks)


def reorganise(world: World, depth: int) -> None:
    """Blocks vanish with their transactions, and empty ones come in their stead."""
    if depth := min(depth, world.not_final()):
        world.call("anvil_reorg", depth, [])


def set_back(world: World, depth: int) -> None:
    """The chain ends earlier."""
    if depth := min(depth, world.not_final()):
        world.call("anvil_rollback", depth)


def reorder(world: World) -> None:
    """The newest block vanishes, and our transactions in it come back in the next one."""
    if world.not_final() < 2:
        return
    block = world.call("eth_getBlockByNumber", "latest", True)
    raws = [world.call("eth_getRawTransactionByHash", tx["hash"]) for tx in block["transactions"]]
    with suppress(NodeRefused):
        world.call("anvil_reorg", 2, [[raw, 1] for raw in raws])


def forget(world: World) -> None:
    """The node's pool is empty."""
    world.call("anvil_dropAllTransactions")


def outsider(world: World) -> None:
    """Somebody else uses our key; his offer is better than ours."""
    with suppress(NodeRefused):
        world.hand_over(world.foreign())


def toggle_pause(world: World) -> None:
    """The pauser stops minting, or lets it go on."""
    spike(world, 1)  # the pauser can pay, whatever jumped before
    try:
        world.chain.act("pauser", "pause")
    except TransactionRefused:
        go_on(world)


def go_on(world: World) -> None:
    """Minting is allowed, whether it was paused or not."""
    spike(world, 1)
    with suppress(TransactionRefused):
        world.chain.act("pauser", "unpause")


def spike(world: World, gwei: int) -> None:
    world.call("anvil_setNextBlockBaseFeePerGas", hex(gwei * 10**9))
    world.mine(1)


def lose(world: World, mode: str, times: int) -> None:
    """The next transactions, or what the node says to them, are lost."""
    value = "already known" if mode == "error_after" else None
    world.proxy.rule("eth_sendRawTransaction", mode, value, times=times)


def hide(world: World, times: int) -> None:
    """The node knows of no receipt for a while."""
    world.proxy.rule("eth_getTransactionReceipt", "null", times=times)


def disturb(world: World, mode: str, times: int) -> None:
    """Whatever is asked next goes wrong."""
    value = "busy" if mode == "error_after" else None
    world.proxy.rule("eth_(?!send).*", mode, value, times=times)


def underprice(world: World, times: int) -> None:
    """The node finds what it is offered too little, and takes nothing."""
    said = "replacement transaction underpriced"
    world.proxy.rule("eth_sendRawTransaction", "error", said, times=times)


def lag(world: World, blocks: int, times: int) -> None:
    """The node answers so many questions as if it were so far behind."""
    world.proxy.rule("eth_.*", "shift", -blocks, times=times)


def another_works(world: World) -> None:
    """A second worker takes a turn."""
    world.step_of_another()


def cut_off(world: World) -> None:
    """PostgreSQL ends every connection."""
    with world.engine.connect() as connection:
        connection.execute(text(ENDED))


def jump(world: World, hours: int) -> None:
    """The clock that dates records, and says how long they have waited, is set anew."""
    world.now += timedelta(hours=hours)


def restart(world: World) -> None:
    world.revive()


def die(world: World, point: str) -> None:
    """The worker dies where it comes to that point in its next step, and starts again."""
    with suppress(Died), _dying_at(point):
        world.step()
    world.revive()


Act = Callable[[World, Random], Any]
# How often each comes: work prevails, or nothing would ever be lost.
STORM: list[tuple[int, Act]] = [
    (6, lambda world, dice: world.step()),
    (5, lambda world, dice: mine(world, dice.randint(1, 3))),
    (5, lambda world, dice: redeem(world, dice.randint(1, 5))),
    (2, lambda world, dice: reorganise(world, dice.randint(1, 2))),
    (1, lambda world, dice: set_back(world, 1)),
    (1, lambda world, dice: reorder(world)),
    (1, lambda world, dice: forget(world)),
    (1, lambda world, dice: outsider(world)),
    (3, lambda world, dice: lose(world, dice.choice(LOSSES), dice.randint(1, 2))),
    (1, lambda world, dice: hide(world, dice.randint(1, 6))),
    (1, lambda world, dice: disturb(world, dice.choice(LOSSES), dice.randint(1, 3))),
    (1, lambda world, dice: restart(world)),
    (3, lambda world, dice: die(world, dice.choice(POINTS))),
]


def storm(world: World, seed: int, acts: int) -> None:
    """So many acts, the same for the same seed."""
    dice = Random(seed)
    weights, choices = zip(*STORM, strict=True)
    for act in dice.choices(choices, weights, k=acts):
        act(world, dice)
        world.pass_by(dice.choice([1, 5, 30]))
