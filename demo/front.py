"""What stands before the services: hands requests on and keeps what a load balancer would log."""

import http.client
import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CLIENTS = {"e2e-tests": "203.0.113.20", "uptime-check": "203.0.113.9", "Python-urllib": "203.0.113.5"}
STRANGER = "203.0.113.77"
HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive", "host"}


class Front:
    """One service behind one port. `requests` holds (start, end, httpRequest) of all that came by."""

    def __init__(self, public_url: str, backend_port: int) -> None:
        self.public_url, self.backend_port = public_url, backend_port
        self.requests: list[tuple[float, float, dict]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(front) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - self is the handler's inside
        class Handler(BaseHTTPRequestHandler):
            def _pass_on(self) -> None:
                start = time.time()
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                kept = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
                backend = http.client.HTTPConnection("127.0.0.1", front.backend_port, timeout=10)
                backend.request(self.command, self.path, body=body or None, headers=kept)
                answer = backend.getresponse()
                data = answer.read()
                backend.close()
                agent = self.headers.get("User-Agent", "")
                front.requests.append(
                    (
                        start,
                        time.time(),
                        {
                            "requestMethod": self.command,
                            "requestUrl": front.public_url + self.path,
                            "requestSize": str(len(body) + sum(len(k) + len(v) + 4 for k, v in self.headers.items())),
                            "status": answer.status,
                            "responseSize": str(len(data)),
                            "userAgent": agent,
                            "remoteIp": CLIENTS.get(agent.split("/")[0], STRANGER),
                            "serverIp": "198.51.100.4",
                            "protocol": "HTTP/1.1",
                        },
                    )
                )
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.getheader("Content-Type", ""))
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_DELETE = _pass_on  # noqa: N815 - the names the server looks for

            def log_message(self, *_: object) -> None:
                pass

        return Handler


class PassersBy(threading.Thread):
    """The uptime check, a scanner, somebody who tries passwords: not part of the tests, but part of every log."""

    VISITS = (
        ("GET", "/.env", None, "Mozilla/5.0 zgrab/0.x"),
        ("GET", "/wp-login.php", None, "Mozilla/5.0 zgrab/0.x"),
        ("POST", "/sign-in", b'{"mail": "admin@example.com", "password": "hunter2"}', "curl/8.5.0"),
        ("GET", "/vendor/phpunit/eval-stdin.php", None, "Mozilla/5.0 zgrab/0.x"),
        ("POST", "/sign-in", b'{"mail": "root@example.com", "password": "hunter2"}', "curl/8.5.0"),
    )

    def __init__(self, office: str, mailer: str, seed: int) -> None:
        super().__init__(daemon=True)
        self._office, self._mailer, self._random = office, mailer, random.Random(seed)
        self._gone = threading.Event()

    def run(self) -> None:
        beat = 0
        while not self._gone.wait(0.15 + 0.1 * self._random.random()):
            self._visit(self._office, "GET", "/health", None, "uptime-check/2.1")
            if beat % 2 == 0:
                self._visit(self._mailer, "GET", "/health", None, "uptime-check/2.1")
            if beat % 5 == 3 and beat // 5 < len(self.VISITS):
                self._visit(self._office, *self.VISITS[beat // 5])
            beat += 1

    def leave(self) -> None:
        self._gone.set()
        self.join()

    @staticmethod
    def _visit(base: str, method: str, path: str, body: bytes | None, agent: str) -> None:
        connection = http.client.HTTPConnection(base.removeprefix("http://"), timeout=10)
        connection.request(method, path, body=body, headers={"User-Agent": agent})
        connection.getresponse().read()
        connection.close()
