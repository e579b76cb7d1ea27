"""Signed tokens, and other encoders than the standard library's: PyJWT, itsdangerous, orjson, msgpack, cryptography."""

from types import SimpleNamespace

import jwt  # noqa: F401 - the families are skipped without it

HEAD = "import jwt, time\nkey = 'x' * 40\ndef read(claims, **k): return jwt.decode(jwt.encode(claims, key), key, ['HS256'], **k)\n"
JWT = SimpleNamespace(FAMILY="tokens", DISTRIBUTION="pyjwt")
JWT.CASES = {
    "causes.tokens.expired": [HEAD + "read({'exp': 1})"],
    "causes.tokens.signature": [HEAD + "jwt.decode(jwt.encode({}, key), 'y' * 40, ['HS256'])"],
    "causes.tokens.segments": [HEAD + "jwt.decode('x', key, ['HS256'])", HEAD + "jwt.decode('', key, ['HS256'])"],
    "causes.tokens.padding": [
        HEAD + "jwt.decode('a.b.c', key, ['HS256'])",
        HEAD + "jwt.decode('e30.b.c', key, ['HS256'])",
        HEAD + "jwt.decode('YQ.b.c', key, ['HS256'])",
    ],
    "causes.tokens.audience": [HEAD + "read({'aud': 'shop'}, audience='till')", HEAD + "read({'aud': 'shop'})"],
    "causes.tokens.issuer": [HEAD + "read({'iss': 'shop'}, issuer='till')"],
    "causes.tokens.not-yet": [HEAD + "read({'nbf': time.time() + 999})", HEAD + "read({'iat': time.time() + 999})"],
    "causes.tokens.claim": [HEAD + "read({}, options={'require': ['exp']})"],
    "causes.tokens.algorithm": [HEAD + "jwt.decode(jwt.encode({}, key), key, ['RS256'])"],
    "causes.tokens.type": [HEAD + "jwt.decode(None, key, ['HS256'])"],
    "causes.tokens.key": [HEAD + "jwt.encode({}, 'x', 'RS256')"],
    "causes.json.unserializable": [HEAD + "jwt.encode({'a': object()}, key)"],
}
OTHERS = SimpleNamespace(FAMILY="encoders", DISTRIBUTION="orjson")
OTHERS.CASES = {
    "causes.encoders.orjson-type": [
        "import orjson\norjson.dumps({'a': object()})",
        "import orjson\norjson.dumps({1, 2})",
    ],
    "causes.encoders.orjson-key": ["import orjson\norjson.dumps({1: 2})"],
    "causes.encoders.orjson-text": [
        "import orjson\norjson.loads('<html>')",
        "import orjson\norjson.loads('')",
        "import orjson\norjson.loads('{')",
    ],
    "causes.encoders.msgpack-type": [
        "import msgpack\nmsgpack.packb({'a': object()})",
        "import msgpack\nmsgpack.packb({1, 2})",
    ],
}
SIGNED = SimpleNamespace(FAMILY="tokens", DISTRIBUTION="itsdangerous")
SIGNED.CASES = {
    "causes.tokens.signed": [
        "from itsdangerous import URLSafeSerializer as S\nS('x').loads('y')",
        "from itsdangerous import URLSafeSerializer as S\nS('x').loads('y.z')",
    ],
}
FAMILIES = [JWT, OTHERS, SIGNED]
