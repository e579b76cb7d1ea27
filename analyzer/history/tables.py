"""The tables of the newest schema. A change here needs a migration; a test compares the two.

Every number is of one cycle: totals are sums over rows, so that a cycle saved again replaces exactly what it said.
Nothing is shared between cycles but texts, which are named by their content and never change.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)
"""named constraints, so that a migration can name them on both databases"""

cycles = Table(
    "analyzer_cycles",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("services", Text, nullable=False),  # JSON
    Column("services_key", String(40), nullable=False),
    Column("from_ns", BigInteger),
    Column("to_ns", BigInteger),
    Column("pass_rate", Float(53)),
    Column("errors", Integer, nullable=False),
    Column("facts", Text, nullable=False),  # JSON: revisions, fixes, actions, impact
    Column("digest", String(40), nullable=False),  # of the report
    Column("report", LargeBinary, nullable=False),  # JSON, zlib
    Index("ix_analyzer_cycles_services_key", "services_key", "to_ns"),
)

texts = Table(
    "analyzer_texts",
    metadata,
    Column("digest", String(40), primary_key=True),
    Column("title", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("core", Text, nullable=False),
    Column("exception", Text),
)

clusters = Table(
    "analyzer_clusters",
    metadata,
    Column("cycle_key", String(40), ForeignKey(cycles.c.key, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),  # in the report
    Column("fingerprint", String(200), nullable=False, index=True),
    Column("aliases", Text, nullable=False),  # JSON
    Column("severity", String(20), nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("entries", BigInteger, nullable=False),
    Column("change", String(20)),
    Column("first_ns", BigInteger),
    Column("last_ns", BigInteger),
    Column("text_digest", String(40), ForeignKey(texts.c.digest), nullable=False, index=True),
)

tests = Table(
    "analyzer_tests",
    metadata,
    Column("cycle_key", String(40), ForeignKey(cycles.c.key, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("test", Text, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("signature", Text),
    Column("flaky", Boolean, nullable=False),
)

claims = Table(
    "analyzer_claims",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(40), nullable=False, unique=True),  # of commit and text
    Column("commit_id", String(64), nullable=False),
    Column("text", Text, nullable=False),
)

known = Table(
    "analyzer_known",
    metadata,
    Column("fingerprint", String(200), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("until", String(10), nullable=False),  # YYYY-MM-DD
)
