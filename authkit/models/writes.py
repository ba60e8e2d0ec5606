"""How a user is written: what was changed, on what basis, and what only a verb may write."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, router, transaction
from django.db.models import F

from authkit.exceptions import ProtectedFieldError, StaleUserError
from authkit.signals import user_changed

from .status import Action
from .superusers import guard_last_superuser, lock_user, table_of

STATUS_FIELDS = frozenset({"status", "is_active", "version", "blocked_from"})
# Written by save() only where changed, together with the version.
CREDENTIAL_FIELDS = frozenset({"password", "email", "username"})
KEY_FIELDS = frozenset({"email_key", "username_key"})
PRIVILEGE_FIELDS = frozenset({"is_staff", "is_superuser"})

_EVENTS = {"password": Action.PASSWORD, "email": Action.EMAIL, "username": Action.USERNAME}
_WATCHED = STATUS_FIELDS | CREDENTIAL_FIELDS | PRIVILEGE_FIELDS


class CarefulWrites(AbstractBaseUser):
    """``save()`` writes a password, address or user name only where it was changed, bumps the
    version with it, and refuses to do so from a stale copy; it never writes the status.
    """

    # The watched columns as they are in the database.
    _loaded: Mapping[str, Any] = MappingProxyType({})

    if TYPE_CHECKING:
        status: Any
        version: Any
        is_superuser: Any

    class Meta:
        abstract = True

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any
    ) -> Self:
        user = super().from_db(db, field_names, values, **kwargs)
        user.remember()
        return user

    def refresh_from_db(  # type: ignore[override]
        self, using: str | None = None, fields: Iterable[str] | None = None, **kwargs: Any
    ) -> None:
        names = None if fields is None else list(fields)
        super().refresh_from_db(using=using, fields=names, **kwargs)
        self.remember(_WATCHED if names is None else _WATCHED.intersection(names))

    def remember(self, names: Iterable[str] = _WATCHED) -> None:
        """Note that the columns *names* are in the database as they are here."""
        known = {name: self.__dict__[name] for name in names if name in self.__dict__}
        # A new dict: a copy of the user has the old one too.
        self._loaded = {**self._loaded, **known}

    def _altered(self, using: str) -> set[str]:
        """The watched columns whose value is no longer that of the database."""
        values = {name: self.__dict__[name] for name in _WATCHED if name in self.__dict__}
        if unknown := values.keys() - self._loaded.keys():
            # Deferred when the user was loaded, and assigned since.
            row = table_of(type(self))._base_manager.using(using).filter(pk=self.pk)
            self._loaded = {**self._loaded, **(row.values(*unknown).first() or {})}
        return {name for name, value in values.items() if self._loaded.get(name) != value}

    def take(self, **values: Any) -> None:
        """Take over what a verb has written."""
        for name, value in values.items():
            setattr(self, name, value)
        self.remember(_WATCHED.intersection(values))

    @contextmanager
    def restoring(self) -> Iterator[None]:
        """Within it, a failure leaves the instance as it was; the database does so with the row."""
        before, state = self.__dict__.copy(), (self._state.adding, self._state.db)
        try:
            yield
        except BaseException:
            self.__dict__.clear()
            self.__dict__.update(before)
            self._state.adding, self._state.db = state
            raise

    def prepare(self) -> None:
        """Bring derived columns into their stored form."""

    def save(self, **kwargs: Any) -> None:
        """Raises ProtectedFieldError: the status was assigned. StaleUserError: see the class."""
        self.prepare()
        kwargs["using"] = self._write_db(kwargs.get("using"))
        with self.restoring(), transaction.atomic(using=kwargs["using"]):
            if self._state.adding or self.pk is None:
                self._insert(kwargs)
            else:
                self._save_changes(kwargs)

    def _insert(self, kwargs: dict[str, Any]) -> None:
        if self.pk is not None:
            # Django would first try an UPDATE of the user that has this key already.
            kwargs["force_insert"] = (models.Model,)
        super().save(**kwargs)
        self.remember()
        privileges = {name: True for name in sorted(PRIVILEGE_FIELDS) if getattr(self, name)}
        self._announce(Action.CREATE, {"status": self.status, **privileges}, kwargs["using"])

    def _save_changes(self, kwargs: dict[str, Any]) -> None:
        using = kwargs["using"]
        altered = self._altered(using)
        if refused := (altered & STATUS_FIELDS):
            raise ProtectedFieldError(
                f"save() may not write {', '.join(sorted(refused))}: use block(), disable(), "
                "allow(), approve() or the manager's verbs."
            )
        names = self._writable_names(kwargs.pop("update_fields", None), altered)
        credentials = altered & CREDENTIAL_FIELDS & names
        privileges = altered & PRIVILEGE_FIELDS & names
        if "is_superuser" in privileges and not self.is_superuser:
            guard_last_superuser(type(self), [self.pk], using=using)
        if credentials:
            self._bump(credentials, using)
        if names:
            super().save(update_fields=names, **kwargs)
        self.remember(credentials | privileges)
        self._announce_changes(names, credentials, privileges, using)

    def _writable_names(self, named: Iterable[str] | None, altered: set[str]) -> set[str]:
        """The columns to write: those named, without the status and unaltered credentials."""
        own = {field.attname for field in self._meta.concrete_fields if not field.primary_key}
        names = own - self.get_deferred_fields() if named is None else set(named)
        names -= STATUS_FIELDS | ((CREDENTIAL_FIELDS | PRIVILEGE_FIELDS) - altered)
        for name in ("email", "username"):
            key = f"{name}_key"
            names = names | {key} if name in names else names - {key}
        return names

    def _bump(self, credentials: set[str], using: str) -> None:
        # Without the version the values that are to be replaced are the basis of the change.
        basis = {"version"} & self._loaded.keys() or credentials
        rows = table_of(type(self))._base_manager.using(using).filter(pk=self.pk)
        expected = {name: self._loaded[name] for name in basis if name in self._loaded}
        if not rows.filter(**expected).update(version=F("version") + 1):
            raise StaleUserError("The account has changed since it was loaded.")
        if "version" in self._loaded:
            self.take(version=self._loaded["version"] + 1)

    def _announce_changes(
        self, names: set[str], credentials: set[str], privileges: set[str], using: str
    ) -> None:
        for name in sorted(credentials):
            self._announce(_EVENTS[name], {}, using)
        if privileges:
            data = {name: getattr(self, name) for name in sorted(privileges)}
            self._announce(Action.PRIVILEGES, data, using)
        if not credentials and not privileges and names - {"last_login"}:
            self._announce(Action.UPDATE, {"fields": sorted(names)}, using)

    def delete(  # type: ignore[override]
        self, using: str | None = None, **kwargs: Any
    ) -> tuple[int, dict[str, int]]:
        """Raises LastSuperuserError: no active superuser would be left."""
        using, pk = self._write_db(using), self.pk
        if kwargs.get("keep_parents") and self._meta.concrete_model is not table_of(type(self)):
            return super().delete(using=using, **kwargs)
        with self.restoring(), transaction.atomic(using=using):
            row = lock_user(type(self), pk, leaving=True, using=using)
            result = super().delete(using=using, **kwargs)
            if row is not None:
                announce(type(self), self, Action.DELETE, {}, using=using, pk=pk)
        return result

    def _announce(self, action: Action, data: dict[str, Any], using: str) -> None:
        announce(type(self), self, action, data, using=using)

    def _write_db(self, using: str | None) -> str:
        return using or router.db_for_write(type(self), instance=self)


def announce(
    model: type[models.Model],
    user: CarefulWrites | None,
    action: Action,
    data: dict[str, Any],
    *,
    using: str,
    pk: Any = None,
    users: Sequence[CarefulWrites] = (),
) -> None:
    """Send ``user_changed``, once for each change."""
    pk = pk if pk is not None or user is None else user.pk
    user_changed.send(
        sender=model, user=user, pk=pk, action=action, data=data, using=using, users=users
    )
