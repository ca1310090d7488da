"""The first lock: protected rows cannot be read without saying for whom.

A protected model's queryset refuses to touch the database until `visible_to(viewer)` has narrowed it. The second lock,
row-level security in PostgreSQL (`rls.py`), holds by itself.
"""

from typing import Any, Self, TypeVar

from django.db import models

from healing import ids
from healing.errors import NoScope

Row = TypeVar("Row", bound="Protected", covariant=True)


class ScopedQuerySet(models.QuerySet[Row]):
    """`visible_to` comes first. Creating rows is allowed: whom a new row concerns is in the row itself."""

    _scoped = False

    def visible_to(self, viewer: Any) -> Self:
        narrowed = self.filter(self.model.visible_rows(viewer))
        narrowed._scoped = True
        return narrowed

    def _clone(self) -> Self:
        clone = super()._clone()  # type: ignore[misc]  # it is there: its stubs leave it out
        clone._scoped = self._scoped
        return clone

    def _require_scope(self) -> None:
        if not self._scoped:
            raise NoScope(f"{self.model._meta.label} was read without visible_to(viewer)")

    def _fetch_all(self) -> None:
        self._require_scope()
        super()._fetch_all()

    def iterator(self, *args: Any, **kwargs: Any) -> Any:
        self._require_scope()
        return super().iterator(*args, **kwargs)

    def count(self) -> int:
        self._require_scope()
        return super().count()

    def exists(self) -> bool:
        self._require_scope()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._require_scope()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        self._require_scope()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._require_scope()
        return super().delete()

    def explain(self, **options: Any) -> str:
        self._require_scope()
        return super().explain(**options)


class Protected(models.Model):
    """A row that belongs to somebody. Subclasses say which rows a viewer may see, as one Q over their own columns."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True
        # Forward relations and refresh_from_db follow a row already in hand, so they use Django's plain manager.

    @classmethod
    def visible_rows(cls, viewer: Any) -> models.Q:
        raise NotImplementedError(f"{cls.__name__} must say which rows a viewer may see")
