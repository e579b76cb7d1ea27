"""gRPC for Python, and the client library of Google's services on top of it."""

from concurrent import futures
from types import SimpleNamespace

import grpc
import surroundings


def rpc(code: str = "OK", details: str = "", answers: bool = True) -> int:
    """Port of a gRPC server whose method `/shop.Orders/Get` ends in this status."""

    class Handler(grpc.GenericRpcHandler):
        def service(self, call: grpc.HandlerCallDetails):
            if call.method != "/shop.Orders/Get":
                return None

            def get(request: bytes, context: grpc.ServicerContext) -> bytes:
                if code == "SLOW":
                    import time

                    time.sleep(1)
                elif code == "CRASH":
                    raise ValueError(details)
                elif code != "OK":
                    context.abort(getattr(grpc.StatusCode, code), details)
                return b"x"

            return grpc.unary_unary_rpc_method_handler(get)

    server = grpc.server(futures.ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((Handler(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    surroundings.PORTS.append(port)
    surroundings._OPEN.append(SimpleNamespace(close=lambda: server.stop(0)))
    return port


surroundings.NAMES["rpc"] = rpc
HEAD = "import grpc\ndef call(port, method='Get', timeout=3, **k):\n    with grpc.insecure_channel('127.0.0.1:%d' % port) as c: return c.unary_unary('/shop.Orders/' + method, **k)(b'x', timeout=timeout)\n"
GRPC = SimpleNamespace(FAMILY="grpc", DISTRIBUTION="grpcio")
GRPC.CASES = {
    "causes.grpc.unavailable": [HEAD + "call(refused())", HEAD + "call(answering(b''))"],
    "causes.grpc.unavailable-other": [HEAD + "call(rpc('UNAVAILABLE', 'shop is closed'))"],
    "causes.grpc.unresolved": [
        "import grpc\ngrpc.insecure_channel('nowhere.invalid:443').unary_unary('/a/b')(b'x', timeout=5)"
    ],
    "causes.grpc.deadline": [
        HEAD + "call(rpc('SLOW'), timeout=0.2)",
        HEAD + "call(rpc('DEADLINE_EXCEEDED', 'too late'))",
    ],
    "causes.grpc.unimplemented": [HEAD + "call(rpc(), 'Put')"],
    "causes.grpc.unauthenticated": [HEAD + "call(rpc('UNAUTHENTICATED', 'no token'))"],
    "causes.grpc.permission-denied": [
        HEAD + "call(rpc('PERMISSION_DENIED', 'Permission pubsub.topics.publish denied'))"
    ],
    "causes.grpc.not-found": [HEAD + "call(rpc('NOT_FOUND', 'Resource not found (resource=orders).'))"],
    "causes.grpc.resource-exhausted": [HEAD + "call(rpc('RESOURCE_EXHAUSTED', 'Quota exceeded'))"],
    "causes.grpc.invalid-argument": [HEAD + "call(rpc('INVALID_ARGUMENT', 'total is not a number'))"],
    "causes.grpc.exception-calling": [HEAD + "call(rpc('CRASH', 'no such order'))"],
    "causes.grpc.status": [
        HEAD + "call(rpc('INTERNAL', 'x'))",
        HEAD + "call(rpc('ABORTED', 'x'))",
        HEAD + "call(rpc('FAILED_PRECONDITION', 'x'))",
        HEAD + "call(rpc('ALREADY_EXISTS', 'x'))",
    ],
    "causes.grpc.serializing": [
        HEAD + "call(rpc(), request_serializer=lambda x: x.missing)",
        HEAD + "call(rpc(), response_deserializer=lambda x: x.missing)",
    ],
    "causes.grpc.channel-closed": [
        "import grpc\nc = grpc.insecure_channel('127.0.0.1:1'); m = c.unary_unary('/a/b'); c.close(); m(b'x')"
    ],
    "causes.grpc.bind": [
        "import grpc\nfrom concurrent import futures\ngrpc.server(futures.ThreadPoolExecutor(1), options=[('grpc.so_reuseport', 0)]).add_insecure_port('127.0.0.1:%d' % silent())"
    ],
}
WRAP = "import grpc\nfrom google.api_core import grpc_helpers as h\ndef call(port, timeout=3): return h.wrap_errors(grpc.insecure_channel('127.0.0.1:%d' % port).unary_unary('/shop.Orders/Get'))(b'x', timeout=timeout)\n"
GOOGLE = SimpleNamespace(FAMILY="google", DISTRIBUTION="google-api-core")
GOOGLE.CASES = {
    "causes.google.unavailable": [WRAP + "call(refused())"],
    "causes.google.deadline": [WRAP + "call(rpc('SLOW'), 0.2)"],
    "causes.google.permission": [
        WRAP + "call(rpc('PERMISSION_DENIED', 'Permission pubsub.topics.publish denied on resource orders'))"
    ],
    "causes.google.not-found": [WRAP + "call(rpc('NOT_FOUND', 'Resource not found (resource=orders).'))"],
    "causes.google.exhausted": [WRAP + "call(rpc('RESOURCE_EXHAUSTED', 'Quota exceeded for quota metric'))"],
    "causes.google.unauthenticated": [
        WRAP + "call(rpc('UNAUTHENTICATED', 'Request had invalid authentication credentials.'))"
    ],
    "causes.google.status": [
        WRAP + "call(rpc('ABORTED', 'x'))",
        WRAP + "call(rpc('INTERNAL', 'x'))",
        WRAP + "call(rpc('INVALID_ARGUMENT', 'x'))",
    ],
    "causes.google.retry": [
        "from google.api_core import retry, exceptions\ndef f(): raise exceptions.ServiceUnavailable('shop is closed')\nretry.Retry(initial=0.1, timeout=0.3)(f)()"
    ],
}
FAMILIES = [GRPC, GOOGLE]
