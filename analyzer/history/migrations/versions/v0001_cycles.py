"""Cycles with their clusters and tests, claimed fixes, accepted errors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "analyzer_cycles",
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("services", sa.Text, nullable=False),
        sa.Column("services_key", sa.String(40), nullable=False),
        sa.Column("from_ns", sa.BigInteger),
        sa.Column("to_ns", sa.BigInteger),
        sa.Column("pass_rate", sa.Float(53)),
        sa.Column("errors", sa.Integer, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("digest", sa.String(40), nullable=False),
        sa.Column("report", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_analyzer_cycles"),
    )
    op.create_index("ix_analyzer_cycles_services_key", "analyzer_cycles", ["services_key", "to_ns"])
    op.create_table(
        "analyzer_texts",
        sa.Column("digest", sa.String(40), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("template", sa.Text, nullable=False),
        sa.Column("core", sa.Text, nullable=False),
        sa.Column("exception", sa.Text),
        sa.PrimaryKeyConstraint("digest", name="pk_analyzer_texts"),
    )
    op.create_table(
        "analyzer_clusters",
        sa.Column("cycle_key", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("fingerprint", sa.String(200), nullable=False),
        sa.Column("aliases", sa.Text, nullable=False),
        sa.Column("severity", sa.String(20), nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("entries", sa.BigInteger, nullable=False),
        sa.Column("change", sa.String(20)),
        sa.Column("first_ns", sa.BigInteger),
        sa.Column("last_ns", sa.BigInteger),
        sa.Column("text_digest", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("cycle_key", "position", name="pk_analyzer_clusters"),
        sa.ForeignKeyConstraint(
            ["cycle_key"], ["analyzer_cycles.key"], name="fk_analyzer_clusters_cycle_key", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["text_digest"], ["analyzer_texts.digest"], name="fk_analyzer_clusters_text_digest"),
    )
    op.create_index("ix_analyzer_clusters_fingerprint", "analyzer_clusters", ["fingerprint"])
    op.create_index("ix_analyzer_clusters_text_digest", "analyzer_clusters", ["text_digest"])
    op.create_table(
        "analyzer_tests",
        sa.Column("cycle_key", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("test", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("signature", sa.Text),
        sa.Column("flaky", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("cycle_key", "position", name="pk_analyzer_tests"),
        sa.ForeignKeyConstraint(
            ["cycle_key"], ["analyzer_cycles.key"], name="fk_analyzer_tests_cycle_key", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "analyzer_claims",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(40), nullable=False),
        sa.Column("commit_id", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_analyzer_claims"),
        sa.UniqueConstraint("digest", name="uq_analyzer_claims_digest"),
    )
    op.create_table(
        "analyzer_known",
        sa.Column("fingerprint", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("until", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_analyzer_known"),
    )
