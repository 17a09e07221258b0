"""F08: processes killed at random, and a storm of all that may go wrong, each by its seed.

Short in `make test`; `make storm` lets it blow for STORM_SECONDS, from STORM_SEED on.
"""

import os
import random
import signal
import time
from collections.abc import Callable

import pytest

from tests.faults.processes import Child, until
from tests.faults.test_database import Writers
from tests.faults.town import Town

SECONDS = float(os.environ.get("STORM_SECONDS", "5"))
SEED = int(os.environ.get("STORM_SEED", "8"))
ENDED = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
ENDED += "WHERE datname = current_database() AND pid <> pg_backend_pid()"


class Weather:
    """Two web processes and two workers, started again whenever they die; one seed, one storm.

    What the seed repeats is the order of the faults and of the pauses between them.
    """

    def __init__(self, town: Town, seed: int) -> None:
        self.town = town
        self.chance = random.Random(seed)
        self.webs = [town.serve(), town.serve()]
        self.workers: list[Child] = [town.worker(), town.worker()]
        self.kills = 0

    def kill(self) -> None:
        """As the kernel does when memory runs out; the dead is replaced at once."""
        which = self.chance.randrange(2)
        if self.chance.random() < 0.5:
            self.webs[which].kill()
            self.webs[which] = self.town.serve()
        else:
            self.workers[which].kill()
            self.workers[which] = self.town.worker()
        self.kills += 1

    def cut_off(self) -> None:
        """Every connection to the database ends."""
        self.town.sql(ENDED)

    def freeze_node(self) -> None:
        self.town.node.process.send_signal(signal.SIGSTOP)
        time.sleep(self.chance.uniform(0.1, 1))
        self.town.node.process.send_signal(signal.SIGCONT)

    def hold_blocks(self) -> None:
        self.town.mines.clear()
        time.sleep(self.chance.uniform(0.1, 1))
        self.town.mines.set()

    def reorganise(self) -> None:
        """The newest block vanishes, and whatever was in it."""
        self.town.node.node.call("anvil_reorg", 1, [])

    def blow(self, faults: list[Callable[[], None]], pause: tuple[float, float]) -> None:
        """`pause` is from and to how many seconds there are between two faults."""
        ends = time.monotonic() + SECONDS
        while time.monotonic() < ends:
            time.sleep(self.chance.uniform(*pause))
            self.chance.choice(faults)()

    def calm(self) -> None:
        """Who died is started again; who has no answer asks again; all becomes final."""
        self.workers = [w if w.lives else self.town.worker() for w in self.workers]
        self.town.replay(self.webs[0])
        checks = [child.check for child in (*self.webs, *self.workers)]
        until(self.town.settled, *checks, patience=120 + SECONDS / 2)
        for worker in self.workers:
            assert worker.end() == 0
        assert self.town.agree().records == len(self.town.journal.granted)


@pytest.mark.timeout(300 + 3 * SECONDS)
def test_f08_processes_killed_at_random_lose_and_double_nothing(town: Town):
    weather = Weather(town, SEED)
    writers = Writers(weather.webs, SEED, count=2)
    weather.blow([weather.kill], (0.5, 3) if SECONDS > 60 else (0.2, 1))
    assert writers.end() > 0
    assert weather.kills > 1
    weather.calm()


@pytest.mark.timeout(300 + 3 * SECONDS)
def test_f08_a_storm_of_everything_at_once_loses_and_doubles_nothing(town: Town):
    weather = Weather(town, SEED + 1)
    writers = Writers(weather.webs, SEED + 1, count=2)
    faults = [weather.kill, weather.kill, weather.cut_off, weather.freeze_node]
    weather.blow([*faults, weather.hold_blocks, weather.reorganise], (0.2, 1))
    assert writers.end() > 0
    weather.calm()
