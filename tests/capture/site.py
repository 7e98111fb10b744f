"""A site of one test: what it answers, and what it does when it is asked."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[str, str], str | None]
"""From path and cookies to HTML, or None where there is no page."""


@contextmanager
def running_site(answer: Answer, *, missing_status: int = 404) -> Iterator[str]:
    """Serve on loopback; gives the address without a final slash.

    Args:
        missing_status: what None is answered with.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            html = answer(self.path, self.headers.get("Cookie", ""))
            body = (html or "").encode()
            self.send_response(missing_status if html is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # the browser may be dead by now
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
