"""Alembic's room: one file per change of the tables, run when the storage is opened."""
