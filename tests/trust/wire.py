"""A server on the loopback address that does, connection by connection, what a script says."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Step:
    """What is done with one connection, once its request was read."""

    send: bytes | Callable[[bytes], bytes] = b""
    """As it goes over the wire; a function gets the request's body."""
    then: Literal["close", "reset", "hang", "drip"] = "close"
    """"drip" sends a byte now and again, for ever."""


@dataclass
class Wire:
    """A running server."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    """Each as it came, one a connection."""

    @property
    def url(self) -> str:
        """An address at which it listens."""
        return f"http://127.0.0.1:{self.port}/path?x=1"


def ok(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """An answer with its length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("ascii") + body


@contextmanager
def wire(*script: Step, tls: ssl.SSLContext | None = None) -> Iterator[Wire]:
    """A server for as many connections as there are steps; then it is gone."""
    stopping = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        running = Wire(server.getsockname()[1])

        def serve() -> None:
            for step in script:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with contextlib.suppress(OSError), contextlib.ExitStack() as opened:
                    opened.enter_context(connection)
                    if tls:
                        connection = tls.wrap_socket(connection, server_side=True)
                        opened.enter_context(connection)
                    _converse(connection, step, running.requests, stopping)
            server.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield running
        finally:
            stopping.set()
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            thread.join()


def _converse(
    connection: socket.socket, step: Step, requests: list[bytes], stopping: threading.Event
) -> None:
    with connection.makefile("rb") as lines:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = lines.readline()
            if not line:
                return
            head += line
        length = [
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        ]
        body = lines.read(sum(length))
        requests.append(head + body)
        connection.sendall(step.send(body) if callable(step.send) else step.send)
        match step.then:
            case "reset":
                # RFC 9293: closing without lingering sends RST
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            case "hang":
                stopping.wait()
            case "drip":
                while not stopping.wait(0.02):
                    connection.sendall(b"x")


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port
