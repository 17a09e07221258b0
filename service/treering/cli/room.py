"""How many connections a process has room for: as many as it may open files, and some are kept.

A process that runs out of file descriptors can neither take a connection nor ask its database.
"""

import resource

KEPT = 48  # descriptors for the database's pool, nodes, files, logs
_LEAST = 8


def connections() -> int:
    """The soft limit is raised to the hard one first, which is the operator's word."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError):  # a kernel that has its own word on it
        return room(soft)
    return room(hard)


def room(descriptors: int) -> int:
    """Of so many descriptors; all there are where there is no limit (-1)."""
    if descriptors == resource.RLIM_INFINITY:
        descriptors = 1 << 20
    return max(descriptors - KEPT, _LEAST)
