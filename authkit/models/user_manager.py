"""The verbs that create, change and delete users; each one transaction, one signal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.base_user import BaseUserManager
from django.db import models, transaction
from django.db.models import F

from ..exceptions import LastSuperuserError, ProtectedFieldError, StaleUserError
from ..signals import user_changed
from . import identity
from .status import Action, Status, after

if TYPE_CHECKING:
    from .users import AbstractUserBasic

U = TypeVar("U", bound="AbstractUserBasic")

STATUS_FIELDS = frozenset({"status", "is_active", "version", "blocked_from"})
# Written by save() only where changed, together with the version.
CREDENTIAL_FIELDS = frozenset({"password", "email", "username"})
KEY_FIELDS = frozenset({"email_key", "username_key"})
PRIVILEGE_FIELDS = frozenset({"is_staff", "is_superuser"})


class UserQuerySet(models.QuerySet[U]):
    """Users; what must go through a verb is refused here."""

    def update(self, **values: Any) -> int:
        """Raises ProtectedFieldError: a column of status, credentials or privileges is named."""
        refused = set(values) & (STATUS_FIELDS | CREDENTIAL_FIELDS | KEY_FIELDS | PRIVILEGE_FIELDS)
        if refused:
            raise ProtectedFieldError(
                f"update() may not write {', '.join(sorted(refused))}: use the manager's verbs "
                "(approve, disable, block, allow, set_password, set_email) or save()."
            )
        return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete them all; one event for the call."""
        with transaction.atomic(using=self.db):
            pks = list(self.values_list("pk", flat=True))
            guard_last_superuser(self.model, pks, using=self.db)
            result = super().delete()
            data = {"users": [str(pk) for pk in pks[:1000]], "count": len(pks)}
            announce(self.model, None, Action.DELETE, data, using=self.db)
        return result

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[U], *args: Any, **kwargs: Any) -> list[U]:
        """Create them all; one event for the call."""
        users = list(objs)
        for user in users:
            user.prepare()
        with transaction.atomic(using=self.db):
            created = super().bulk_create(users, *args, **kwargs)
            announce(self.model, None, Action.CREATE, {"count": len(created)}, using=self.db)
        return created


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Creates users, finds them by what they type, and changes their status and credentials."""

    def create_user(
        self, email: str | None = None, password: str | None = None, **fields: Any
    ) -> AbstractUserBasic:
        """A new user, active unless ``status`` says otherwise; no password means none can log in."""
        user: AbstractUserBasic = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str | None = None, password: str | None = None, **fields: Any
    ) -> AbstractUserBasic:
        """A new user with every right."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> AbstractUserBasic:
        """The user of this address, however it is spelled."""
        user: AbstractUserBasic = self.get(email_key=identity.email_key(email or ""))
        return user

    def get_by_email(self, address: str) -> AbstractUserBasic | None:
        """The user of this address, or None."""
        return self._first(email_key=identity.email_key(address))

    def get_by_username(self, name: str) -> AbstractUserBasic | None:
        """The user of this user name, or None."""
        return self._first(username_key=identity.username_key(name))

    def _first(self, **key: str) -> AbstractUserBasic | None:
        user: AbstractUserBasic | None = self.filter(**key).first() if all(key.values()) else None
        return user

    # Status

    def verify(
        self, user: AbstractUserBasic, *, approval: bool = False, version: int | None = None
    ) -> None:
        """The address is proved: unverified → active, or pending where approval is wanted."""
        self._change(user, Action.VERIFY, approval=approval, version=version)

    def approve(self, user: AbstractUserBasic) -> None:
        """Pending → active."""
        self._change(user, Action.APPROVE)

    def disable(self, user: AbstractUserBasic) -> None:
        """Active → disabled: no login until the person sets a new password by mail."""
        self._change(user, Action.DISABLE)

    def block(self, user: AbstractUserBasic) -> None:
        """Any → blocked: nothing at all, on any path, from the next request on."""
        self._change(user, Action.BLOCK)

    def allow(self, user: AbstractUserBasic) -> None:
        """Blocked → what held before the block; disabled → active."""
        self._change(user, Action.ALLOW)

    # Credentials and sessions

    def set_password(
        self, user: AbstractUserBasic, password: str | None, *, version: int | None = None
    ) -> None:
        """Set the password and end every session; the status stays."""
        user.set_password(password)
        self._change(user, None, event=Action.PASSWORD, version=version, password=user.password)

    def reset_password(
        self,
        user: AbstractUserBasic,
        password: str,
        *,
        approval: bool = False,
        version: int | None = None,
    ) -> None:
        """Set a password on proof of the mailbox: verifies and re-enables, never approves.

        Raises StatusError: the account is pending or blocked. StaleUserError: *version* is not
        the current one.
        """
        user.set_password(password)
        self._change(
            user, Action.PASSWORD, approval=approval, version=version, password=user.password
        )

    def set_email(
        self, user: AbstractUserBasic, address: str, *, version: int | None = None
    ) -> None:
        """Give the user another, proved address; ends every session."""
        address = identity.clean_email(address)
        key = identity.email_key(address)
        self._change(
            user, None, event=Action.EMAIL, version=version, email=address, email_key=key
        )

    def end_sessions(self, user: AbstractUserBasic) -> None:
        """Log the user out everywhere, and kill every mailed link."""
        self._change(user, None, event=Action.END_SESSIONS)

    def _change(
        self,
        user: AbstractUserBasic,
        action: Action | None,
        *,
        event: Action | None = None,
        approval: bool = False,
        version: int | None = None,
        **values: Any,
    ) -> None:
        """Write *values* and the status that *action* leads to, if *version* is still current."""
        using = self._db or user._state.db or "default"
        event = event or action or Action.UPDATE
        rows = self.model._base_manager.using(using)
        with transaction.atomic(using=using):
            row = rows.select_for_update().filter(pk=user.pk).first()
            if row is None or (version is not None and row.version != version):
                raise StaleUserError("The account has changed since.")
            data = {}
            if action is not None:
                status = after(action, row.status, row.blocked_from, approval=approval)
                data = {"from": row.status, "to": status.value}
                if status != Status.ACTIVE:
                    guard_last_superuser(self.model, [user.pk], using=using)
                values |= status_columns(status, row)
            # Conditional, so that of two writers one loses even where rows cannot be locked.
            written = rows.filter(pk=user.pk, version=row.version).update(
                **values, version=F("version") + 1
            )
            if not written:
                raise StaleUserError("The account has changed since.")
            user.take(**values, version=row.version + 1)
            announce(self.model, user, event, data, using=using)


def status_columns(status: Status, row: AbstractUserBasic) -> dict[str, Any]:
    """The columns that say *status*."""
    blocked_from = (row.blocked_from or row.status) if status == Status.BLOCKED else ""
    return {
        "status": status.value,
        "is_active": status == Status.ACTIVE,
        "blocked_from": blocked_from,
    }


def guard_last_superuser(
    model: type[models.Model], leaving: Iterable[Any], *, using: str
) -> None:
    """Raises LastSuperuserError: without *leaving* (keys) no active superuser would be left."""
    # The rows are locked, so that two administrators cannot remove each other at once.
    supers = set(
        model._base_manager.using(using)
        .select_for_update()
        .filter(is_superuser=True, status=Status.ACTIVE)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if supers and supers <= set(leaving):
        raise LastSuperuserError("The last active superuser must stay.")


def announce(
    model: type[models.Model],
    user: AbstractUserBasic | None,
    action: Action,
    data: dict[str, Any],
    *,
    using: str,
    pk: Any = None,
) -> None:
    """Send ``user_changed``, once for each change."""
    pk = pk if pk is not None or user is None else user.pk
    user_changed.send(sender=model, user=user, pk=pk, action=action, data=data, using=using)
