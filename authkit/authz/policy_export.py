"""The policy that stands in the database, as a file holds it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from authkit.models import get_permission_model
from authkit.models.expiry import in_force

from .policy import groups_by_name, utc, write_alias

PLAIN = (str, int, float, bool, date)  # what a file can hold of a natural key


def export() -> tuple[dict[str, Any], list[str]]:
    """What the file holds, and which grants it cannot hold, as their record or model is gone."""
    using = write_alias()
    groups = groups_by_name(using)
    rows = get_permission_model()._default_manager.using(using).filter(in_force())
    rows = rows.filter(group__in=[group.pk for group in groups.values()])
    names = _Names(using, list(rows.select_related("group")))
    entries: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    left_out = []
    for row in names.rows:
        entry = names.entry(row)
        if entry is None:
            left_out.append(str(row))
        else:
            entries[row.group_id].append(entry)
    listed = [
        {
            "name": name,
            "description": group.description,
            "grants": sorted(entries[group.pk], key=_order),
        }
        for name, group in groups.items()
    ]
    return {"groups": listed}, left_out


def _order(entry: dict[str, Any]) -> Any:
    return entry.get("model", ""), entry["name"], str(entry.get("record", ""))


class _Names:
    """How a file names the targets of grants; the records of each model are loaded at once."""

    def __init__(self, using: str, rows: list[Any]) -> None:
        self.using, self.rows = using, rows
        keys: dict[int, set[Any]] = defaultdict(set)
        for row in rows:
            if row.target.is_record:
                keys[row.target_key].add(_key(row))
        self.models = {key: self._model(key) for key in {row.target_key for row in rows} - {0}}
        self.records = {
            key: model._base_manager.using(using).in_bulk(list(keys[key]))
            for key, model in self.models.items()
            if model is not None
        }

    def _model(self, key: int) -> type[Model] | None:
        return ContentType.objects.db_manager(self.using).get_for_id(key).model_class()

    def entry(self, row: Any) -> dict[str, Any] | None:
        """The grant *row*, or None where its target is gone."""
        entry: dict[str, Any] = {"name": row.name}
        if row.target_key:
            model = self.models[row.target_key]
            if model is None:
                return None
            entry["model"] = model._meta.label
            if row.target.is_record:
                record = self.records[row.target_key].get(_key(row))
                if record is None:
                    return None
                entry["record"] = _spelled(record)
        if row.expires_at is not None:
            entry["expires_at"] = utc(row.expires_at)
        return entry


def _key(row: Any) -> Any:
    return row.object_id or row.object_uuid


def _spelled(record: Any) -> Any:
    if hasattr(record, "natural_key") and hasattr(
        type(record)._default_manager, "get_by_natural_key"
    ):
        natural = list(record.natural_key())
        if natural and all(isinstance(part, PLAIN) for part in natural):
            # One part alone fits into the line.
            alone = len(natural) == 1 and isinstance(natural[0], str)
            return natural[0] if alone else natural
    return record.pk if isinstance(record.pk, int) else str(record.pk)
