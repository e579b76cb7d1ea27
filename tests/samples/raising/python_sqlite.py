"""What SQLite refuses, by the module of the standard library."""

FAMILY = "sqlite"
DB = "import sqlite3\nd = sqlite3.connect(':memory:'); d.execute('create table rows (id integer primary key, name text not null unique, price integer check (price > 0))')\n"
CASES = {
    "causes.sqlite.no-such-table": [
        DB + "d.execute('select * from orders')",
        DB + "d.execute('insert into main.orders values (1)')",
    ],
    "causes.sqlite.no-such-column": [
        DB + "d.execute('select total from rows')",
        DB + "d.execute('select r.total from rows r')",
    ],
    "causes.sqlite.no-column-named": [DB + "d.execute('insert into rows (total) values (1)')"],
    "causes.sqlite.unique": [
        DB + "d.execute('insert into rows values (1, 2, 3)'); d.execute('insert into rows values (1, 3, 3)')",
        DB
        + "d.execute('create table p (a, b, unique (a, b))'); d.execute('insert into p values (1, 2)'); d.execute('insert into p values (1, 2)')",
    ],
    "causes.sqlite.not-null": [DB + "d.execute('insert into rows values (1, null, 3)')"],
    "causes.sqlite.foreign-key": [
        DB
        + "d.execute('pragma foreign_keys = on'); d.execute('create table t (r references rows(id))'); d.execute('insert into t values (9)'); d.commit()"
    ],
    "causes.sqlite.check": [
        DB + "d.execute('insert into rows values (1, 2, 0)')",
        DB
        + "d.execute('create table t (a, constraint a_positive check (a > 0))'); d.execute('insert into t values (0)')",
    ],
    "causes.sqlite.locked": [
        "import sqlite3\np = str(folder() / 'd'); a = sqlite3.connect(p); a.execute('create table t (x)'); a.commit(); a.execute('begin exclusive'); sqlite3.connect(p, timeout=0.1).execute('insert into t values (1)')"
    ],
    "causes.sqlite.cannot-open": ["import sqlite3\nsqlite3.connect('/nowhere/shop.db')"],
    "causes.sqlite.syntax": [DB + "d.execute('selct 1')", DB + "d.execute('select * from rows where')"],
    "causes.sqlite.read-only": [
        "import sqlite3\np = folder() / 'd'; a = sqlite3.connect(str(p)); a.execute('create table t (x)'); a.commit(); sqlite3.connect('file:%s?mode=ro' % p, uri=True).execute('insert into t values (1)')"
    ],
    "causes.sqlite.bindings": [DB + "d.execute('select ?', (1, 2))", DB + "d.execute('select ?, ?', (1,))"],
    "causes.sqlite.binding-type": [
        {"code": DB + "d.execute('select ?', ({},))", "since": (3, 11)},
        {"code": DB + "d.execute('select ?', (object(),))", "since": (3, 11)},
    ],
    "causes.sqlite.binding-type-old": [{"code": DB + "d.execute('select ?', ({},))", "until": (3, 11)}],
    "causes.sqlite.binding-missing": [DB + "d.execute('select :a', {'b': 1})"],
    "causes.sqlite.thread": [
        DB + "import concurrent.futures as c\nc.ThreadPoolExecutor(1).submit(d.execute, 'select 1').result()"
    ],
    "causes.sqlite.closed": [
        DB + "d.close(); d.execute('select 1')",
        DB + "c = d.cursor(); c.close(); c.execute('select 1')",
    ],
    "causes.sqlite.not-a-database": [
        "import sqlite3\np = folder() / 'd'; p.write_bytes(b'x' * 2000); sqlite3.connect(str(p)).execute('select * from t')"
    ],
    "causes.sqlite.malformed": [
        "import sqlite3\np = folder() / 'd'; a = sqlite3.connect(str(p)); a.execute('create table t (x)'); a.executemany('insert into t values (?)', [('y' * 500,)] * 50); a.commit(); a.close()\nb = bytearray(p.read_bytes()); b[4096:] = b'x' * (len(b) - 4096); p.write_bytes(b); sqlite3.connect(str(p)).execute('select * from t').fetchall()"
    ],
    "causes.sqlite.exists": [
        DB + "d.execute('create table rows (x)')",
        DB + "d.execute('create index i on rows (name)'); d.execute('create index i on rows (name)')",
    ],
    "causes.sqlite.value-count": [
        DB + "d.execute('insert into rows values (1)')",
        DB + "d.execute('insert into rows (id, name) values (1)')",
    ],
    "causes.sqlite.no-function": [DB + "d.execute('select kiosk(1)')"],
    "causes.sqlite.many-statements": [DB + "d.execute('select 1; select 2')"],
    "causes.sqlite.ambiguous": [DB + "d.execute('select name from rows a, rows b')"],
    "causes.sqlite.mismatch": [DB + "d.execute(\"insert into rows values ('x', 'y', 1)\")"],
    "causes.sqlite.full": [
        "import sqlite3\nd = sqlite3.connect(str(folder() / 'd')); d.execute('create table t (x)'); d.execute('pragma max_page_count = 3'); d.executemany('insert into t values (?)', [('y' * 900,)] * 90)"
    ],
    "causes.sqlite.integer-size": [DB + "d.execute('select ?', (2 ** 70,))"],
}
