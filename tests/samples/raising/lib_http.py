"""HTTP and WebSocket clients: requests, httpx, aiohttp, websockets."""

from types import SimpleNamespace

import aiohttp  # noqa: F401 - the families are skipped without it
import httpx  # noqa: F401
import requests  # noqa: F401
import websockets  # noqa: F401

GET = "import requests\nrequests.get('http://127.0.0.1:%d/rows' % "
REQUESTS = SimpleNamespace(FAMILY="requests", DISTRIBUTION="requests")
REQUESTS.CASES = {
    "causes.requests.refused": [GET + "refused())"],
    "causes.requests.unresolved": ["import requests\nrequests.get('http://nowhere.invalid/rows')"],
    "causes.requests.read-timeout": [GET + "silent(), timeout=0.2)"],
    "causes.requests.connect-timeout": [
        "import requests\nrequests.get('http://127.0.0.1:%d/rows' % full(), timeout=0.5)"
    ],
    "causes.requests.certificate": [
        "import requests\nc, k = certificate()\nrequests.get('https://localhost:%d/rows' % tls(c, k))"
    ],
    "causes.requests.tls": ["import requests\nrequests.get('https://127.0.0.1:%d/rows' % web('400 Bad Request'))"],
    "causes.requests.proxy": [
        "import requests\nrequests.get('http://shop.invalid/rows', proxies={'http': 'http://127.0.0.1:%d' % refused()})"
    ],
    "causes.requests.aborted": [GET + "answering(b''))", GET + "answering(b'', reset=True))"],
    "causes.requests.redirects": [GET + "web('302 Found', b'', 'Location: /rows'))"],
    "causes.requests.no-scheme": [
        "import requests\nrequests.get('shop.invalid/rows')",
        "import requests\nrequests.get('')",
    ],
    "causes.requests.no-adapter": [
        "import requests\nrequests.get('shop://rows')",
        "import requests\nrequests.get('localhost:8080/rows')",
    ],
    "causes.requests.no-host": ["import requests\nrequests.get('http:///rows')"],
    "causes.requests.client-error": [
        GET + "web('404 Not Found')).raise_for_status()",
        GET + "web('401 Unauthorized')).raise_for_status()",
    ],
    "causes.requests.server-error": [GET + "web('503 Service Unavailable')).raise_for_status()"],
    "causes.requests.broken": [
        GET + "web(body=b'abc', length=10))",
        GET + "answering(b'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n5\\r\\nab'))",
    ],
    "causes.requests.too-many-responses": [
        "import requests\nfrom requests.adapters import HTTPAdapter, Retry\ns = requests.Session(); s.mount('http://', HTTPAdapter(max_retries=Retry(1, status_forcelist=[503])))\ns.get('http://127.0.0.1:%d/rows' % web('503 Service Unavailable'))"
    ],
    "causes.requests.header": [GET + "web(), headers={'x': 'a\\nb'})", GET + "web(), headers={'x': 3})"],
    "causes.json.empty": [GET + "web(body=b'<html>')).json()", GET + "web(body=b'')).json()"],
    "causes.requests.certificate-bundle": [GET.replace("http:", "https:") + "refused(), verify='/nowhere.pem')"],
}
SYNC = "import httpx\nhttpx.get('http://127.0.0.1:%d/rows' % "
LATER = "import httpx\nasync def main():\n    async with httpx.AsyncClient(timeout=0.5) as c: r = await c.get('http://127.0.0.1:%d/rows' % "
HTTPX = SimpleNamespace(FAMILY="httpx", DISTRIBUTION="httpx")
HTTPX.CASES = {
    "causes.network.refused": [SYNC + "refused())"],
    "causes.httpx.all-attempts": [LATER + "refused())\nloop(main)"],
    "causes.network.unresolved": ["import httpx\nhttpx.get('http://nowhere.invalid/rows')"],
    "causes.network.timed-out": [SYNC + "silent(), timeout=0.2)"],
    "causes.httpx.client-error": [SYNC + "web('404 Not Found')).raise_for_status()"],
    "causes.httpx.server-error": [SYNC + "web('503 Service Unavailable')).raise_for_status()"],
    "causes.httpx.redirect": [SYNC + "web('302 Found', b'', 'Location: /x')).raise_for_status()"],
    "causes.httpx.protocol": [
        "import httpx\nhttpx.get('shop.invalid/rows')",
        "import httpx\nhttpx.get('/rows')",
        "import httpx\nhttpx.get('shop://rows')",
    ],
    "causes.httpx.disconnected": [SYNC + "answering(b''))", LATER + "answering(b''))\nloop(main)"],
    "causes.httpx.client-closed": ["import httpx\nc = httpx.Client(); c.close(); c.get('http://x')"],
    "causes.httpx.incomplete-body": [
        SYNC + "web(body=b'abc', length=10))",
        SYNC + "answering(b'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n5\\r\\nab'))",
    ],
    "causes.httpx.invalid-url": ["import httpx\nhttpx.get('http://x:y/rows')"],
    "causes.httpx.redirects": [SYNC + "web('302 Found', b'', 'Location: /rows'), follow_redirects=True)"],
    "causes.httpx.not-read": [
        "import httpx\nwith httpx.stream('GET', 'http://127.0.0.1:%d/' % web(body=b'abc')) as r: r.content"
    ],
    "causes.httpx.consumed": [
        "import httpx\nwith httpx.stream('GET', 'http://127.0.0.1:%d/' % web(body=b'abc')) as r:\n    list(r.iter_raw()); list(r.iter_raw())"
    ],
    "causes.httpx.request-not-set": ["import httpx\nhttpx.Response(404).raise_for_status()"],
    "causes.httpx.header": ["import httpx\nhttpx.get('http://127.0.0.1:%d/' % web(), headers={'x': 'a\\nb'})"],
    "causes.httpx.value-type": ["import httpx\nhttpx.Client(base_url=3)"],
    "causes.ssl.self-signed": ["import httpx\nc, k = certificate()\nhttpx.get('https://localhost:%d/' % tls(c, k))"],
}
HEAD = "import aiohttp\nasync def main():\n    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(1)) as s:\n        r = await s.get("
AIOHTTP = SimpleNamespace(FAMILY="aiohttp", DISTRIBUTION="aiohttp")
AIOHTTP.CASES = {
    "causes.aiohttp.cannot-connect": [
        HEAD + "'http://127.0.0.1:%d/rows' % refused())\nloop(main)",
        HEAD + "'http://nowhere.invalid/rows')\nloop(main)",
    ],
    "causes.aiohttp.certificate": [
        HEAD + "'https://localhost:%d/rows' % p)\nc, k = certificate(); p = tls(c, k)\nloop(main)"
    ],
    "causes.aiohttp.disconnected": [HEAD + "'http://127.0.0.1:%d/rows' % answering(b''))\nloop(main)"],
    "causes.aiohttp.status": [
        HEAD + "'http://127.0.0.1:%d/rows' % web('404 Not Found'))\n        r.raise_for_status()\nloop(main)",
        HEAD + "'http://127.0.0.1:%d/rows' % web('503 Service Unavailable'))\n        r.raise_for_status()\nloop(main)",
    ],
    "causes.aiohttp.mimetype": [
        HEAD
        + "'http://127.0.0.1:%d/rows' % web('200 OK', b'<html>', 'Content-Type: text/html'))\n        await r.json()\nloop(main)"
    ],
    "causes.aiohttp.session-closed": [
        "import aiohttp\nasync def main():\n    s = aiohttp.ClientSession(); await s.close(); await s.get('http://x')\nloop(main)"
    ],
    "causes.aiohttp.payload": [
        HEAD + "'http://127.0.0.1:%d/rows' % web(body=b'abc', length=10))\n        await r.read()\nloop(main)"
    ],
    "causes.aiohttp.read-timeout": [
        "import aiohttp\nasync def main():\n    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(sock_read=0.2)) as s: await s.get('http://127.0.0.1:%d/rows' % silent())\nloop(main)"
    ],
    "causes.aiohttp.connect-timeout": [
        "import aiohttp\nasync def main():\n    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(sock_connect=0.3)) as s: await s.get('http://127.0.0.1:%d/rows' % full())\nloop(main)"
    ],
    "causes.aiohttp.unclosed": [
        "import aiohttp, gc, warnings\nasync def main():\n    s = aiohttp.ClientSession(); del s; gc.collect()\nlogged(lambda: loop(main))"
    ],
    "causes.aiohttp.websocket-status": [
        HEAD.replace("s.get(", "s.ws_connect(") + "'http://127.0.0.1:%d/rows' % web('403 Forbidden'))\nloop(main)"
    ],
}
SERVE = "import asyncio, websockets\nasync def main():\n    async def serve(w): await act(w)\n    async with websockets.serve(serve, '127.0.0.1', 0) as s:\n        p = s.sockets[0].getsockname()[1]\n        async with websockets.connect('ws://127.0.0.1:%d' % p) as c:\n            await asyncio.sleep(0.1); await c.recv(); await c.send('x')\n"
WEBSOCKETS = SimpleNamespace(FAMILY="websockets", DISTRIBUTION="websockets")
WEBSOCKETS.CASES = {
    "causes.websockets.closed": [
        SERVE + "async def act(w): await w.close(1011, 'x')\nloop(main)",
        SERVE + "async def act(w): await w.close(1008)\nloop(main)",
        SERVE + "async def act(w): await w.close()\nloop(main)",
    ],
    "causes.websockets.no-close-frame": [SERVE + "async def act(w): w.transport.abort()\nloop(main)"],
    "causes.websockets.status": [
        "import websockets\nasync def main(): await websockets.connect('ws://127.0.0.1:%d' % web('403 Forbidden'))\nloop(main)"
    ],
    "causes.websockets.no-answer": [
        "import websockets\nasync def main(): await websockets.connect('ws://127.0.0.1:%d' % answering(b''))\nloop(main)"
    ],
    "causes.websockets.opening-timeout": [
        "import websockets\nasync def main(): await websockets.connect('ws://127.0.0.1:%d' % silent(), open_timeout=0.2)\nloop(main)"
    ],
    "causes.websockets.uri": ["import websockets\nasync def main(): await websockets.connect('http://x')\nloop(main)"],
}
FAMILIES = [REQUESTS, HTTPX, AIOHTTP, WEBSOCKETS]
