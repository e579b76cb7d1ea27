"""Starlette and FastAPI, called without a server."""

from types import SimpleNamespace

import fastapi  # noqa: F401 - the families are skipped without it
import starlette  # noqa: F401

HEAD = """
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import *
from starlette.routing import *
from starlette.testclient import TestClient
from starlette.websockets import *
import asyncio
scope = {'type': 'http', 'method': 'GET', 'path': '/', 'headers': [], 'query_string': b''}
async def nothing(): return {'type': 'http.disconnect'}
async def drop(message): pass
async def connected(): return {'type': 'websocket.connect'}
def socket(*messages):
    left = list(messages)
    async def receive(): return left.pop(0)
    return WebSocket({'type': 'websocket', 'headers': [], 'path': '/'}, receive, drop)
"""
STARLETTE = SimpleNamespace(FAMILY="starlette", DISTRIBUTION="starlette")
STARLETTE.CASES = {
    "causes.starlette.websocket-not-connected": [HEAD + "async def main(): await socket().receive_text()\nloop(main)"],
    "causes.starlette.websocket-closed": [
        HEAD
        + "async def main():\n    s = socket({'type': 'websocket.connect'}); await s.accept(); await s.close(); await s.send_text('x')\nloop(main)"
    ],
    "causes.starlette.websocket-disconnected": [
        HEAD
        + "async def main():\n    s = socket({'type': 'websocket.connect'}, {'type': 'websocket.disconnect', 'code': 1006}); await s.accept(); await s.receive(); await s.receive()\nloop(main)"
    ],
    "causes.starlette.websocket-message": [
        HEAD + "async def main():\n    s = socket({'type': 'http.request'}); await s.receive()\nloop(main)",
        HEAD
        + "async def main():\n    s = socket({'type': 'websocket.connect'}); await s.receive(); await s.send({'type': 'websocket.send', 'text': 'x'})\nloop(main)",
        HEAD
        + "async def main():\n    s = socket({'type': 'websocket.connect'}); await s.accept(); await s.send({'type': 'http.response.start'})\nloop(main)",
    ],
    "causes.starlette.stream-consumed": [
        HEAD
        + "async def body(): return {'type': 'http.request', 'body': b'x'}\nasync def main():\n    r = Request(scope, body)\n    async for _ in r.stream(): pass\n    await r.body()\nloop(main)"
    ],
    "causes.starlette.session-middleware": [HEAD + "Request(scope).session", HEAD + "Request(scope).user"],
    "causes.starlette.middleware-late": [
        HEAD + "a = Starlette(); TestClient(a, raise_server_exceptions=False).get('/'); a.add_middleware(object)"
    ],
    "causes.starlette.no-route": [
        HEAD + "a = Starlette(routes=[Route('/x', drop, name='x')]); a.url_path_for('orders')",
        HEAD + "a = Starlette(routes=[Route('/x/{id}', drop, name='x')]); a.url_path_for('x', key=1)",
    ],
    "causes.starlette.config": ["from starlette.config import Config\nConfig()('SHOP_TOKEN')"],
    "causes.starlette.config-value": [
        "from starlette.config import Config\nConfig(environ={'SHOP_PORT': 'x'})('SHOP_PORT', cast=int)"
    ],
    "causes.starlette.directory": ["from starlette.staticfiles import StaticFiles\nStaticFiles(directory='/nowhere')"],
    "causes.starlette.http-exception": [
        "from starlette.exceptions import HTTPException\nraise HTTPException(404)",
        "from starlette.exceptions import HTTPException\nraise HTTPException(403, 'no such shop')",
    ],
    "causes.starlette.no-response": [
        HEAD
        + "from starlette.middleware.base import BaseHTTPMiddleware\nclass M(BaseHTTPMiddleware):\n    async def dispatch(self, request, call_next): return await call_next(request)\nasync def empty(scope, receive, send): pass\nTestClient(M(empty)).get('/')"
    ],
    "causes.starlette.response-started": [
        HEAD
        + "from starlette.exceptions import HTTPException\nasync def late(scope, receive, send):\n    await Response('x')(scope, receive, send); raise HTTPException(404)\nTestClient(Starlette(routes=[Mount('/', late)])).get('/')"
    ],
    "causes.python.not-callable": [
        HEAD + "async def none(request): return None\nTestClient(Starlette(routes=[Route('/', none)])).get('/')"
    ],
    "causes.json.unserializable": [HEAD + "JSONResponse({'a': {1}})"],
    "causes.python.attribute": [HEAD + "Request(scope).state.orders"],
}
API = "from fastapi import *\nfrom fastapi.testclient import TestClient\nfrom pydantic import BaseModel\nclass Order(BaseModel):\n    total: int\na = FastAPI()\n"
FASTAPI = SimpleNamespace(FAMILY="fastapi", DISTRIBUTION="fastapi")
FASTAPI.CASES = {
    "causes.fastapi.response": [
        API + "@a.get('/', response_model=Order)\ndef get(): return {}\nTestClient(a).get('/')",
        API + "@a.get('/', response_model=Order)\ndef get(): return {'total': 'x'}\nTestClient(a).get('/')",
    ],
    "causes.fastapi.request": [
        API
        + "from fastapi.exceptions import RequestValidationError\ntry: pass\nfinally: pass\n@a.exception_handler(RequestValidationError)\ndef h(request, error): raise error\n@a.post('/')\ndef post(order: Order): return 1\nTestClient(a).post('/', json={})"
    ],
    "causes.fastapi.field": [API + "class T: pass\n@a.get('/')\ndef get(t: T): return 1"],
    "causes.fastapi.multipart": [
        "import sys\nfor m in ('python_multipart', 'multipart'): sys.modules[m] = None\ntry:\n    "
        + API.replace("\n", "\n    ").rstrip()
        + "\n    @a.post('/')\n    def post(f: str = Form()): return 1\nfinally:\n    for m in ('python_multipart', 'multipart'): sys.modules.pop(m, None)"
    ],
    "causes.fastapi.unserializable": [
        API
        + "@a.get('/')\ndef get(): return object.__new__(type('Cart', (), {'__slots__': ()}))\nTestClient(a).get('/')"
    ],
    "causes.fastapi.prefix": [
        API + "r = APIRouter()\n@r.get('')\ndef get(): return 1\na.include_router(r)",
        API + "a.include_router(APIRouter(), prefix='x')",
    ],
}
FAMILIES = [STARLETTE, FASTAPI]
