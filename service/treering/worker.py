"""The worker: seals, mints and mirrors, a step at a time, until it is told to stop."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Thread

import structlog

from treering.errors import (
    BatchMoved,
    ChainUnavailable,
    DatabaseUnavailable,
    MirrorDamaged,
    NodeRefused,
    RegistryRefused,
    RegistryUnavailable,
    StoreUnavailable,
)
from treering.store.engine import UNAVAILABLE

_log = structlog.get_logger(__name__)
Step = Callable[[], bool]  # whether there was something to do


@dataclass
class Every:
    """A step that is taken at most once in so many seconds; it never counts as work."""

    seconds: float
    act: Callable[[], object]
    clock: Callable[[], float] = time.monotonic
    _next: float = field(default=0.0, init=False)

    def __call__(self) -> bool:
        if self.clock() >= self._next:
            self._next = self.clock() + self.seconds
            self.act()
        return False


def together(ways: Sequence[Sequence[Step]], stop: Event, idle_seconds: float = 0.2) -> None:
    """Each way in a thread of its own, the first in this one; what ends one ends all, and is
    raised."""
    faults: list[BaseException] = []

    def go(way: Sequence[Step]) -> None:
        try:
            run(way, stop, idle_seconds)
        except BaseException as fault:
            faults.append(fault)
        finally:
            stop.set()

    first, *others = ways
    threads = [Thread(target=go, args=(way,)) for way in others]
    for thread in threads:
        thread.start()
    go(first)
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def run(steps: Sequence[Step], stop: Event, idle_seconds: float = 0.2) -> None:
    """Take the steps in turn until `stop` is set, pausing whenever none had anything to do."""
    while not stop.is_set():
        if not take(steps, stop):
            stop.wait(idle_seconds)


def take(steps: Sequence[Step], stop: Event | None = None) -> bool:
    """Each step once, or those before `stop` was set; whether any had something to do."""
    return sum(attempt(step) for step in steps if not (stop and stop.is_set())) > 0


def attempt(step: Step) -> bool:
    """One step. What may pass by itself is said and tried again; all else ends the worker."""
    try:
        return step()
    except BatchMoved:
        return True  # another worker was faster: look again
    except (ChainUnavailable, NodeRefused, RegistryUnavailable, StoreUnavailable) as error:
        _log.warning("not reached", code=error.code, why=str(error))
    except UNAVAILABLE as error:
        why = str(getattr(error, "orig", error)).partition("\n")[0]
        _log.warning("not reached", code=DatabaseUnavailable.code, why=why)
    except MirrorDamaged as error:
        _log.error("the mirror is damaged", code=error.code, why=str(error))
    except RegistryRefused as error:
        _log.error("the registry broke its protocol", code=error.code, why=str(error))
    return False
