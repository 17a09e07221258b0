"""System calls of a running process that fail as they are told to, by strace."""

import shutil
import subprocess

import pytest

STRACE = shutil.which("strace")


def traced(pid: int, inject: str, seconds: float = 3) -> None:
    """One system call of a running process fails as told; then it is left alone."""
    words = ["timeout", str(seconds), STRACE, "-f", "-qq", "-o", "/dev/null", "-p", str(pid)]
    done = subprocess.run([*words, "-e", f"inject={inject}"], capture_output=True, check=False)
    if b"ptrace" in done.stderr and b"not permitted" in done.stderr:
        pytest.skip("this machine lets nobody trace a process")
