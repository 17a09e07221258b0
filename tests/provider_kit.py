"""A certified OpenID provider for tests, as a process of its own on loopback."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.ports import free_port
from treering.intake.provider import Provider

HERE = Path(__file__).parent / "provider"
CLIENT, SECRET = "treering", "a secret of a test, and of nothing else"
ROBOT, ROBOTS_SECRET = "auditor", "another secret of a test"


@contextmanager
def provider(origin: str) -> Iterator[Provider]:
    """One that sends browsers back to `origin`."""
    port = free_port()
    process = subprocess.Popen(
        ["node", str(HERE / "provider.mjs"), str(port), origin],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout
        said = []
        while not said or "listening" not in said[-1]:
            said.append(process.stdout.readline())
            assert process.poll() is None, "".join(said)
        yield Provider(f"http://127.0.0.1:{port}", CLIENT, SECRET)
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def token_for(found: Provider, audience: str) -> str:
    """A JWT for the API, as a machine of an auditor's asks for one."""
    form = {"grant_type": "client_credentials", "resource": audience}
    answer = httpx.post(f"{found.issuer}/token", data=form, auth=(ROBOT, ROBOTS_SECRET))
    answer.raise_for_status()
    token: str = answer.json()["access_token"]
    return token
