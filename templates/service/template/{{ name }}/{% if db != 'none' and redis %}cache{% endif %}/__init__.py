"""Rows that this service keeps in Redis."""
