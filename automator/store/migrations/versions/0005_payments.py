"""payments: approved bills, payment files and the bills in them"""

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("bill_id", sa.Integer(), nullable=False),
        sa.Column("amount", sqlmodel.AutoString(), nullable=False),
        sa.Column("iban", sqlmodel.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_approval_bill_id_bill")),
        sa.PrimaryKeyConstraint("bill_id", name=op.f("pk_approval")),
    )
    op.create_table(
        "payment_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sqlmodel.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("execution_on", sa.Date(), nullable=False),
        sa.Column("debtor_name", sqlmodel.AutoString(), nullable=False),
        sa.Column("debtor_iban", sqlmodel.AutoString(), nullable=False),
        sa.Column("debtor_bic", sqlmodel.AutoString(), nullable=False),
        sa.Column("total", sqlmodel.AutoString(), nullable=False),
        sa.Column("sha256", sqlmodel.AutoString(), nullable=False),
        sa.Column("file", sqlmodel.AutoString(), nullable=False),
        sa.Column("undone_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_order")),
    )
    op.create_table(
        "payment_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("bill_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.AutoString(), nullable=False),
        sa.Column("iban", sqlmodel.AutoString(), nullable=False),
        sa.Column("amount", sqlmodel.AutoString(), nullable=False),
        sa.Column("remittance", sqlmodel.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_payment_line_bill_id_bill")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_payment_line_order_id_payment_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_line")),
        sa.UniqueConstraint("order_id", "bill_id", name=op.f("uq_payment_line_order_id_bill_id")),
    )
    with op.batch_alter_table("payment_line") as batch:
        batch.create_index(batch.f("ix_payment_line_bill_id"), ["bill_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("payment_line") as batch:
        batch.drop_index(batch.f("ix_payment_line_bill_id"))
    op.drop_table("payment_line")
    op.drop_table("payment_order")
    op.drop_table("approval")
