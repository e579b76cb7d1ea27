"""Sockets, TLS, and the HTTP and mail clients of the standard library."""

FAMILY = "network"
CASES = {
    "causes.network.refused": ["import socket\nsocket.create_connection(('127.0.0.1', refused()))"],
    "causes.network.connect-call": [
        "import asyncio\nasync def main(): await asyncio.open_connection('127.0.0.1', refused())\nloop(main)"
    ],
    "causes.network.connect-calls": [
        "import asyncio, socket\nasync def main():\n    l = asyncio.get_running_loop(); p = refused(); i = (socket.AF_INET, socket.SOCK_STREAM, 0, '', ('127.0.0.1', p)); j = (socket.AF_INET, socket.SOCK_STREAM, 0, '', ('127.0.0.2', p))\n    real = l._ensure_resolved\n    async def both(a, **k): return [i, j] if a[0] == 'shop' else await real(a, **k)\n    l._ensure_resolved = both\n    await l.create_connection(asyncio.Protocol, 'shop', p)\nloop(main)"
    ],
    "causes.network.reset": [
        "import socket\ns = socket.create_connection(('127.0.0.1', answering(b'', reset=True, wait=False)))\nimport time; time.sleep(0.2); s.recv(1)"
    ],
    "causes.network.connection-lost": [
        "import asyncio\nasync def main():\n    r, w = await asyncio.open_connection('127.0.0.1', silent())\n    w.transport.abort(); await asyncio.sleep(0.01); await w.drain()\nloop(main)"
    ],
    "causes.network.aborted": ["import os\nraise ConnectionAbortedError(103, os.strerror(103))"],
    "causes.network.unresolved": ["import socket\nsocket.getaddrinfo(NOWHERE, 80)"],
    "causes.network.address-in-use": ["import socket\ns = socket.socket(); s.bind(('127.0.0.1', silent()))"],
    "causes.network.bind-in-use": [
        "import asyncio\nasync def main(): await asyncio.start_server(None, '127.0.0.1', silent())\nloop(main)"
    ],
    "causes.network.address-not-available": ["import socket\nsocket.socket().bind(('203.0.113.1', 0))"],
    "causes.network.unreachable": [
        "import os\nraise OSError(101, os.strerror(101))",
        "import os\nraise OSError(113, os.strerror(113))",
    ],
    "causes.network.timed-out": [
        "import socket\ns = socket.create_connection(('127.0.0.1', silent())); s.settimeout(0.1); s.recv(1)"
    ],
    "causes.network.connection-timed-out": [
        "import socket\ns = socket.socket(); s.setsockopt(socket.IPPROTO_TCP, socket.TCP_SYNCNT, 1); s.connect(('127.0.0.1', full()))"
    ],
    "causes.network.operation-timed-out": [
        "import ssl, socket\nssl.create_default_context().wrap_socket(socket.create_connection(('127.0.0.1', silent()), 0.1), server_hostname='shop')",
        "c, k = certificate()\nimport ssl, socket\ns = ssl._create_unverified_context().wrap_socket(socket.create_connection(('127.0.0.1', tls(c, k)), 0.3)); s.recv(1)",
    ],
    "causes.network.not-connected": ["import socket\nsocket.socket().getpeername()"],
    "causes.network.is-connected": [
        "import socket\ns = socket.socket(); p = ('127.0.0.1', silent()); s.connect(p); s.connect(p)"
    ],
    "causes.network.family": ["import socket\nsocket.socket().connect('x')"],
    "causes.network.port-range": ["import socket\nsocket.socket().connect(('127.0.0.1', 99999))"],
    "causes.network.name-label": [{"code": "import socket\nsocket.getaddrinfo('a..b', 80)", "until": (3, 13)}],
    "causes.ssl.self-signed": [
        "import ssl, socket\nc, k = certificate()\nssl.create_default_context().wrap_socket(socket.create_connection(('127.0.0.1', tls(c, k))), server_hostname='localhost')"
    ],
    "causes.ssl.hostname": [
        "import ssl, socket\nc, k = certificate()\nssl.create_default_context(cafile=c).wrap_socket(socket.create_connection(('127.0.0.1', tls(c, k))), server_hostname='shop.example')"
    ],
    "causes.ssl.expired": [
        "import ssl, socket\nc, k = certificate(expired=True)\nssl.create_default_context(cafile=c).wrap_socket(socket.create_connection(('127.0.0.1', tls(c, k))), server_hostname='localhost')"
    ],
    "causes.ssl.wrong-version": [
        "import ssl, socket\nssl.create_default_context().wrap_socket(socket.create_connection(('127.0.0.1', answering(b'HTTP/1.1 400 Bad Request\\r\\n\\r\\n'))), server_hostname='shop')"
    ],
    "causes.ssl.end-of-file": [
        "import ssl, socket\nssl.create_default_context().wrap_socket(socket.create_connection(('127.0.0.1', answering(b''))), server_hostname='shop')"
    ],
    "causes.ssl.alert": [
        "import ssl, socket\nc, k = certificate()\np = tls(c, k, minimum_version=ssl.TLSVersion.TLSv1_3)\nx = ssl._create_unverified_context(); x.maximum_version = ssl.TLSVersion.TLSv1_2\nx.wrap_socket(socket.create_connection(('127.0.0.1', p)))"
    ],
    "causes.ssl.certificate-file": [
        "import ssl\np = folder() / 'c'; p.write_text('-----BEGIN CERTIFICATE-----\\nx\\n-----END CERTIFICATE-----'); ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(str(p))",
        "import ssl\np = folder() / 'c'; p.write_text('x'); ssl.create_default_context(cafile=str(p))",
    ],
    "causes.ssl.key-mismatch": [
        "import ssl\na = certificate()[0]; b = certificate()[1]\nssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(a, b)"
    ],
    "causes.ssl.host-needed": ["import ssl, socket\nssl.create_default_context().wrap_socket(socket.socket())"],
    "causes.http.no-response": [
        "import http.client\nc = http.client.HTTPConnection('127.0.0.1', answering(b'')); c.request('GET', '/'); c.getresponse()"
    ],
    "causes.http.incomplete-read": [
        "import http.client\nc = http.client.HTTPConnection('127.0.0.1', web(body=b'abc', length=10)); c.request('GET', '/'); c.getresponse().read()"
    ],
    "causes.http.status": [
        "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:%d/x' % web('404 Not Found'))",
        "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:%d/x' % web('503 Service Unavailable'))",
    ],
    "causes.http.urlopen-refused": [
        "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:%d/x' % refused())"
    ],
    "causes.http.urlopen-unresolved": ["import urllib.request\nurllib.request.urlopen('http://nowhere.invalid/x')"],
    "causes.http.request-order": [
        "import http.client\nc = http.client.HTTPConnection('a'); c.getresponse()",
        "import http.client\nc = http.client.HTTPConnection('127.0.0.1', web()); c.request('GET', '/'); c.request('GET', '/')",
    ],
    "causes.http.url-characters": ["import urllib.request\nurllib.request.urlopen('http://a/b c')"],
    "causes.http.header": [
        "import http.client\nc = http.client.HTTPConnection('127.0.0.1', web()); c.request('GET', '/', headers={'a': 'b\\nc'})"
    ],
    "causes.mail.closed": ["import smtplib\nsmtplib.SMTP('127.0.0.1', answering(b'', wait=False))"],
    "causes.mail.authentication": [
        "import smtplib\ns = smtplib.SMTP('127.0.0.1', answering(b'220 x\\r\\n', b'250-x\\r\\n250 AUTH PLAIN\\r\\n', b'535 5.7.8 Authentication failed\\r\\n', wait=False, close=False)); s.login('kiosk', 'x')"
    ],
    "causes.mail.auth-unsupported": [
        "import smtplib\ns = smtplib.SMTP('127.0.0.1', answering(b'220 x\\r\\n250 x\\r\\n', wait=False, close=False)); s.login('kiosk', 'x')"
    ],
}
