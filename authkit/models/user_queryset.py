"""Users in bulk: what must go through a verb is refused, and a call is one event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models, transaction

from authkit.exceptions import ProtectedFieldError

from .batches import MOST_KEYS
from .status import Action, Status
from .superusers import guard_last_superuser
from .tracked import plain
from .writes import CREDENTIAL_FIELDS, KEY_FIELDS, PRIVILEGE_FIELDS, STATUS_FIELDS, announce

if TYPE_CHECKING:
    from .users import AbstractUserBasic

U = TypeVar("U", bound="AbstractUserBasic")

_PROTECTED = STATUS_FIELDS | CREDENTIAL_FIELDS | KEY_FIELDS | PRIVILEGE_FIELDS


class UserQuerySet(models.QuerySet[U]):
    """Users; what must go through a verb is refused here."""

    def update(self, **values: Any) -> int:
        """Update them all; one event for the call.

        Raises ProtectedFieldError: a column of status, credentials or privileges is named.
        """
        _refuse_protected("update", values)
        self._for_write = True
        with transaction.atomic(using=self.db):
            count = super().update(**values)
            if set(values) - {"last_login"}:
                self._announce(Action.UPDATE, count, {"fields": sorted(values)})
        return count

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_update(
        self, objs: Iterable[U], fields: Iterable[str], batch_size: int | None = None
    ) -> int:
        """Update them all; one event for the call. Raises ProtectedFieldError as ``update``."""
        names = list(fields)
        _refuse_protected("bulk_update", names)
        self._for_write = True
        with transaction.atomic(using=self.db):
            count = plain(self).bulk_update(objs, names, batch_size)
            self._announce(Action.UPDATE, count, {"fields": sorted(names)})
        return count

    bulk_update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete them all; one event for the call.

        Raises LastSuperuserError: no active superuser would be left.
        """
        self._for_write = True
        with transaction.atomic(using=self.db):
            pks = list(self.values_list("pk", flat=True))
            supers = self.filter(is_superuser=True, status=Status.ACTIVE)
            if leaving := list(supers.values_list("pk", flat=True)):
                guard_last_superuser(self.model, leaving, using=self.db)
            result = super().delete()
            keys = [str(pk) for pk in pks[:MOST_KEYS]]
            self._announce(Action.DELETE, len(pks), {"users": keys})
        return result

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def bulk_create(  # type: ignore[override]
        self, objs: Iterable[U], batch_size: int | None = None, **kwargs: Any
    ) -> list[U]:
        """Create them all; one event for the call.

        Raises ProtectedFieldError: an existing user's status, credentials or privileges would be
        written.
        """
        _refuse_protected("bulk_create", kwargs.get("update_fields") or ())
        self._for_write = True
        users = list(objs)
        for user in users:
            user.prepare()
        with transaction.atomic(using=self.db):
            created = super().bulk_create(users, batch_size, **kwargs)
            # Where conflicts are no errors, nobody knows who is new.
            known = not {"ignore_conflicts", "update_conflicts"} & kwargs.keys()
            self._announce(Action.CREATE, len(created), {}, users=created if known else [])
        for user in created:
            user.remember()
        return created

    bulk_create.alters_data = True  # type: ignore[attr-defined]

    def _announce(
        self, action: Action, count: int, data: dict[str, Any], *, users: Sequence[U] = ()
    ) -> None:
        if count:
            data = {"count": count, **data}
            announce(self.model, None, action, data, using=self.db, users=users)


def _refuse_protected(call: str, names: Iterable[str]) -> None:
    if refused := _PROTECTED.intersection(names):
        raise ProtectedFieldError(
            f"{call}() may not write {', '.join(sorted(refused))}. A status changes by the "
            "manager's verbs verify, approve, disable, block, allow and end_sessions; a password, "
            "address or privilege by set_password, set_email or save()."
        )
