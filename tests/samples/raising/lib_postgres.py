"""PostgreSQL through psycopg 3, psycopg2 and asyncpg: a server of this run where one is installed."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import List

import psycopg
import surroundings

_PORTS: List[int] = []


def server() -> int:
    """Port of a server of this run, started when first asked for; it takes `postgres` without a password."""
    if _PORTS:
        return _PORTS[0]
    tool = next((str(p) for p in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), shutil.which("initdb"))
    if not tool:
        raise surroundings.Absent("no PostgreSQL here")
    place, port = Path(tempfile.mkdtemp(prefix="raising-")), surroundings.refused()
    own = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    if own:
        shutil.chown(place, "postgres")
    data = str(place / "data")
    os.environ.update(PGHOST="127.0.0.1", PGUSER="postgres", PGDATABASE="postgres")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": str(place)}
    subprocess.run([*own, tool, "-D", data, "-U", "postgres", "-A", "trust"], check=True, **quiet)
    (Path(data) / "pg_hba.conf").write_text(
        "host all locked 127.0.0.1/32 md5\nhost all elsewhere 127.0.0.1/32 reject\nhost all all 127.0.0.1/32 trust\n"
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place} -c max_connections=8 -c superuser_reserved_connections=1 -c fsync=off"
    control = str(Path(tool).parent / "pg_ctl")
    subprocess.run([*own, control, "-D", data, "-w", "-o", options, "start"], check=True, **quiet)

    def stop() -> None:
        subprocess.run([*own, control, "-D", data, "-m", "immediate", "stop"], check=False, **quiet)
        shutil.rmtree(place, ignore_errors=True)

    atexit.register(stop)
    os.environ["PGPORT"] = str(port)
    _PORTS.append(port)
    with psycopg.connect("") as made:
        made.execute(
            "create table orders (id integer primary key, name varchar(5) not null, price numeric(4, 2) constraint price_positive check (price > 0))"
        )
        made.execute(
            "create table rows (id integer primary key, order_id integer constraint rows_order references orders (id))"
        )
        made.execute("create type color as enum ('red')")
        made.execute("create user locked password 'x'; create user elsewhere; create user reader")
        made.execute(
            "create table days (id integer, during int4range, constraint no_overlap exclude using gist (during with &&))"
        )
    return port


surroundings.NAMES["server"] = server
HEAD = "import psycopg\nport = server(); d = psycopg.connect('', autocommit=True)\n"
SQL = {
    "causes.postgres.no-relation": ["select * from carts", "insert into shop.carts values (1)"],
    "causes.postgres.no-column": ["select total from orders", "select o.total from orders o"],
    "causes.postgres.no-column-of-relation": [
        "insert into orders (total) values (1)",
        "alter table orders drop column total",
    ],
    "causes.postgres.unique": ["insert into orders values (1, 'a', 1), (1, 'b', 1)"],
    "causes.postgres.not-null": ["insert into orders values (1, null, 1)"],
    "causes.postgres.foreign-key": ["insert into rows values (1, 99)"],
    "causes.postgres.foreign-key-used": [
        "insert into orders values (7, 'a', 1); insert into rows values (7, 7); delete from orders where id = 7"
    ],
    "causes.postgres.check": ["insert into orders values (2, 'a', 0)"],
    "causes.postgres.exclusion": ["insert into days values (1, '[1,3]'), (2, '[2,4]')"],
    "causes.postgres.syntax": ["selct 1", "select * from orders where", "select 'x"],
    "causes.postgres.permission": ["set role reader; select * from orders"],
    "causes.postgres.must-be-owner": ["set role reader; drop table orders"],
    "causes.postgres.statement-timeout": ["set statement_timeout = 50; select pg_sleep(2)"],
    "causes.postgres.invalid-input": [
        "select 'x'::integer",
        "select 'x'::uuid",
        "select 'x'::json",
        "select 'x'::boolean",
        "select 'x'::timestamp",
    ],
    "causes.postgres.date-range": ["select '2024-13-01'::date"],
    "causes.postgres.enum-value": ["select 'blue'::color"],
    "causes.postgres.too-long": ["insert into orders values (3, 'abcdefgh', 1)"],
    "causes.postgres.numeric-range": [
        "insert into orders values (4, 'a', 99999)",
        "select 99999999999::integer",
        "select 2147483647 + 1",
    ],
    "causes.python.division-by-zero": ["select 1 / 0"],
    "causes.postgres.no-function": ["select kiosk('x')"],
    "causes.postgres.no-operator": ["select 1 = 'x'::text", "select '1'::text + 1"],
    "causes.postgres.no-type": ["select 1::kiosk"],
    "causes.postgres.no-schema": ["create table shop.x (y integer)"],
    "causes.postgres.exists": [
        "create table orders (x integer)",
        "create schema public",
        "create user reader",
        "create type color as enum ('x')",
    ],
    "causes.postgres.ambiguous": ["select id from orders, rows"],
    "causes.postgres.group-by": ["select id, name, count(*) from rows r join orders using (id) group by 1"],
    "causes.postgres.subquery-rows": ["select (select generate_series(1, 2))"],
    "causes.postgres.read-only": [
        "set transaction read only; begin; set transaction read only; insert into orders values (5, 'a', 1)"
    ],
    "causes.postgres.conflict-target": ["insert into orders values (6, 'a', 1) on conflict (name) do nothing"],
    "causes.postgres.from-entry": ["select r.id from orders"],
    "causes.postgres.type-of-column": ["update orders set price = 'x'::text"],
    "causes.postgres.no-constraint": ["alter table orders drop constraint nowhere"],
    "causes.postgres.depends": ["drop table orders"],
    "causes.postgres.no-extension": ["create extension kiosk"],
    "causes.postgres.no-setting": ["set kiosk = 1"],
    "causes.postgres.copy": ["copy orders from '/nowhere'"],
    "causes.postgres.union": ["select 1 union select '2024-01-01'::date"],
}
POSTGRES = SimpleNamespace(FAMILY="postgres", DISTRIBUTION="psycopg", LEAVES_OPEN=True)
POSTGRES.CASES = {rule: [HEAD + f"d.execute({sql!r})" for sql in texts] for rule, texts in SQL.items()}
POSTGRES.CASES.update(
    {
        "causes.postgres.password": ["import psycopg\nserver(); psycopg.connect('user=locked password=wrong')"],
        "causes.postgres.no-password": ["import psycopg\nserver(); psycopg.connect('user=locked')"],
        "causes.postgres.no-database": ["import psycopg\nserver(); psycopg.connect('dbname=kiosk')"],
        "causes.postgres.no-role": ["import psycopg\nserver(); psycopg.connect('user=kiosk')"],
        "causes.postgres.host-entry": ["import psycopg\nserver(); psycopg.connect('user=elsewhere')"],
        "causes.postgres.no-ssl": ["import psycopg\nserver(); psycopg.connect('sslmode=require')"],
        "causes.postgres.transaction-aborted": [
            HEAD + "d.autocommit = False\ntry: d.execute('selct')\nexcept Exception: pass\nd.execute('select 1')"
        ],
        "causes.postgres.lock-not-available": [
            HEAD
            + "o = psycopg.connect(''); o.execute('lock table orders'); d.execute(\"set lock_timeout = 50; select * from orders\")"
        ],
        "causes.postgres.deadlock": [
            HEAD
            + "import threading\no = psycopg.connect(''); d.autocommit = False; d.execute('set deadlock_timeout = 50; lock table rows'); o.execute('lock table orders')\nt = threading.Thread(target=lambda: o.execute('lock table rows')); t.start(); import time; time.sleep(0.2)\ntry: d.execute('lock table orders')\nfinally: d.close(); t.join()"
        ],
        "causes.postgres.serialization": [
            HEAD
            + "d.execute(\"insert into orders values (50, 'a', 1) on conflict do nothing\"); d.autocommit = False; d.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ\nd.execute('select * from orders'); o = psycopg.connect('', autocommit=True); o.execute('update orders set price = 2 where id = 50'); d.execute('update orders set price = 3 where id = 50')"
        ],
        "causes.postgres.too-many-clients": [
            "import psycopg\nserver(); kept = []\ntry:\n    while True: kept.append(psycopg.connect(''))\nfinally: [c.close() for c in kept]"
        ],
        "causes.postgres.reserved-slots": [
            "import psycopg\nserver(); kept = []\ntry:\n    while True: kept.append(psycopg.connect('user=reader'))\nfinally: [c.close() for c in kept]"
        ],
        "causes.postgres.terminated": [
            HEAD
            + "o = psycopg.connect('', autocommit=True); o.execute('select pg_terminate_backend(%s)', [d.info.backend_pid]); d.execute('select 1')"
        ],
        "causes.postgres.closed": [
            HEAD + "d.close(); d.execute('select 1')",
            HEAD + "c = d.cursor(); c.close(); c.execute('select 1')",
        ],
        "causes.postgres.cannot-adapt": [
            HEAD + "d.execute('select %s', [object()])",
            HEAD + "d.execute('select %s', [{}])",
        ],
        "causes.postgres.placeholders": [
            HEAD + "d.execute('select %s', [1, 2])",
            HEAD + "d.execute('select %s, %s', [1])",
            HEAD + "d.execute('select %(a)s', {'b': 1})",
        ],
        "causes.postgres.no-result": [HEAD + "d.execute('set statement_timeout = 0').fetchall()"],
        "causes.postgres.connection-refused": [
            "import psycopg\npsycopg.connect(host='127.0.0.1', port=refused(), user='postgres')",
            "import psycopg\npsycopg.connect('host=127.0.0.1 user=postgres port=%d connect_timeout=1' % refused())",
        ],
        "causes.postgres.unresolved": ["import psycopg\npsycopg.connect(host=NOWHERE, user='postgres')"],
        "causes.postgres.socket-missing": ["import psycopg\npsycopg.connect(host='/nowhere', user='postgres')"],
        "causes.postgres.connection-lost": [
            "import psycopg\npsycopg.connect(host='127.0.0.1', port=answering(b''), user='postgres', sslmode='disable')"
        ],
        "causes.postgres.connect-timeout": [
            "import psycopg\npsycopg.connect(host='127.0.0.1', port=silent(), user='postgres', sslmode='disable', connect_timeout=2)"
        ],
        "causes.postgres.bad-option": ["import psycopg\npsycopg.connect('kiosk=1')"],
        "causes.postgres.bad-dsn": ["import psycopg\npsycopg.connect('nowhere')"],
        "causes.postgres.nul-text": [HEAD + "d.execute('select %s', ['a\\0'])"],
        "causes.postgres.pool-timeout": [
            "import psycopg_pool, logging\nlogging.getLogger('psycopg.pool').disabled = True\np = psycopg_pool.ConnectionPool('host=127.0.0.1 port=%d' % refused(), min_size=1, open=False); p.open()\ntry:\n    with p.connection(timeout=0.2): pass\nfinally: p.close()"
        ],
    }
)
HEAD2 = "import psycopg2\nport = server(); d = psycopg2.connect(''); d.autocommit = True; c = d.cursor()\n"
PSYCOPG2 = SimpleNamespace(FAMILY="postgres", DISTRIBUTION="psycopg2-binary", LEAVES_OPEN=True)
PSYCOPG2.CASES = {
    "causes.postgres.no-relation": [HEAD2 + "c.execute('select * from carts')"],
    "causes.postgres.unique": [HEAD2 + "c.execute(\"insert into orders values (1, 'a', 1), (1, 'b', 1)\")"],
    "causes.postgres.invalid-input": [HEAD2 + "c.execute(\"select 'x'::integer\")"],
    "causes.postgres.connection-refused": [
        "import psycopg2\npsycopg2.connect(host='127.0.0.1', port=refused(), user='postgres')"
    ],
    "causes.postgres.unresolved": ["import psycopg2\npsycopg2.connect(host=NOWHERE, user='postgres')"],
    "causes.postgres.password": ["import psycopg2\nserver(); psycopg2.connect('user=locked password=wrong')"],
    "causes.postgres.no-database": ["import psycopg2\nserver(); psycopg2.connect('dbname=kiosk')"],
    "causes.postgres.connection-lost": [
        "import psycopg2\npsycopg2.connect(host='127.0.0.1', port=answering(b''), user='postgres', sslmode='disable')",
        HEAD2
        + "o = psycopg2.connect(''); o.autocommit = True; o.cursor().execute('select pg_terminate_backend(%s)', [d.info.backend_pid]); c.execute('select 1'); c.execute('select 1')",
    ],
    "causes.postgres.closed": [HEAD2 + "d.close(); d.cursor()", HEAD2 + "c.close(); c.execute('select 1')"],
    "causes.postgres.cannot-adapt": [
        HEAD2 + "c.execute('select %s', [object()])",
        HEAD2 + "c.execute('select %s', [{}])",
    ],
    "causes.postgres.no-result": [HEAD2 + "c.execute('set statement_timeout = 0'); c.fetchall()"],
    "causes.postgres.transaction-aborted": [
        HEAD2 + "d.autocommit = False\ntry: c.execute('selct')\nexcept Exception: pass\nc.execute('select 1')"
    ],
    "causes.postgres.connect-timeout": [
        "import psycopg2\npsycopg2.connect(host='127.0.0.1', port=silent(), user='postgres', sslmode='disable', connect_timeout=2)"
    ],
    "causes.python.percent-arguments": [HEAD2 + "c.execute('select %s', [1, 2])"],
}
HEAD3 = "import asyncpg, os\nserver()\nasync def main():\n    d = await asyncpg.connect()\n    try: await act(d)\n    finally: await d.close()\n"
ASYNCPG = SimpleNamespace(FAMILY="asyncpg", DISTRIBUTION="asyncpg", LEAVES_OPEN=True)
ASYNCPG.CASES = {
    "causes.postgres.no-relation": [HEAD3 + "async def act(d): await d.execute('select * from carts')\nloop(main)"],
    "causes.postgres.unique": [
        HEAD3 + "async def act(d): await d.execute(\"insert into orders values (1, 'a', 1), (1, 'b', 1)\")\nloop(main)"
    ],
    "causes.asyncpg.in-progress": [
        HEAD3
        + "import asyncio\nasync def act(d): await asyncio.gather(d.execute('select pg_sleep(0.2)'), d.execute('select 1'))\nloop(main)"
    ],
    "causes.asyncpg.argument-type": [
        HEAD3 + "async def act(d): await d.fetch('select $1::integer', 'x')\nloop(main)",
        HEAD3 + "async def act(d): await d.fetch('select $1::text', 3)\nloop(main)",
        HEAD3 + "async def act(d): await d.fetch('select $1::timestamp', '2024')\nloop(main)",
        HEAD3
        + "import datetime\nasync def act(d): await d.fetch('select $1::timestamp', datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc))\nloop(main)",
    ],
    "causes.asyncpg.argument-count": [
        HEAD3 + "async def act(d): await d.fetch('select $1::integer')\nloop(main)",
        HEAD3 + "async def act(d): await d.fetch('select 1', 2)\nloop(main)",
    ],
    "causes.asyncpg.closed": [
        HEAD3 + "async def act(d): await d.close(); await d.execute('select 1')\nloop(main)",
        HEAD3
        + "async def act(d):\n    p = await asyncpg.create_pool(min_size=1); await p.close(); await p.fetch('select 1')\nloop(main)",
    ],
    "causes.asyncpg.pool-released": [
        HEAD3
        + "async def act(d):\n    p = await asyncpg.create_pool(min_size=1); c = await p.acquire(); await p.release(c)\n    try: await c.fetch('select 1')\n    finally: await p.close()\nloop(main)"
    ],
    "causes.asyncpg.connection-lost": [
        HEAD3
        + "import asyncio\nasync def act(d):\n    o = await asyncpg.connect(); t = asyncio.ensure_future(d.execute('select pg_sleep(3)')); await asyncio.sleep(0.1)\n    await o.execute('select pg_terminate_backend(%d)' % d.get_server_pid()); await o.close()\n    await t\nloop(main)",
        HEAD3
        + "import asyncio\nasync def act(d):\n    t = asyncio.ensure_future(d.execute('select pg_sleep(3)')); await asyncio.sleep(0.1); d._transport.abort(); await t\nloop(main)",
    ],
    "causes.network.connect-call": ["import asyncpg\nloop(lambda: asyncpg.connect(host='127.0.0.1', port=refused()))"],
    "causes.asyncpg.dsn": ["import asyncpg\nloop(lambda: asyncpg.connect('http://x'))"],
}
FAMILIES = [POSTGRES, PSYCOPG2, ASYNCPG]
