"""filing seen by: whether folder or keyword showed it, how it came there, and since when one is missed"""

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("filing") as batch:
        batch.add_column(sa.Column("by", sqlmodel.AutoString(), nullable=False, server_default="folder"))
        batch.add_column(sa.Column("how", sqlmodel.AutoString(), nullable=False, server_default="hand"))
        batch.add_column(sa.Column("missed", sqlmodel.UTCDateTime(), nullable=True))
    with op.batch_alter_table("filing") as batch:
        batch.alter_column("by", server_default=None)
        batch.alter_column("how", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("filing") as batch:
        batch.drop_column("missed")
        batch.drop_column("how")
        batch.drop_column("by")
