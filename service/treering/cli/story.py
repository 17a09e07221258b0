"""The demo's story: redeem, mint, certify, exchange, verify, reconcile, recount; as outsiders
do it, over HTTP and from the chain."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TextIO

import httpx

from treering.chain.ledger import Ledger
from treering.cli import audit, reconcile
from treering.cli.stage import Stage
from treering.domain.reconciliation import Run
from treering.domain.verification import State
from treering.errors import CannotStart, ChainUnavailable, NodeRefused
from treering.flow.auditing.audit import Watch
from treering.intake.counts import Counts
from treering.store import example

_PATIENCE_SECONDS = 90.0


@dataclass
class Story:
    """Told once; told again on the same stage, it finds everything as it was."""

    stage: Stage
    out: TextIO
    client: httpx.Client
    numbers: list[str] = field(default_factory=list, init=False)
    lots: list[str] = field(default_factory=list, init=False)
    exchange: dict[str, Any] = field(default_factory=dict, init=False)

    def tell(self) -> int:
        """0 if the recount agrees, its report verifies, and the sides have no differences."""
        self._wait("the service answers", self._is_up)
        numbers = self.numbers = self._redeem()
        self.lots = [lot["lot"] for lot in self.client.get("/v1/lots").json()["lots"]]
        self._wait("the records are final", lambda: all(map(self._is_final, numbers)))
        self._exchange(numbers[:3])
        self._show(numbers)
        self.write()
        return max(self._reconcile(), self._audit())

    def _reconcile(self) -> int:
        """0 if chain, registry and database agree now."""
        parts = self.stage.parts(follow=True)
        ledger = parts.ledger
        tip = ledger.node.block("latest").number
        self._wait("all that is claimed is final", lambda: _is_final_to(ledger, tip))
        print("\nchain, registry and database, held together:\n", file=self.out, flush=True)
        desk = parts.registrar

        def run(counts: Counts | None, watch: Watch) -> Run:
            parts.sync_mirror()
            return parts.reconciler(timedelta(0)).run(counts, watch)

        return reconcile.main([], run, desk.open_now, desk.export_open, self.out)

    def _audit(self) -> int:
        """The auditor's status, who makes his own report again before he trusts it."""
        print("\nthe auditor recounts, from the chain alone:\n", file=self.out, flush=True)
        stage = self.stage
        node, report = ["--rpc", stage.chain.url], stage.home / "audit.json"
        words = [*node, "--contract", stage.contract, "--transactions", "--report", str(report)]
        status = audit.main(words, self.out)
        if status != 2:
            print(f"\nhis signed report, {report}:\n", file=self.out, flush=True)
            status = max(status, audit.main(["verify-report", str(report), *node], self.out))
        forest = f"{stage.base_url}/lots/ANT_FOREST-277"
        print(f"\nforest no. 277, which began it all: {forest}", file=self.out, flush=True)
        return status

    def write(self) -> None:
        """`demo.json`, for whoever wants to go on from here."""
        stage = self.stage
        demo = {
            "base_url": stage.base_url,
            "rpc_url": stage.chain.url,
            "chain_id": int(stage.chain.node.call("eth_chainId"), 16),
            "contract": stage.contract,
            "database_url": stage.database_url,
            "programme_api_key": self._api_key("ANT_FOREST"),
            "certificates": self.numbers,
            "lots": self.lots,
            "exchange": self.exchange.get("id"),
            "fulfilment_page": self.exchange.get("page"),
            "registry_url": stage.registry[0],
            "pids": {
                "node": stage.chain.process.pid,
                **{name: child.pid for name, child in stage.children.items()},
            },
        }
        path = stage.home / "demo.json"
        path.touch(mode=0o600)  # it holds an API key
        path.write_text(json.dumps(demo, indent=2) + "\n", "utf-8")

    def _redeem(self) -> list[str]:
        numbers: list[str] = []
        for row in example.redemptions():
            headers = self._headers(row["programme"], row["key"])
            made = self._posted("/v1/redemptions", headers, json=row["wish"]).json()
            numbers += made["numbers"]
            print(f"  redeemed {made['count']} of {made['lot']}", file=self.out)
        headers = self._headers("ANT_FOREST", "demo-campaign")
        headers["content-type"] = "application/x-ndjson"
        lines = self._posted("/v1/redemptions:bulk", headers, content=example.campaign())
        answers = [json.loads(line) for line in lines.text.splitlines()]
        print(f"  redeemed a campaign of {len(answers)} lines at once", file=self.out)
        return numbers + [number for answer in answers for number in answer["numbers"]]

    def _posted(self, path: str, headers: dict[str, str], **body: Any) -> httpx.Response:
        answer = self.client.post(path, headers=headers, **body)
        if answer.is_error:
            raise CannotStart(f"the example could not be redeemed: {answer.text}")
        return answer

    def _headers(self, programme: str, key: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self._api_key(programme)}", "idempotency-key": key}

    def _exchange(self, numbers: list[str]) -> None:
        asked = {"certificates": numbers, "adcode": "150000", "eligible": True, "consented": True}
        headers = self._headers("ANT_FOREST", "demo-exchange")
        mirrored = self.stage.parts(follow=True).mirror_status
        self._wait("the registry's log is mirrored", lambda: mirrored() is not None)
        applied = self._posted("/v1/exchanges", headers, json=asked).json()
        print("  applied for a fulfilment certificate, for three of one holder", file=self.out)
        self._wait("registry and chain have it", lambda: self._is_exchanged(applied["id"]))
        self._wait("the mirror has it", lambda: self._is_final(numbers[0]))

    def _is_exchanged(self, exchange: str) -> bool:
        """Or was: one that was taken back since is under way no more, either."""
        headers = self._headers("ANT_FOREST", "")
        self.exchange = self.client.get(f"/v1/exchanges/{exchange}", headers=headers).json()
        return self.exchange["state"] not in ("applied", "issued")

    def _show(self, numbers: list[str]) -> None:
        base, first = self.stage.base_url, numbers[0]
        for label, address in {
            "a certificate": f"{base}/c/{first}",
            "exchanged for": f"{self.exchange['page']} ({self.exchange['number']})",
            "its QR": f"{base}/v1/certificates/{first}.png",
            "its credential": f"{base}/v1/certificates/{first}",
            "its lot": f"{base}/lots/ANT_FOREST-277",
            "the counts": f"{base}/audit",
            "the registry": f"{self.stage.registry[0]}/ (a synthetic twin, not the real one)",
        }.items():
            print(f"  {label:<16}{address}", file=self.out)

    def _is_up(self) -> bool:
        for child in self.stage.children.values():
            child.check()
        try:
            return self.client.get("/readyz").is_success
        except httpx.TransportError:
            return False

    def _is_final(self, number: str) -> bool:
        """Whether it waits for nothing more; one that was revoked since does not, either."""
        return self._state(number) not in (State.PENDING, State.CANNOT_CHECK_NOW)

    def _state(self, number: str) -> State:
        report: dict[str, Any] = self.client.get(f"/v1/certificates/{number}/verification").json()
        return State(report["state"])

    def _wait(self, what: str, happened: Callable[[], bool]) -> None:
        print(f"  waiting until {what} …", file=self.out, flush=True)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not happened():
            if time.monotonic() > deadline:
                raise CannotStart(f"{what}: not within {_PATIENCE_SECONDS:.0f} s")
            self.stage.watch()
            time.sleep(0.3)

    def _api_key(self, programme: str) -> str:
        return self.stage.parts().example.api_key(programme)


def _is_final_to(ledger: Ledger, block: int) -> bool:
    try:
        return ledger.final_block().number >= block
    except (ChainUnavailable, NodeRefused):  # it is started again
        return False
