"""What Alembic runs for every command. The connection is lent by `runner`, which also holds the lock."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="migrations",
    version_table_schema="parlor",
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
