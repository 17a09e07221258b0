"""The whole service killed in the middle of minting: nothing is lost, nothing is doubled.

The journal of what was acknowledged is kept here, outside the system under test.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import pytest

from tests.ports import free_port

PATIENCE = 90.0


@dataclass
class Demo:
    """A demo in a home of its own, and the numbers that it acknowledged to us."""

    home: Path
    port: int
    journal: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("TREERING_")},
            "TREERING_HOME": str(self.home),
            "TREERING_PORT": str(self.port),
        }
        with (self.home.parent / "demo.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "treering.main", "demo"],
                env=environment,
                stdout=log,
                stderr=log,
            )
        before = self.text().count("serving on")
        self.until(lambda: self.text().count("serving on") > before, self._still_runs)

    def _still_runs(self) -> None:
        assert self.process
        assert self.process.poll() is None, self.text()

    def text(self) -> str:
        return (self.home.parent / "demo.log").read_text()

    @property
    def facts(self) -> dict:
        return json.loads((self.home / "demo.json").read_text())

    def redeem(self, count: int) -> None:
        """Redeem one by one; only what was answered goes into the journal."""
        headers = {"authorization": f"Bearer {self.facts['programme_api_key']}"}
        for _ in range(count):
            key = f"survival-{len(self.journal)}"
            body = {"lot": "ANT_FOREST-277", "holder": key, "name": "王伟"}
            answer = httpx.post(
                f"http://127.0.0.1:{self.port}/v1/redemptions",
                json=body,
                headers={**headers, "idempotency-key": key},
                timeout=20,
            )
            self.journal[key] = answer.raise_for_status().json()["numbers"][0]

    def state(self, number: str) -> str:
        url = f"http://127.0.0.1:{self.port}/v1/certificates/{number}/verification"
        try:
            answer = httpx.get(url, timeout=20)
        except httpx.TransportError:
            return "not served"
        return answer.json()["state"] if answer.is_success else f"status {answer.status_code}"

    def until(
        self, happened: Callable[[], bool], check: Callable[[], None] = lambda: None
    ) -> None:
        deadline = time.monotonic() + PATIENCE
        while not happened():
            check()
            assert time.monotonic() < deadline, self.text()[-3000:]
            time.sleep(0.2)

    def all_final(self) -> bool:
        return all(self.state(number) == "FINAL" for number in self.journal.values())

    def postmaster(self) -> int:
        folder = self.home / "postgres"
        if (self.home / "postgres.folder").exists():
            folder = Path((self.home / "postgres.folder").read_text())
        return int((folder / "postmaster.pid").read_text().split()[0])

    def kill_everything(self) -> None:
        assert self.process
        pids = [self.process.pid, *self.facts["pids"].values(), self.postmaster()]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.until(lambda: not any(_runs(pid) for pid in pids))

    def audit(self) -> dict:
        """The auditor's own report; he agrees, or the test fails."""
        report = self.home / "audit.json"
        command = [sys.executable, "-m", "treering.main", "audit", "--report", str(report)]
        where = ["--rpc", self.facts["rpc_url"], "--contract", self.facts["contract"]]
        done = subprocess.run([*command, *where], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(report.read_text())

    def counts(self) -> dict[str, int]:
        url = f"http://127.0.0.1:{self.port}/v1/counts"
        rows = httpx.get(url, timeout=20).json()["counts"]
        return next(row for row in rows if row["unit"] == "TREE")


def _runs(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    running = Demo(tmp_path / "home", free_port())
    running.home.mkdir()
    running.start()
    yield running
    assert running.process
    running.process.terminate()
    running.process.wait(30)
    if (running.home / "postgres.folder").exists():
        shutil.rmtree((running.home / "postgres.folder").read_text(), ignore_errors=True)


def agree(demo: Demo) -> None:
    """Every acknowledged redemption is minted exactly once, and the auditor agrees."""
    demo.until(demo.all_final)
    counts = demo.counts()
    assert counts["asked"] == counts["final"]
    minted = sum(line["minted"] for line in demo.audit()["lots"] if line["unit"] == "TREE")
    assert minted == counts["asked"]
    assert len(set(demo.journal.values())) == len(demo.journal)


@pytest.mark.timeout(400)
def test_killed_in_the_middle_of_minting_nothing_is_lost_or_doubled(demo: Demo):
    # Everything at once, with redemptions acknowledged and batches on their way.
    demo.redeem(15)
    demo.kill_everything()
    demo.start()
    demo.redeem(5)
    agree(demo)

    # One part after the other, each started again by the demo itself.
    for name in ("web", "worker", "node", "database"):
        demo.redeem(5)
        before = demo.text().count("started again")
        pid = demo.postmaster() if name == "database" else demo.facts["pids"][name]
        os.kill(pid, signal.SIGKILL)
        demo.until(lambda before=before: demo.text().count("started again") > before)
        demo.until(lambda: demo.state(demo.journal["survival-0"]) == "FINAL")
    agree(demo)


@pytest.mark.timeout(400)
def test_f13_what_an_embedded_node_lost_is_named_and_minted_again_once(demo: Demo):
    older = (demo.home / "chain.json").read_bytes()
    demo.redeem(5)
    demo.until(demo.all_final)
    demo.kill_everything()
    (demo.home / "chain.json").write_bytes(older)
    demo.start()
    agree(demo)
    log = (demo.home / "logs/worker.log").read_text()
    assert "the chain lost a final batch" in log
    assert "serials" in log
