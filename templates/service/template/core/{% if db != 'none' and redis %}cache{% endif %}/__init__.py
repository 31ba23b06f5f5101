"""Rows of the database, kept in Redis."""
