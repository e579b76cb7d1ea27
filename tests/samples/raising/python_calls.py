"""Calls that do not fit their definition, sequences of another length, states that forbid a call."""

FAMILY = "python"
CASES = {
    "causes.python.missing-argument": [
        "def load(rows): pass\nload()",
        "class Order:\n    def __init__(self, total): pass\nOrder()",
        "class Order:\n    def add(self, row): pass\nOrder().add()",
        "def load(*, rows): pass\nload()",
    ],
    "causes.python.missing-arguments": [
        "def load(rows, limit): pass\nload()",
        "def load(a, b, c): pass\nload()",
        "def load(*, rows, limit): pass\nload()",
    ],
    "causes.python.too-many-arguments": [
        "def load(): pass\nload(1)",
        "def load(rows): pass\nload(1, 2)",
        "def load(rows, limit=1): pass\nload(1, 2, 3)",
        "def load(rows, *, limit=1): pass\nload(1, 2, limit=3)",
        "class Order:\n    def add(): pass\nOrder().add()",
        "def load(*, rows): pass\nload(1, rows=2)",
    ],
    "causes.python.no-arguments": [
        "class Order: pass\nOrder(1)",
        "object().__init__(1)",
        "class Order:\n    def __init__(self): super().__init__(1)\nOrder()",
        "[].clear(1)",
        "dict().keys(1)",
    ],
    "causes.python.argument-count-of-builtin": [
        "[].append()",
        "[].append(1, 2)",
        "isinstance(1)",
        "getattr(1)",
        "'x'.replace('a')",
        "[].insert(1)",
        "int(1, 2, 3)",
        "{}.get()",
        "{}.pop()",
        "sorted()",
        "len()",
        "'x'.strip(1, 2)",
        "iter()",
        "next()",
        "range()",
        "max()",
        "type(1, 2)",
    ],
    "causes.python.required-argument": ["pow(1)"],
    "causes.python.unexpected-keyword": [
        "def load(rows): pass\nload(1, limit=2)",
        "def load(rows): pass\nload(1, row=2)",
        "class Order:\n    def __init__(self): pass\nOrder(total=1)",
    ],
    "causes.python.invalid-keyword": [
        {"code": "sorted([], limit=1)", "until": (3, 13)},
        {"code": "int('1', bas=2)", "until": (3, 13)},
        {"code": "print(1, limit=2)", "until": (3, 13)},
        {"code": "import datetime\ndatetime.timedelta(day=1)", "until": (3, 13)},
    ],
    "causes.python.no-keywords": ["len(obj=[])", "[].append(x=1)", "dict().get(k=1)"],
    "causes.python.multiple-values": [
        "def load(rows): pass\nload(1, rows=2)",
        "class Order:\n    def add(self, row): pass\nOrder().add(1, row=2)",
    ],
    "causes.python.multiple-values-keyword": ["def load(**k): pass\nload(a=1, **{'a': 2})", "dict(a=1, **{'a': 2})"],
    "causes.python.positional-only": ["def load(rows, /): pass\nload(rows=1)"],
    "causes.python.keywords-not-text": ["def load(**k): pass\nload(**{1: 2})"],
    "causes.python.abstract-class": [
        "import abc\nclass Store(abc.ABC):\n    @abc.abstractmethod\n    def save(self): pass\nStore()",
        "import abc\nclass Store(abc.ABC):\n    @abc.abstractmethod\n    def save(self): pass\n    @abc.abstractmethod\n    def load(self): pass\nStore()",
    ],
    "causes.python.protocol-class": ["import typing\nclass Store(typing.Protocol):\n    def save(self): pass\nStore()"],
    "causes.python.init-returns": [
        "class Order:\n    def __init__(self): return 1\nOrder()",
        "class Order:\n    async def __init__(self): pass\nOrder()",
    ],
    "causes.python.special-returns": [
        "class Order:\n    def __str__(self): return 1\nstr(Order())",
        "class Order:\n    def __repr__(self): return None\nrepr(Order())",
        "class Order:\n    def __bool__(self): return 1\nbool(Order())",
    ],
    "causes.python.wrong-receiver": ["str.upper(1)", "dict.get([], 1)"],
    "causes.python.super-type": ["class A: pass\nsuper(A, 3).x"],
    "causes.python.default-order": [
        "import dataclasses\n@dataclasses.dataclass\nclass Order:\n    total: int = 1\n    rows: list"
    ],
    "causes.python.mutable-default": [
        "import dataclasses\n@dataclasses.dataclass\nclass Order:\n    rows: list = []",
        "import dataclasses\n@dataclasses.dataclass\nclass Order:\n    rows: dict = {}",
    ],
    "causes.python.metaclass-conflict": [
        "class A(type): pass\nclass B(type): pass\nclass C(metaclass=A): pass\nclass D(metaclass=B): pass\nclass E(C, D): pass"
    ],
    "causes.python.method-resolution": ["class A: pass\nclass B(A): pass\nclass C(A, B): pass"],
    "causes.python.index": [
        "[1].pop(5)",
        "[][0]",
        "()[0]",
        "''[0]",
        "b''[0]",
        "[][0] = 1",
        "range(0)[0]",
        "import collections\ncollections.deque()[0]",
        "bytearray()[0]",
        "import array\narray.array('i')[0]",
        "del [][0]",
    ],
    "causes.python.pop-empty": [
        "[].pop()",
        "import collections\ncollections.deque().pop()",
        "set().pop()",
        "{}.popitem()",
        "bytearray().pop()",
        "import collections\ncollections.OrderedDict().popitem()",
    ],
    "causes.python.not-in-list": [
        {"code": "import collections\ncollections.deque().remove(1)", "since": (3, 10)},
        "[1].index(2)",
        "range(3).index(9)",
    ],
    "causes.python.remove-missing": [
        "(1,).index(2)",
        "[1].remove(2)",
        {"code": "import collections\ncollections.deque().remove(1)", "until": (3, 10)},
    ],
    "causes.python.substring": ["'x'.index('y')", "b'x'.index(b'y')"],
    "causes.python.empty-sequence": [
        "max([])",
        "min([])",
        {"code": "import random\nrandom.choice([])", "since": (3, 11)},
        "import statistics\nstatistics.mean([])",
        "import functools\nfunctools.reduce(lambda a, b: a, [])",
        "import statistics\nstatistics.median([])",
    ],
    "causes.python.unpack-too-few": ["a, b = [1]", "a, b = []", "a, b, *c = [1]"],
    "causes.python.unpack-too-many": ["a, b = [1, 2, 3]", "a, b = iter([1, 2, 3])", "for k, v in ['abc']: pass"],
    "causes.python.update-sequence": ["dict(['a'])", "dict([(1, 2, 3)])"],
    "causes.python.update-element": ["dict([1])"],
    "causes.python.changed-while-iterated": [
        "d = {1: 1}\nfor k in d: d[2] = 2",
        "s = {1}\nfor k in s: s.add(k + 1)",
        "d = {1: 1}\nfor k in d:\n    del d[1]\n    d[2] = 1",
        "import collections\nd = collections.deque([1])\nfor k in d: d.append(1)",
    ],
    "causes.python.generator-executing": ["def numbers():\n    next(g)\n    yield 1\ng = numbers()\nnext(g)"],
    "causes.python.generator-stop": [
        "def numbers():\n    yield next(iter([]))\nlist(numbers())",
        "async def load(): raise StopIteration\nloop(load)",
    ],
    "causes.python.recursion": [
        "def load(): return load()\nload()",
        "class A:\n    def __eq__(self, other): return A() == other\nA() == A()",
        "class A:\n    def __repr__(self): return repr(self)\nrepr(A())",
        "class A:\n    def __getattr__(self, name): return self.missing\nA().x",
        "import json\nx = []\nfor _ in range(100000): x = [x]\njson.dumps(x)",
        "import copy\nx = []\nfor _ in range(5000): x = [x]\ncopy.deepcopy(x)",
    ],
    "causes.python.zero-step": ["range(1, 2, 0)", "[1][::0]"],
    "causes.python.key-quoted": [
        "{}['total']",
        '{}["it\'s"]',
        "{}['a b']",
        "import os\nos.environ['SHOP_TOKEN']",
        "'{total}'.format()",
        "{}[b'x']",
    ],
    "causes.python.key-number": ["{}[3]", "{}[-1]", "{}[1.5]", "{}[None]", "{}[True]"],
    "causes.python.key-object": [
        "{}[(1, 'a')]",
        "import enum\nclass Color(enum.Enum):\n    RED = 1\n{}[Color.RED]",
        "{}[str]",
    ],
    "causes.python.no-exception-to-raise": ["raise"],
    "causes.python.lock-not-held": [
        "import threading\nthreading.Lock().release()",
        "import threading\nthreading.RLock().release()",
        "import threading\nthreading.Condition().notify()",
    ],
    "causes.python.thread-started-twice": [
        "import threading\nt = threading.Thread(target=int)\nt.start(); t.join(); t.start()"
    ],
    "causes.python.thread-not-joinable": [
        "import threading\nthreading.current_thread().join()",
        "import threading\nthreading.Thread(target=int).join()",
    ],
    "causes.python.executor-shut-down": [
        "from concurrent.futures import ThreadPoolExecutor as T\nt = T(1); t.shutdown(); t.submit(int)"
    ],
    "causes.python.process-pool-broken": [
        "import os\nfrom concurrent.futures import ProcessPoolExecutor as P\nimport multiprocessing\nwith P(1, mp_context=multiprocessing.get_context('fork')) as pool: pool.submit(os._exit, 1).result()"
    ],
    "causes.python.not-implemented-operation": [
        "import io\nio.BytesIO().fileno()",
        "import tempfile\ntempfile.TemporaryFile('wb').read()",
        "import tempfile\nopen('/dev/null').write('x')",
        "import io\nio.RawIOBase().seek(0)",
    ],
    "causes.python.closed-file": [
        "f = open('/dev/null'); f.close(); f.read()",
        "import io\nf = io.BytesIO(); f.close(); f.read()",
        "f = open('/dev/null', 'rb'); f.close(); f.read()",
        "f = open('/dev/null', 'w'); f.close(); f.write('x')",
    ],
}
