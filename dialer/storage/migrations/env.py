"""Run by Alembic with the connection that `dialer.storage.engine.migrate` gives it, inside its transaction."""

from typing import Any, Literal

from alembic import context

from dialer.storage.tables import UtcDateTime, metadata


def _written(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A revision must not change when our own types do: it names SQLAlchemy's."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter a table; Alembic's template leaves this out
    render_item=_written,
)
with context.begin_transaction():
    context.run_migrations()
