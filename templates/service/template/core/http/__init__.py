"""Speak HTTP: the URL map, views, answers, errors, documents and metrics."""
