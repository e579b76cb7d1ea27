"""redis-py and pymongo against ports that fail, and against a server of three lines that answers with an error."""

from types import SimpleNamespace

import redis  # noqa: F401 - the families are skipped without it
import surroundings


def says(answer: str) -> int:
    """A port that answers every command of redis-py with this error."""
    return surroundings.answering(*[f"-{answer}\r\n".encode()] * 9)


surroundings.NAMES["says"] = says
HEAD = "import redis\nfrom redis.retry import Retry\nfrom redis.backoff import NoBackoff\ndef client(port, **k): return redis.Redis('127.0.0.1', port, retry=Retry(NoBackoff(), 0), protocol=2, driver_info=None, **k)\n"


def _answer(text: str) -> str:
    return (
        HEAD
        + f"c = client(says({text!r})); k = c.connection_pool.make_connection(); k.on_connect = lambda *a, **b: None; k.retry = None\nimport socket\nk._sock = socket.create_connection(('127.0.0.1', k.port)); k._parser.on_connect(k); k.send_command('GET', 'x'); k.read_response()"
    )


REDIS = SimpleNamespace(FAMILY="redis", DISTRIBUTION="redis")
REDIS.CASES = {
    "causes.redis.refused": [
        HEAD + "client(refused()).get('x')",
        HEAD + "redis.Redis('localhost', refused(), retry=Retry(NoBackoff(), 0)).get('x')",
    ],
    "causes.redis.refused-asyncio": [
        "import redis.asyncio as r\nfrom redis.asyncio.retry import Retry\nfrom redis.backoff import NoBackoff\nasync def main(): await r.Redis(host='localhost', port=refused(), retry=Retry(NoBackoff(), 0)).get('x')\nloop(main)"
    ],
    "causes.redis.unresolved": [HEAD + "redis.Redis(NOWHERE, retry=Retry(NoBackoff(), 0)).get('x')"],
    "causes.redis.read-timeout": [HEAD + "client(silent(), socket_timeout=0.1).get('x')"],
    "causes.redis.closed-by-server": [HEAD + "client(answering(b'')).get('x')"],
    "causes.redis.reset": [HEAD + "client(answering(b'', reset=True)).get('x')"],
    "causes.redis.too-many-connections": [
        HEAD
        + "p = redis.ConnectionPool(max_connections=1, host='127.0.0.1', port=silent(), socket_timeout=1); p.make_connection(); p._available_connections.clear(); p.make_connection()"
    ],
    "causes.redis.value-type": [
        HEAD + "redis.connection.Encoder('utf-8', 'strict', False).encode({'a': 1})",
        HEAD + "redis.connection.Encoder('utf-8', 'strict', False).encode(None)",
        HEAD + "redis.connection.Encoder('utf-8', 'strict', False).encode(True)",
    ],
    "causes.redis.url": ["import redis\nredis.from_url('localhost:6379')"],
    "causes.redis.wrong-type": [_answer("WRONGTYPE Operation against a key holding the wrong kind of value")],
    "causes.redis.no-authentication": [_answer("NOAUTH Authentication required.")],
    "causes.redis.wrong-password": [_answer("WRONGPASS invalid username-password pair or user is disabled.")],
    "causes.redis.no-permission": [_answer("NOPERM this user has no permissions to run the 'get' command")],
    "causes.redis.out-of-memory": [_answer("OOM command not allowed when used memory > 'maxmemory'.")],
    "causes.redis.loading": [_answer("LOADING Redis is loading the dataset in memory")],
    "causes.redis.read-only": [_answer("READONLY You can't write against a read only replica.")],
    "causes.redis.snapshot": [
        _answer("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.")
    ],
    "causes.redis.unknown-command": [_answer("ERR unknown command 'KIOSK', with args beginning with: 'x' ")],
    "causes.redis.not-an-integer": [_answer("ERR value is not an integer or out of range")],
    "causes.redis.moved": [_answer("MOVED 3999 127.0.0.1:6381")],
    "causes.redis.cross-slot": [_answer("CROSSSLOT Keys in request don't hash to the same slot")],
    "causes.redis.max-clients": [_answer("ERR max number of clients reached")],
    "causes.redis.argument-count": [_answer("ERR wrong number of arguments for 'get' command")],
    "causes.redis.no-script": [_answer("NOSCRIPT No matching script. Please use EVAL.")],
    "causes.redis.lock": [
        HEAD
        + "from redis.lock import Lock\nimport threading\nc = client(refused()); c.register_script = lambda s: None\nl = Lock(c, 'x'); l.release()"
    ],
}
FAMILIES = [REDIS]
