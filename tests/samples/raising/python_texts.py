"""Texts that are not what they are read as: numbers, dates, ids, encodings, documents."""

FAMILY = "python"
CASES = {
    "causes.python.int-of-text": ["int('x')", "int('')", "int('1.5')", 'int("it\'s")', "int('zz', 16)", "int(b'x')"],
    "causes.python.float-of-text": ["float('x')", "float('')", "float(b'x')"],
    "causes.python.complex-of-text": ["complex('x')"],
    "causes.python.nan-to-integer": [
        "int(float('nan'))",
        "int(float('inf'))",
        "import decimal\nint(decimal.Decimal('NaN'))",
    ],
    "causes.python.integer-digits": [
        {"code": "int('1' * 5000)", "since": (3, 11)},
        {"code": "str(10 ** 5000)", "since": (3, 11)},
    ],
    "causes.python.uuid": ["import uuid\nuuid.UUID('x')"],
    "causes.python.decimal": ["import decimal\ndecimal.Decimal('x')"],
    "causes.python.fraction": ["import fractions\nfractions.Fraction('x')"],
    "causes.python.enum-value": [
        "import enum\nclass Color(enum.Enum):\n    RED = 1\nColor('BLUE')",
        "import enum\nclass Color(enum.Enum):\n    RED = 1\nColor(7)",
        "import enum\nclass Color(str, enum.Enum):\n    RED = 'red'\nColor(None)",
    ],
    "causes.python.isoformat": [
        "import datetime\ndatetime.datetime.fromisoformat('x')",
        "import datetime\ndatetime.date.fromisoformat('2024-13')",
        "import datetime\ndatetime.time.fromisoformat('x')",
    ],
    "causes.python.strptime": [
        "import datetime\ndatetime.datetime.strptime('x', '%Y')",
        "import time\ntime.strptime('2024', '%Y-%m')",
    ],
    "causes.python.strptime-remains": ["import datetime\ndatetime.datetime.strptime('2024x', '%Y')"],
    "causes.python.strptime-directive": ["import datetime\ndatetime.datetime.strptime('x', '%Q')"],
    "causes.python.date-range": [
        "import datetime\ndatetime.date(2024, 2, 31)",
        "import datetime\ndatetime.date(2024, 13, 1)",
        "import datetime\ndatetime.date(0, 1, 1)",
        "import datetime\ndatetime.time(25)",
        "import datetime\ndatetime.time(1, 61)",
        "import datetime\ndatetime.datetime.fromtimestamp(10 ** 12)",
        "import datetime\ndatetime.date.max + datetime.timedelta(1)",
        "import datetime\ndatetime.time(1, 1, 61)",
    ],
    "causes.python.naive-and-aware": [
        "import datetime as d\nd.datetime(2024, 1, 1) < d.datetime(2024, 1, 1, tzinfo=d.timezone.utc)",
        "import datetime as d\nd.datetime(2024, 1, 1) - d.datetime(2024, 1, 1, tzinfo=d.timezone.utc)",
        "import datetime as d\nd.time(1) < d.time(1, tzinfo=d.timezone.utc)",
    ],
    "causes.python.date-and-datetime": [
        {"code": "import datetime as d\nd.datetime(2024, 1, 1) < d.date(2024, 1, 1)", "until": (3, 13)}
    ],
    "causes.python.time-zone": [{"code": "import zoneinfo\nzoneinfo.ZoneInfo('Nowhere/Town')", "since": (3, 9)}],
    "causes.python.decode": [
        "b'\\xff'.decode('utf-8')",
        "b'a\\xe9'.decode('ascii')",
        "b'\\xe2\\x82'.decode('utf-8')",
        "b'\\xff\\xfe'.decode('utf-8')",
        "b'\\x81'.decode('cp1252')",
        "b'x'.decode('utf-16')",
    ],
    "causes.python.encode": [
        "'\\u20ac'.encode('ascii')",
        "'\\u20ac\\u20ac'.encode('latin-1')",
        "'\\ud800'.encode('utf-8')",
    ],
    "causes.python.unknown-encoding": ["'x'.encode('nowhere')", "b'x'.decode('nowhere')"],
    "causes.python.null-byte": ["open('a\\0b')", "compile('a\\0b', 'x', 'exec')", "import os\nos.putenv('a', 'b\\0')"],
    "causes.python.base64": [
        "import base64\nbase64.b64decode('abc')",
        "import base64\nbase64.b64decode('abcde')",
        "import base64\nbase64.b64decode('\\u20ac')",
        "import base64\nbase64.b32decode('1')",
        "import base64\nbase64.b64decode('@@@=', validate=True)",
    ],
    "causes.python.hexadecimal": [
        "bytes.fromhex('zz')",
        "import binascii\nbinascii.unhexlify('zz')",
        "import binascii\nbinascii.unhexlify('abc')",
    ],
    "causes.python.struct-size": [
        "import struct\nstruct.unpack('i', b'x')",
        "import struct\nstruct.unpack_from('i', b'x')",
    ],
    "causes.python.struct-value": [
        "import struct\nstruct.pack('B', 300)",
        "import struct\nstruct.pack('i', 'x')",
        "import struct\nstruct.pack('i')",
        "import struct\nstruct.pack('h', 99999)",
        "import struct\nstruct.pack('i', 2 ** 40)",
    ],
    "causes.python.integer-too-large": [
        "(2 ** 70).to_bytes(2, 'big')",
        "(-1).to_bytes(2, 'big')",
        "[1] * (2 ** 70)",
        "float(10 ** 400)",
        "1e308 ** 2",
        "import math\nmath.exp(1000)",
    ],
    "causes.python.byte-range": ["bytes([300])", "chr(9999999)"],
    "causes.python.math-domain": ["import math\nmath.sqrt(-1)", "import math\nmath.log(0)"],
    "causes.python.xml": [
        "import xml.etree.ElementTree as e\ne.fromstring('')",
        "import xml.etree.ElementTree as e\ne.fromstring('x')",
        "import xml.etree.ElementTree as e\ne.fromstring('<a><b></a>')",
        "import xml.etree.ElementTree as e\ne.fromstring('<a>&nbsp;</a>')",
        "import xml.etree.ElementTree as e\ne.fromstring('<a></a><b/>')",
        "import xml.etree.ElementTree as e\ne.fromstring('<a b=1/>')",
    ],
    "causes.python.csv": [
        "import csv\nlist(csv.reader(['x' * 200000]))",
        {"code": "import csv\nlist(csv.reader(['a\\0b']))", "until": (3, 11)},
    ],
    "causes.python.csv-fields": ["import csv\ncsv.DictWriter(open('/dev/null', 'w'), ['a']).writerow({'b': 1})"],
    "causes.python.ini-section": ["import configparser as c\nc.ConfigParser().get('shop', 'total')"],
    "causes.python.ini-option": [
        "import configparser as c\np = c.ConfigParser(); p.read_string('[shop]\\na=1'); p.get('shop', 'total')"
    ],
    "causes.python.ini-syntax": ["import configparser as c\np = c.ConfigParser(); p.read_string('x')"],
    "causes.python.toml": [
        {"code": "import tomllib\ntomllib.loads('x')", "since": (3, 11)},
        {"code": "import tomllib\ntomllib.loads('x = ')", "since": (3, 11)},
        {"code": "import tomllib\ntomllib.loads('[a')", "since": (3, 11)},
    ],
    "causes.python.zip": ["import zipfile\np = folder() / 'a.zip'; p.write_bytes(b'x'); zipfile.ZipFile(str(p))"],
    "causes.python.gzip": [
        "import gzip\ngzip.decompress(b'plain text')",
        "import zlib\nzlib.decompress(b'plain text')",
        "import tarfile\np = folder() / 'a'; p.write_bytes(b'x'); tarfile.open(str(p))",
        "import gzip\ngzip.decompress(gzip.compress(b'x' * 99)[:20])",
    ],
    "causes.python.ip-address": ["import ipaddress\nipaddress.ip_address('x')"],
    "causes.python.ip-network": [
        "import ipaddress\nipaddress.ip_network('10.0.0.1/8')",
        "import ipaddress\nipaddress.IPv4Address('10.0.0.256')",
    ],
    "causes.python.url-type": [
        "import urllib.request\nurllib.request.urlopen('shop.example/x')",
        "import urllib.request\nurllib.request.urlopen('shop://x')",
    ],
    "causes.python.port-of-text": [
        "import urllib.parse\nurllib.parse.urlsplit('http://a:99999').port",
        "import urllib.parse\nurllib.parse.urlsplit('http://a:x').port",
        "import http.client\nhttp.client.HTTPConnection('a:x')",
    ],
    "causes.python.regular-expression": [
        "import re\nre.compile('(')",
        "import re\nre.compile('[')",
        "import re\nre.compile('*')",
        "import re\nre.compile('(?P<a>x)(?P<a>y)')",
        "import re\nre.compile('\\\\')",
    ],
    "causes.python.no-such-group": [
        "import re\nre.match('x', 'x').group(2)",
        "import re\nre.match('x', 'x').group('a')",
    ],
    "causes.python.literal-eval": ["import ast\nast.literal_eval('x()')"],
}
