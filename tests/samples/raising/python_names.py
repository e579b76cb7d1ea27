"""Names, modules and imports that are not there."""

FAMILY = "python"
SETUP = "import sys\np = folder(); sys.path.insert(0, str(p)); sys.dont_write_bytecode = True\n"
DROP = "\nfinally:\n    sys.path.remove(str(p)); [sys.modules.pop(m, None) for m in list(sys.modules) if m.startswith('kiosk')]"


def _tree(act: str, **files: str) -> str:
    made = "".join(
        f"q = p / {name.replace('__', '/') + '.py'!r}; q.parent.mkdir(exist_ok=True); q.write_text({text!r})\n"
        for name, text in files.items()
    )
    return f"{SETUP}{made}try:\n    {act}{DROP}"


CASES = {
    "causes.python.name": [
        "totl",
        "total = 1\ntotl",
        "import json\njsn.dumps",
        "datetime.now()",
        "def load(): return rows\nload()",
    ],
    "causes.python.unbound": [
        {"code": "def load():\n    print(rows)\n    rows = 1\nload()", "until": (3, 11)},
        {"code": "def load():\n    if 0: rows = 1\n    return rows\nload()", "until": (3, 11)},
    ],
    "causes.python.unbound-new": [
        {"code": "def load():\n    print(rows)\n    rows = 1\nload()", "since": (3, 11)},
        {"code": "def load():\n    if 0: rows = 1\n    return rows\nload()", "since": (3, 11)},
    ],
    "causes.python.unbound-free": [
        {"code": "def load():\n    def inner(): return rows\n    inner()\n    rows = 1\nload()", "until": (3, 11)}
    ],
    "causes.python.unbound-free-new": [
        {"code": "def load():\n    def inner(): return rows\n    inner()\n    rows = 1\nload()", "since": (3, 11)}
    ],
    "causes.python.no-module": ["import kiosk_nowhere", "import kiosk_nowhere.rows", "import json.nowhere"],
    "causes.python.not-a-package": ["import math.nowhere", "import string.nowhere"],
    "causes.python.cannot-import-name": [
        "from math import total",
        "from json import totals",
        _tree("from kiosk_a import rows", kiosk_a="x = 1"),
    ],
    "causes.python.circular-import": [
        _tree("import kiosk_a", kiosk_a="from kiosk_b import x\ny = 1", kiosk_b="from kiosk_a import y\nx = 1")
    ],
    "causes.python.circular-attribute": [
        _tree("import kiosk_a", kiosk_a="import kiosk_b\ny = 1", kiosk_b="import kiosk_a\nkiosk_a.y")
    ],
    "causes.python.relative-import": [
        "__package__ = None\nfrom . import rows",
        "__package__ = 'json'\nfrom ... import rows",
        "from .rows import x",
    ],
    "causes.python.shared-library": ["import ctypes\nctypes.CDLL('libkiosk.so.9')"],
    "causes.python.undefined-symbol": ["import ctypes\nctypes.CDLL(None).kiosk_total"],
    "causes.python.no-distribution": [
        {"code": "import importlib.metadata as m\nm.version('kiosk-nowhere')", "since": (3, 10)}
    ],
    "causes.python.no-distribution-old": [
        {"code": "import importlib.metadata as m\nm.version('kiosk-nowhere')", "until": (3, 10)}
    ],
    "causes.python.syntax-text": [
        "try: compile('x = (1', 'x', 'exec')\nexcept SyntaxError as error: raise SyntaxError(error.msg)",
        "try: compile('def load(:', 'x', 'exec')\nexcept SyntaxError as error: raise SyntaxError(error.msg)",
        "try: compile('print 1', 'x', 'exec')\nexcept SyntaxError as error: raise SyntaxError(error.msg)",
        "try: compile('return', 'x', 'exec')\nexcept SyntaxError as error: raise SyntaxError(error.msg)",
        "try: compile('if 1:\\nx', 'x', 'exec')\nexcept SyntaxError as error: raise type(error)(error.msg)",
    ],
    "causes.python.syntax": [
        _tree("import kiosk_a", kiosk_a="def load(:\n  pass"),
        _tree("import kiosk_a", kiosk_a="x = (1"),
        _tree("import kiosk_a", kiosk_a="def load():\npass"),
        _tree("import kiosk_a", kiosk_a="def load():\n    x = 1\n\ty = 2"),
        _tree("import kiosk_a", kiosk_a="'abc"),
        _tree("import kiosk_a", kiosk_a="from __future__ import kiosk"),
    ],
}
