"""An HTTP server on loopback that answers as oddly as a test wishes, byte by byte."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

# The request's JSON → what is written to the connection before it closes, piece by piece.
Oddity = Callable[[dict[str, Any]], Iterator[bytes]]


@contextmanager
def odd_node(oddity: Oddity) -> Iterator[str]:
    """The URL of a server that writes what `oddity` gives to each request, and hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_serve, args=(listening, oddity), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.close()


def saying(body: bytes | str, status: str = "200 OK", *headers: str) -> Oddity:
    """An HTTP answer of this body, whatever was asked."""

    def say(_: dict[str, Any]) -> Iterator[bytes]:
        payload = body.encode() if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status}", f"content-length: {len(payload)}"]
        lines += ["connection: close", *headers, "", ""]
        yield "\r\n".join(lines).encode() + payload

    return say


def answering(**members: Any) -> Oddity:
    """A JSON-RPC answer to the very request, with these members."""

    def say(asked: dict[str, Any]) -> Iterator[bytes]:
        body = {"jsonrpc": "2.0", "id": asked["id"], **members}
        yield from saying(json.dumps(body))(asked)

    return say


def _serve(listening: socket.socket, oddity: Oddity) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return  # closed: the test is over
        threading.Thread(target=_answer, args=(connection, oddity), daemon=True).start()


def _answer(connection: socket.socket, oddity: Oddity) -> None:
    with connection, connection.makefile("rb") as reading:
        try:
            length = 0
            while (line := reading.readline().strip()) != b"":
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            for piece in oddity(json.loads(reading.read(length) or b"{}")):
                connection.sendall(piece)
        except OSError:
            return  # whoever asked has gone
