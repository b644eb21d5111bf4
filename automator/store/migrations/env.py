"""Alembic's entry: runs on the connection that automator.store.migrate gives."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    render_as_batch=True,
    compare_type=True,
    user_module_prefix="sqlmodel.",
)
with context.begin_transaction():
    context.run_migrations()
