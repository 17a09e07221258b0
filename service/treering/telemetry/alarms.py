"""What the worker warned of, on its way to the operator's page.

As a processor of structlog it only remembers; writing is a step of the worker's own, so that
logging never waits for a database. What cannot be written waits for the next time.
"""

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Any

from treering.domain.overview import Alarm

_LEVELS = {"warning", "error", "critical"}
_MOST = 500  # different ones between two writings; more are one fault in many shapes
_WORDS = 500  # characters of a reason
_Place = tuple[str, str, int | None]


@dataclass
class Alarms:
    clock: Callable[[], datetime]
    _held: dict[_Place, Alarm] = field(default_factory=dict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def __call__(
        self, _logger: object, method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        if method in _LEVELS:
            now, batch = self.clock(), event.get("batch")
            alarm = Alarm(
                event=str(event.get("event")),
                code=str(event.get("code", "")),
                batch=batch if isinstance(batch, int) else None,
                level=method,
                why=str(event.get("why") or event.get("reason") or "")[:_WORDS],
                times=1,
                first_at=now,
                last_at=now,
            )
            self._hold([alarm])
        return event

    def write(self, keep: Callable[[Sequence[Alarm]], object]) -> None:
        """Hand over all that sounded since; what `keep` refuses is held again."""
        with self._lock:
            taken, self._held = list(self._held.values()), {}
        if not taken:
            return
        try:
            keep(taken)
        except Exception:
            self._hold(taken)
            raise

    def _hold(self, alarms: Sequence[Alarm]) -> None:
        with self._lock:
            for alarm in alarms:
                place = (alarm.event, alarm.code, alarm.batch)
                held = self._held.get(place)
                if held:
                    self._held[place] = replace(
                        alarm, times=held.times + alarm.times, first_at=held.first_at
                    )
                elif len(self._held) < _MOST:
                    self._held[place] = alarm
