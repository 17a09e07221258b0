"""Ports for servers of tests.

The kernel gives the ports from 32,768 on to whoever connects, so that one that was free a
moment ago may be taken when a server comes to listen there. Ours lie below, and each process
of tests walks through a stretch of its own.
"""

import itertools
import os
import socket

_FIRST, _LAST = 10_000, 32_767
_STRETCH = 1_500
_walk = itertools.count()


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    start = os.getpid() * _STRETCH
    for step in _walk:
        port = _FIRST + (start + step) % (_LAST - _FIRST)
        if _is_free(port):
            return port
    raise AssertionError("an endless walk ended")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
