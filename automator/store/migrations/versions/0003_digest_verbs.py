"""digest verbs: what could be done on each numbered line, so that no question is put twice"""

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("digest_item") as batch:
        batch.add_column(sa.Column("verbs", sqlmodel.AutoString(), nullable=False, server_default=""))
    with op.batch_alter_table("digest_item") as batch:
        batch.alter_column("verbs", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("digest_item") as batch:
        batch.drop_column("verbs")
