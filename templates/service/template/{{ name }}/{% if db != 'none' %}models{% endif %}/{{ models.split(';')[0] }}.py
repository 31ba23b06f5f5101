"""Models under migration: after a change, `aerich migrate --name what_changed`."""

from datetime import datetime
from enum import StrEnum
from typing import Self

from tortoise import fields
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from core.db.models import KeyedModel, SoftDeleteModel, TimestampedModel


class NoteState(StrEnum):
    """Where a note is in its life."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Note(KeyedModel, TimestampedModel, SoftDeleteModel):
    """Notes, found by a slug that is unique among those that are not deleted."""

    slug = fields.CharField(max_length=100)
    title = fields.CharField(max_length=200)
    text = fields.TextField()
    state = fields.CharEnumField(
        NoteState, max_length=20, default=NoteState.DRAFT, description="A NoteState"
    )

    class Meta:
        table = "notes"
        unique_together = (("slug", "live"),)
        # Each order of a list has its index, with the key, for cursors. `live` is in none: few rows
        # are deleted and not yet purged, and with it first MariaDB reads an index from its start.
        indexes = (("created_at", "id"), ("title", "id"), ("deleted_at", "id"))

    @classmethod
    def matching(
        cls,
        *,
        contains: str | None = None,
        state: NoteState | None = None,
        created_from: datetime | None = None,
        created_before: datetime | None = None,
    ) -> QuerySet[Self]:
        """Return the query for the notes that meet every condition given."""
        notes = cls.all()
        if contains is not None:
            notes = notes.filter(Q(title__icontains=contains) | Q(text__icontains=contains))
        if state is not None:
            notes = notes.filter(state=state)
        if created_from is not None:
            notes = notes.filter(created_at__gte=created_from)
        if created_before is not None:
            notes = notes.filter(created_at__lt=created_before)
        return notes
