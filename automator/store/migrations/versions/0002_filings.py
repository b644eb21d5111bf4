"""filings: what people put into folders and marked, and the one name for who corrected"""

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "filing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("category", sqlmodel.AutoString(), nullable=False),
        sa.Column("source", sqlmodel.AutoString(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("inside", sa.Boolean(), nullable=False),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("at", sqlmodel.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_filing_message_id_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
        sa.UniqueConstraint("message_id", "category", "source", name=op.f("uq_filing_message_id_category_source")),
    )
    with op.batch_alter_table("filing") as batch:
        batch.create_index(batch.f("ix_filing_message_id"), ["message_id"], unique=False)
    with op.batch_alter_table("correction") as batch:
        batch.create_index("ix_correction_at", ["at"], unique=False)
    op.execute("UPDATE correction SET \"by\" = 'command' WHERE \"by\" = 'cli'")


def downgrade() -> None:
    op.execute("UPDATE correction SET \"by\" = 'cli' WHERE \"by\" = 'command'")
    with op.batch_alter_table("correction") as batch:
        batch.drop_index("ix_correction_at")
    with op.batch_alter_table("filing") as batch:
        batch.drop_index(batch.f("ix_filing_message_id"))
    op.drop_table("filing")
