"""A node that passes every request on to a true one, and may lie about what it answered."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

Answer = dict[str, Any]
# method, params, the true answer → what is said instead
Lie = Callable[[str, list[Any], Answer], Answer]


class Silence(Exception):
    """Raised by a lie: the connection ends without an answer."""


class HttpStatus(Exception):
    """Raised by a lie: an answer of this HTTP status, without a body."""


@contextmanager
def lying_node(truth: str, lie: Lie) -> Iterator[str]:
    """The URL of a node that tells what `lie` makes of the truth."""

    true_node = httpx.Client(headers={"content-type": "application/json"}, timeout=30)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # one connection for many requests
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            asked = json.loads(body)
            answer = true_node.post(truth, content=body).json()
            try:
                told = json.dumps(lie(asked["method"], asked["params"], answer)).encode()
            except Silence:
                self.close_connection = True
                return
            except HttpStatus as status:
                self.send_error(int(str(status)))
                return
            self.send_response(200)
            self.send_header("content-length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        true_node.close()


def with_id(answer: Answer, **changes: Any) -> Answer:
    """The answer with another result, or an error instead of one."""
    return {"jsonrpc": "2.0", "id": answer["id"], **changes}
