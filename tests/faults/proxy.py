"""A JSON-RPC proxy on loopback that misbehaves on command, between the engine and a true node.

A rule says which requests it is for (method, from the n-th on, how often, how probably) and
what then goes wrong (`MODES`). All rules that hit a request apply, the newest outermost. In
a JSON array each request is judged alone; what befalls the connection befalls all of them.
"""

import http.client
import json
import re
import socket
import struct
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any, Self
from urllib.parse import urlsplit

from tests.faults.misbehaviour import (
    HTML,
    MODES,
    Ask,
    Body,
    HttpStatus,
    Message,
    Reset,
    Silence,
    Trouble,
)


@dataclass(eq=False)
class Rule:
    """`method` is a regular expression for the whole name; `times` None is for ever."""

    method: str
    mode: str
    value: Any = None
    nth: int = 1
    times: int | None = None
    probability: float = 1.0
    met: int = 0
    hit: int = 0

    def hits(self, method: str, dice: Random) -> bool:
        if not re.fullmatch(self.method, method):
            return False
        self.met += 1
        if self.met < self.nth or (self.times is not None and self.hit >= self.times):
            return False
        if self.probability < 1 and dice.random() >= self.probability:
            return False
        self.hit += 1
        return True


@dataclass
class Proxy:
    """A context: inside it `url` answers. `seed` repeats every throw of the dice."""

    truth: str
    seed: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    sent: list[bytes] = field(default_factory=list)  # signed transactions, as they came
    shuffled: bool = False  # answers of an array come in another order, as JSON-RPC allows

    def __post_init__(self) -> None:
        self._rules: list[Rule] = []
        self._dice = Random(self.seed)
        self._lock = threading.Lock()
        self._local = threading.local()
        self.closing = threading.Event()

    def rule(self, method: str, mode: str, value: Any = None, **conditions: Any) -> Rule:
        """Misbehave so from now on; `conditions` are `nth`, `times` and `probability`."""
        assert mode in MODES, mode
        new = Rule(method, mode, value, **conditions)
        with self._lock:
            self._rules.append(new)
        return new

    def behave(self) -> None:
        """No rule any more."""
        with self._lock:
            self._rules.clear()

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"proxy": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def reply(self, request: Message) -> Message:
        """What is said to one request; raises Trouble."""
        ask: Ask = self.forward
        with self._lock:
            self.asked[request["method"]] += 1
            if request["method"] == "eth_sendRawTransaction":
                self.sent.append(bytes.fromhex(request["params"][0].removeprefix("0x")))
            rules = [rule for rule in self._rules if rule.hits(request["method"], self._dice)]
        for rule in rules:
            ask = _bound(rule, self, ask)
        return ask(request)

    def forward(self, request: Message) -> Message:
        """What the true node says to it, over this thread's own connection."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            where = urlsplit(self.truth)
            connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
            self._local.connection = connection
        body = json.dumps(request).encode()
        try:
            connection.request("POST", "/", body, {"content-type": "application/json"})
            answer: Message = json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            connection.close()
            raise HttpStatus(502) from error
        return answer


def _bound(rule: Rule, proxy: Proxy, ask: Ask) -> Ask:
    return lambda request: MODES[rule.mode](rule, proxy, ask, request)


class _Handler(BaseHTTPRequestHandler):
    proxy: Proxy
    protocol_version = "HTTP/1.1"  # one connection for many requests
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        try:
            self._say(json.dumps(self._answer(asked)).encode())
        except Body as trouble:
            self._say(trouble.args[0])
        except HttpStatus as trouble:
            self._status(*trouble.args)
        except (Silence, BrokenPipeError):  # or whoever asked has lost his patience
            self.close_connection = True
        except Reset:
            off = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, off)
            self.connection.close()
            self.close_connection = True

    def _answer(self, asked: Message | list[Message]) -> Any:
        if isinstance(asked, dict):
            return self.proxy.reply(asked)
        answers, troubles = [], []
        for request in asked:  # each is judged, even where one has ended the connection
            try:
                answers.append(self.proxy.reply(request))
            except Trouble as trouble:
                troubles.append(trouble)
        if troubles:
            raise troubles[0]
        return answers[::-1] if self.proxy.shuffled else answers

    def _say(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _status(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(HTML)))
        self.end_headers()
        self.wfile.write(HTML)

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            return  # reset: there is nothing left to flush

    def log_message(self, *_: object) -> None: ...
