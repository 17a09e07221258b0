"""Debian's Chromium through Playwright, and the web on a free port of this machine."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright
from starlette.types import ASGIApp


def chromium() -> str:
    """Its path; the test fails without it, for what was not looked at is not known to work."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.fail(
            "Chromium is missing: apt-get install -y chromium fonts-noto-cjk", pytrace=False
        )
    return found


@contextmanager
def browser(*switches: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Chromium has no sandbox for root, which is who runs tests in a container.
        arguments = ["--no-sandbox", *switches]
        running = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        yield running
        running.close()


@contextmanager
def serving(app: ASGIApp, port: int) -> Iterator[None]:
    """The application on 127.0.0.1:port, in a thread of this process."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    yield
    server.should_exit = True
    thread.join(10)
