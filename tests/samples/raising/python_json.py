"""What the encoders and decoders of the standard library refuse: json and pickle."""

FAMILY = "json"
CASES = {
    "causes.json.unserializable": [
        "import json, datetime\njson.dumps({'at': datetime.datetime(2024, 1, 1)})",
        "import json\njson.dumps({1, 2})",
        "import json, enum\nclass Color(enum.Enum):\n    RED = 1\njson.dumps([Color.RED])",
        "import json\njson.dumps(b'x')",
        "import json, decimal\njson.dumps(decimal.Decimal(1))",
        "import json, uuid\njson.dumps(uuid.uuid4())",
        "import json, time\nclass Order: pass\njson.dumps(Order())",
    ],
    "causes.json.key": [
        "import json\njson.dumps({(1, 2): 3})",
        "import json, enum\nclass Color(enum.Enum):\n    RED = 1\njson.dumps({Color.RED: 1})",
    ],
    "causes.json.circular": ["import json\nx = []; x.append(x); json.dumps(x)"],
    "causes.json.not-a-number": [
        "import json\njson.dumps(float('nan'), allow_nan=False)",
        "import json\njson.dumps([float('inf')], allow_nan=False)",
    ],
    "causes.json.empty": [
        "import json\njson.loads('')",
        "import json\njson.loads('<html>')",
        "import json\njson.loads('{\"a\": }')",
    ],
    "causes.json.syntax": [
        "import json\njson.loads(\"{'a': 1}\")",
        "import json\njson.loads('{\"a\" 1}')",
        "import json\njson.loads('[1 2]')",
        "import json\njson.loads('{\"a\": 1')",
        {"code": "import json\njson.loads('[1,]')", "since": (3, 13)},
        "import json\njson.loads('{\"a\": 1,}')",
        "import json\njson.loads('\"a\\\\q\"')",
        "import json\njson.loads('\"a\\\\u12\"')",
    ],
    "causes.json.cut": ['import json\njson.loads(\'{"a": "b\')'],
    "causes.json.extra-data": ["import json\njson.loads('{}{}')", "import json\njson.loads('1 2')"],
    "causes.json.control-character": ["import json\njson.loads('\"a\\nb\"')"],
    "causes.json.byte-order-mark": ["import json\njson.loads('\\ufeff{}')"],
    "causes.json.input-type": [
        "import json\njson.loads(None)",
        "import json\njson.loads({})",
        "import json\njson.loads([])",
    ],
    "causes.pickle.cannot-pickle": [
        "import pickle, threading\npickle.dumps(threading.Lock())",
        "import pickle\npickle.dumps(i for i in [])",
        "import copy, threading\ncopy.deepcopy(threading.RLock())",
        "import pickle, math\npickle.dumps(math)",
    ],
    "causes.pickle.not-importable": ["import pickle\npickle.dumps(lambda: 1)"],
    "causes.pickle.local-object": [
        "import pickle\ndef make():\n    class Order: pass\n    return Order()\npickle.dumps(make())"
    ],
    "causes.pickle.class-gone": ["import pickle\npickle.loads(b'cjson\\nOrder\\n.')"],
    "causes.pickle.broken-data": [
        "import pickle\npickle.loads(b'')",
        {"code": "import pickle\npickle.loads(b'hello')", "since": (3, 9)},
        "import pickle\npickle.loads(b'\\x80\\x04\\x95')",
        "import pickle\npickle.loads(b'\\x80\\x09.')",
    ],
    "causes.marshal.bad-data": ["import marshal\nmarshal.loads(b'?')", "import marshal\nmarshal.dumps(object())"],
}
