"""A site that answers with bytes as they are written, however wrong they are."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Answer = Iterator[bytes]
_MIB = 1 << 20


@contextmanager
def answering(routes: dict[str, Callable[[], Answer]]) -> Iterator[str]:
    """Serve on loopback; gives the address without a final slash.

    Args:
        routes: by path without query, the pieces of an answer from the status line on. The
            connection closes behind them. "/" is a page; anything else is not found.
    """
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    thread = threading.Thread(target=_accept, args=(listening, routes), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def page(body: str) -> Answer:
    """A whole HTML page."""
    html = f"<!doctype html><meta charset=utf-8><title>t</title><p>正文</p>{body}".encode()
    yield head("200 OK", f"Content-Type: text/html\r\nContent-Length: {len(html)}".encode()) + html


def head(status: str, *lines: bytes) -> bytes:
    """Status line and headers."""
    return b"\r\n".join((f"HTTP/1.1 {status}".encode(), *lines, b"Connection: close", b"", b""))


def chunked(pieces: Iterator[bytes]) -> Answer:
    """Pieces as they are sent without a length, with the end behind them."""
    for piece in pieces:
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def _accept(listening: socket.socket, routes: dict[str, Callable[[], Answer]]) -> None:
    while True:
        try:
            client, _ = listening.accept()
        except OSError:  # closed
            return
        threading.Thread(target=_serve, args=(client, routes), daemon=True).start()


def _serve(client: socket.socket, routes: dict[str, Callable[[], Answer]]) -> None:
    # the client may go away at any time
    with client, contextlib.suppress(OSError), client.makefile("rb") as reading:
        asked = reading.readline(_MIB).split(b" ")
        while reading.readline(_MIB).strip():
            pass
        path = asked[1].decode().partition("?")[0] if len(asked) > 1 else ""
        route = routes.get(path)
        for piece in route() if route else iter([head("404 Not Found", b"Content-Length: 0")]):
            client.sendall(piece)
