"""SQLAlchemy, on SQLite in memory."""

import sqlalchemy  # noqa: F401 - the family is skipped without it

FAMILY = "sqlalchemy"
DISTRIBUTION = "sqlalchemy"

SETUP = """
import warnings
from sqlalchemy import *
from sqlalchemy.orm import *
Base = declarative_base()
class Order(Base):
    __tablename__ = 'orders'
    id = Column(Integer, primary_key=True)
    name = Column(String, nullable=False, unique=True)
    rows = relationship('Row', back_populates='order')
class Row(Base):
    __tablename__ = 'rows'
    id = Column(Integer, primary_key=True)
    order_id = Column(ForeignKey('orders.id'))
    order = relationship('Order', back_populates='rows')
from sqlalchemy.pool import StaticPool
e = create_engine('sqlite://', poolclass=StaticPool)
Base.metadata.create_all(e)
s = Session(e)
"""
CASES = {
    "causes.sqlite.no-such-table": [SETUP + "s.execute(text('select * from carts'))"],
    "causes.sqlite.unique": [SETUP + "s.add_all([Order(name='a'), Order(name='a')]); s.flush()"],
    "causes.sqlite.not-null": [SETUP + "s.add(Order()); s.flush()"],
    "causes.sqlite.binding-type": [SETUP + "s.execute(text('select :a'), {'a': {}})"],
    "causes.sqlalchemy.detached-load": [
        SETUP + "s.add(Order(name='a')); s.commit(); o = s.query(Order).one(); s.close(); o.rows"
    ],
    "causes.sqlalchemy.detached-refresh": [SETUP + "o = Order(name='a'); s.add(o); s.commit(); s.close(); o.name"],
    "causes.sqlalchemy.pool-limit": [
        "from sqlalchemy import *\nfrom sqlalchemy.pool import QueuePool\ne = create_engine('sqlite://', poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.1)\nc = e.connect(); e.connect()"
    ],
    "causes.sqlalchemy.rolled-back": [
        SETUP
        + "s.add_all([Order(name='a'), Order(name='a')])\ntry: s.flush()\nexcept Exception: pass\ns.execute(text('select 1'))"
    ],
    "causes.sqlalchemy.transaction-closed": [
        SETUP
        + "c = e.connect(); t = c.begin(); t.rollback()\nwith c.begin() as t:\n    t.rollback(); c.execute(text('select 1'))"
    ],
    "causes.sqlalchemy.no-row": [SETUP + "s.query(Order).one()", SETUP + "s.execute(select(Order)).scalar_one()"],
    "causes.sqlalchemy.many-rows": [
        SETUP + "s.add_all([Order(name='a'), Order(name='b')]); s.flush(); s.query(Order).one()",
        SETUP
        + "s.add_all([Order(name='a'), Order(name='b')]); s.flush(); s.execute(select(Order)).scalar_one_or_none()",
    ],
    "causes.sqlalchemy.url": [
        "import sqlalchemy\nsqlalchemy.create_engine('nowhere')",
        "import sqlalchemy\nsqlalchemy.create_engine('')",
    ],
    "causes.sqlalchemy.dialect": [
        "import sqlalchemy\nsqlalchemy.create_engine('kiosk://x')",
        "import sqlalchemy\nsqlalchemy.create_engine('sqlite+kiosk://x')",
    ],
    "causes.sqlalchemy.text": [SETUP + "s.execute('select 1')", SETUP + "s.query(Order).filter('id = 1')"],
    "causes.sqlalchemy.not-executable": [SETUP + "e.connect().execute('select 1')", SETUP + "s.execute(3)"],
    "causes.sqlalchemy.greenlet": [
        "import sqlalchemy\nfrom sqlalchemy.util import await_only\nimport asyncio\nc = asyncio.sleep(0)\ntry: await_only(c)\nfinally: c.close()"
    ],
    "causes.sqlalchemy.async-driver": [
        "from sqlalchemy.ext.asyncio import create_async_engine\ncreate_async_engine('sqlite+pysqlite://')"
    ],
    "causes.sqlalchemy.mapper-name": [
        SETUP
        + "class Cart(Base):\n    __tablename__ = 'carts'\n    id = Column(Integer, primary_key=True)\n    lines = relationship('Line')\nCart()"
    ],
    "causes.sqlalchemy.mapper-failed": [
        SETUP
        + "class Cart(Base):\n    __tablename__ = 'carts'\n    id = Column(Integer, primary_key=True)\n    lines = relationship('Line')\ntry: Cart()\nexcept Exception: pass\nCart()"
    ],
    "causes.sqlalchemy.not-mapped": [SETUP + "s.add('x')", SETUP + "s.add(None)"],
    "causes.sqlalchemy.no-property": [SETUP + "s.query(Order).filter_by(total=1)"],
    "causes.sqlalchemy.mapper-property": [SETUP + "Order.__mapper__.get_property('total')"],
    "causes.sqlalchemy.invalid-keyword": [SETUP + "Order(total=1)"],
    "causes.sqlalchemy.no-join-condition": [
        SETUP
        + "class Cart(Base):\n    __tablename__ = 'carts'\n    id = Column(Integer, primary_key=True)\n    lines = relationship('Order')\nCart()"
    ],
    "causes.sqlalchemy.no-foreign-key": [
        SETUP
        + "class Cart(Base):\n    __tablename__ = 'carts'\n    id = Column(Integer, primary_key=True)\ns.query(Order).join(Cart).all()",
        SETUP
        + "from sqlalchemy import join\njoin(Table('a', MetaData(), Column('x', Integer)), Table('b', MetaData(), Column('x', Integer)))",
    ],
    "causes.sqlalchemy.referenced-table": [
        SETUP + "m = MetaData(); Table('a', m, Column('x', ForeignKey('b.id'))); m.create_all(e)"
    ],
    "causes.sqlalchemy.table-defined": [SETUP + "Table('orders', Base.metadata, Column('x', Integer))"],
    "causes.sqlalchemy.other-session": [SETUP + "o = Order(name='a'); s.add(o); s.flush(); Session(e).add(o)"],
    "causes.sqlalchemy.not-persisted": [SETUP + "s.refresh(Order(name='a'))", SETUP + "s.delete(Order(name='a'))"],
    "causes.sqlalchemy.no-rows-returned": [SETUP + "s.execute(text('create table x (y)')).fetchall()"],
    "causes.sqlalchemy.connection-closed": [SETUP + "c = e.connect(); c.close(); c.execute(text('select 1'))"],
    "causes.sqlalchemy.bind-missing": [SETUP + "s.execute(text('select :a'))"],
    "causes.sqlalchemy.stale": [
        SETUP
        + "o = Order(name='a'); s.add(o); s.flush(); s.execute(text('delete from orders')); o.name = 'b'; s.flush()"
    ],
    "causes.sqlalchemy.no-column": [
        SETUP + "s.execute(text('select 1 as a')).one()._mapping['b']",
        SETUP + "s.execute(text('select 1 as a')).one().b",
    ],
    "causes.sqlalchemy.comparator-attribute": [SETUP + "Order.name.total"],
    "causes.sqlalchemy.enum": [
        SETUP
        + "import enum\nclass Color(enum.Enum):\n    RED = 1\nclass Paint(Base):\n    __tablename__ = 'paints'\n    id = Column(Integer, primary_key=True)\n    color = Column(Enum(Color))\nBase.metadata.create_all(e); s.execute(text(\"insert into paints values (1, 'blue')\")); s.query(Paint).all()"
    ],
    "causes.sqlalchemy.date-type": [
        SETUP
        + "class Day(Base):\n    __tablename__ = 'days'\n    id = Column(Integer, primary_key=True)\n    at = Column(DateTime)\nBase.metadata.create_all(e); s.add(Day(at='2024-01-01')); s.flush()"
    ],
    "causes.sqlalchemy.no-bind": [SETUP + "Session().execute(select(Order))"],
    "causes.sqlalchemy.already-begun": [SETUP + "s.begin(); s.begin()"],
}
