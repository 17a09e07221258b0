"""treering serve: the pages and the API."""

import contextlib

import uvicorn
from fastapi import FastAPI

from treering.cli.patience import PatientProtocol


def main(app: FastAPI, host: str, port: int) -> int:
    """Serve until told to stop."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=PatientProtocol,
        log_level="warning",
        server_header=False,
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run()
    return 0
