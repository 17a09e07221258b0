"""A load generator: so many connections, each asking again as soon as it is answered.

Run as a process of its own, so that it takes no time of the server's. It reads a plan from
standard input as JSON and writes what it saw to standard output: {"seconds", "statuses",
"latencies" in seconds, in the order of the answers}.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import uvloop


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`bodies` are sent in turn, each once; {key} in a header is the request's number. With
    GET they are the paths that are asked for."""

    host: str
    port: int
    path: str
    headers: dict[str, str]
    bodies: list[str]
    connections: int
    method: str = "POST"


@dataclass
class Seen:
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)


class Connection(asyncio.Protocol):
    """One connection, with one request on its way at any time."""

    def __init__(self, requests: Iterator[bytes], seen: Seen, ended: asyncio.Future[None]) -> None:
        self._requests = requests
        self._seen = seen
        self._ended = ended
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if not found or len(rest) < int(length):
            return
        self._seen.latencies.append(time.perf_counter() - self._asked)
        self._seen.statuses[int(head[9:12])] += 1
        self._buffer = b""
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._ended.done():
            self._ended.set_exception(exc or ConnectionError("the server hung up"))

    def _ask(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._ended.set_result(None)
            self._transport.close()
            return
        self._asked = time.perf_counter()
        self._transport.write(request)


def requests(plan: Plan) -> Iterator[bytes]:
    if plan.method == "GET":
        yield from (
            f"GET {path} HTTP/1.1\r\nHost: {plan.host}\r\n\r\n".encode() for path in plan.bodies
        )
        return
    head = f"POST {plan.path} HTTP/1.1\r\nHost: {plan.host}\r\nContent-Type: application/json\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in plan.headers.items())
    for number, text in enumerate(plan.bodies):
        body = text.encode()
        keyed = head.replace("{key}", str(number))
        yield f"{keyed}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def run(plan: Plan) -> tuple[float, Seen]:
    """How many seconds it took, and what was seen."""
    loop = asyncio.get_running_loop()
    seen, asked = Seen(), iter(list(requests(plan)))
    ends = [loop.create_future() for _ in range(plan.connections)]
    started = time.perf_counter()
    for ended in ends:
        await loop.create_connection(
            lambda ended=ended: Connection(asked, seen, ended), plan.host, plan.port
        )
    await asyncio.gather(*ends)
    return time.perf_counter() - started, seen


def main() -> None:
    plan = Plan(**json.load(sys.stdin))
    seconds, seen = uvloop.run(run(plan))
    json.dump({"seconds": seconds, **vars(seen)}, sys.stdout)


if __name__ == "__main__":
    main()
