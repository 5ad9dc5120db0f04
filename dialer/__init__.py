"""Whom to ring, when, and what became of it."""
