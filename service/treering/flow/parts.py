"""The parts that the flows are made of, put together once a process by assemble."""

from treering.flow.shown import Shown
from treering.flow.works import Works


class Parts(Works, Shown):
    """All of them, at the places of one deployment."""
