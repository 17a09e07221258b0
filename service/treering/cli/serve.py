"""treering serve: the pages and the API.

SIGTERM and SIGINT let requests under way come to their end, for some seconds; then the
status is 0.
"""

import gc
import logging
import signal
import sys
from asyncio import CancelledError

import uvicorn
from fastapi import FastAPI

from treering.cli import room
from treering.cli.patience import PatientProtocol

_TURN = 0.0005  # seconds: who speaks with the database must not wait long for who reads requests
_LAST_REQUESTS_SECONDS = 7  # under the ten that service managers give


def main(app: FastAPI, host: str, port: int) -> int:
    """Serve until told to stop."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=type("Protocol", (PatientProtocol,), {"room": room.connections()}),
        log_level="warning",
        access_log=False,  # the application logs its requests itself, without addresses
        server_header=False,
        timeout_graceful_shutdown=_LAST_REQUESTS_SECONDS,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn sends itself the signal again once it has ended: nothing is left to do then.
        signal.signal(number, lambda *_: None)
    logging.getLogger("uvicorn.error").addFilter(_tells)
    _collect_seldom()
    sys.setswitchinterval(_TURN)
    uvicorn.Server(config).run()
    return 0


def _tells(record: logging.LogRecord) -> bool:
    """That requests were cut off at the end is said in one line; their traces say nothing."""
    return not (record.exc_info and isinstance(record.exc_info[1], CancelledError))


def _collect_seldom() -> None:
    """What stands by now is never garbage, and requests under way are not looked at each time.

    A collection after every 700 new objects took a sixth of a crowd's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
