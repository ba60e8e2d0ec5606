"""The user: abstract bases for projects, and the columns that hold status and identity."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar, Self

from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import check_password
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from ..exceptions import ProtectedFieldError, StaleUserError
from . import identity
from .fields import KeyEmailField, KeyField
from .status import Action, Status
from .user_manager import (
    CREDENTIAL_FIELDS,
    PRIVILEGE_FIELDS,
    STATUS_FIELDS,
    UserManager,
    announce,
    guard_last_superuser,
)

# What a form may do with a field: False, True (read and write) or (readable, writable).
FieldAccess = bool | tuple[bool, bool]

_EVENTS = {"password": Action.PASSWORD, "email": Action.EMAIL, "username": Action.USERNAME}
_WATCHED = STATUS_FIELDS | CREDENTIAL_FIELDS | PRIVILEGE_FIELDS


class AbstractUserBasic(AbstractBaseUser):
    """A user known by an address alone.

    ``save()`` writes a password, address or user name only where it was changed, bumps the version
    with it, and refuses to do so from a stale copy; it never writes the status.
    """

    email = KeyEmailField(_("email address"), max_length=254, null=True, blank=True)
    email_key = KeyField(max_length=254, null=True, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.ACTIVE, editable=False
    )
    blocked_from = models.CharField(max_length=10, blank=True, default="", editable=False)
    is_active = models.BooleanField(_("active"), default=True, editable=False)
    is_staff = models.BooleanField(
        _("staff"), default=False, help_text=_("May open the administration pages.")
    )
    is_superuser = models.BooleanField(
        _("superuser"), default=False, help_text=_("Has every right without it being granted.")
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    # Which further fields registration and profile may show and write; merged over the bases.
    form_registration_rw: ClassVar[Mapping[str, FieldAccess]] = {}
    form_profile_rw: ClassVar[Mapping[str, FieldAccess]] = {}

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        abstract = True
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["email"], name="%(app_label)s_%(class)s_email"),
            models.UniqueConstraint(fields=["email_key"], name="%(app_label)s_%(class)s_email_key"),
            models.CheckConstraint(
                condition=Q(is_active=True, status=Status.ACTIVE)
                | (Q(is_active=False) & ~Q(status=Status.ACTIVE)),
                name="%(app_label)s_%(class)s_is_active",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="%(app_label)s_%(class)s_status"
            ),
            models.CheckConstraint(
                condition=(Q(status=Status.BLOCKED) & ~Q(blocked_from=""))
                | (~Q(status=Status.BLOCKED) & Q(blocked_from="")),
                name="%(app_label)s_%(class)s_blocked_from",
            ),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._loaded: dict[str, Any] = {}

    def __str__(self) -> str:
        return self.get_username() or f"{self._meta.verbose_name} {self.pk}"

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Self:
        user = super().from_db(db, field_names, values)
        user._remember()
        return user

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self._remember()

    def _remember(self) -> None:
        """Note the watched columns as they are in the database."""
        self._loaded = {name: self.__dict__[name] for name in _WATCHED if name in self.__dict__}

    def _altered(self) -> set[str]:
        return {name for name, value in self._loaded.items() if self.__dict__.get(name) != value}

    def take(self, **values: Any) -> None:
        """Take over what a verb has written."""
        for name, value in values.items():
            setattr(self, name, value)
            if name in _WATCHED:
                self._loaded[name] = value

    # Saving

    def prepare(self) -> None:
        """Bring address, keys and ``is_active`` into their stored form."""
        self.email = identity.clean_email(self.email) or None if self.email else None
        self.email_key = identity.email_key(self.email) if self.email else None
        if self._state.adding:
            self.is_active = self.status == Status.ACTIVE
            if self.status == Status.BLOCKED and not self.blocked_from:
                self.blocked_from = Status.ACTIVE.value

    def clean(self) -> None:
        super().clean()
        self.prepare()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises ProtectedFieldError: the status was assigned. StaleUserError: see the class."""
        self.prepare()
        using = kwargs.get("using") or self._state.db or "default"
        with transaction.atomic(using=using):
            if self._state.adding:
                super().save(*args, **kwargs)
                announce(type(self), self, Action.CREATE, {"status": self.status}, using=using)
            else:
                self._save_changes(kwargs, using)
        self._remember()

    def _save_changes(self, kwargs: dict[str, Any], using: str) -> None:
        altered = self._altered()
        named = kwargs.pop("update_fields", None)
        if refused := (altered & STATUS_FIELDS):
            raise ProtectedFieldError(
                f"save() may not write {', '.join(sorted(refused))}: use block(), disable(), "
                "allow(), approve() or the manager's verbs."
            )
        names = self._writable_names(named, altered)
        credentials = altered & CREDENTIAL_FIELDS & names
        privileges = altered & PRIVILEGE_FIELDS & names
        if "is_superuser" in privileges and not self.is_superuser:
            guard_last_superuser(type(self), [self.pk], using=using)
        if credentials:
            self._bump(using)
        if names:
            super().save(update_fields=names, **kwargs)
        for name in sorted(credentials):
            announce(type(self), self, _EVENTS[name], {}, using=using)
        if privileges:
            data = {name: getattr(self, name) for name in sorted(privileges)}
            announce(type(self), self, Action.PRIVILEGES, data, using=using)
        if not credentials and not privileges and names - {"last_login"}:
            announce(type(self), self, Action.UPDATE, {"fields": sorted(names)}, using=using)

    def _writable_names(self, named: Iterable[str] | None, altered: set[str]) -> set[str]:
        """The columns to write: those named, without the status and unaltered credentials."""
        own = {field.name for field in self._meta.concrete_fields if not field.primary_key}
        names = own - self.get_deferred_fields() if named is None else set(named)
        names -= STATUS_FIELDS | ((CREDENTIAL_FIELDS | PRIVILEGE_FIELDS) - altered)
        for name in ("email", "username"):
            key = f"{name}_key"
            names = names | {key} if name in names else names - {key}
        return names

    def _bump(self, using: str) -> None:
        rows = type(self)._base_manager.using(using)
        if not rows.filter(pk=self.pk, version=self.version).update(version=F("version") + 1):
            raise StaleUserError("The account has changed since it was loaded.")
        self.take(version=self.version + 1)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raises LastSuperuserError: no active superuser would be left."""
        using = kwargs.get("using") or self._state.db or "default"
        pk = self.pk
        with transaction.atomic(using=using):
            guard_last_superuser(type(self), [pk], using=using)
            result = super().delete(*args, **kwargs)
            announce(type(self), self, Action.DELETE, {}, using=using, pk=pk)
        return result

    # Sessions and passwords

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions from before a change of status, password or address die with the version."""
        salt = "authkit.models.users.session"
        value = f"{self.version}:{self.password}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()

    def check_password(self, raw_password: str) -> bool:
        """Whether *raw_password* is the password; an outdated hash is replaced if still current."""

        def upgrade(raw: str) -> None:
            old = self.password
            self.set_password(raw)
            self._password = None
            rows = type(self)._base_manager.filter(pk=self.pk, password=old)
            if not rows.update(password=self.password):
                self.password = old
            self._loaded["password"] = self.password

        return check_password(raw_password, self.password, upgrade)

    # Verbs

    def approve(self) -> None:
        """Pending → active."""
        type(self).objects.approve(self)

    def disable(self) -> None:
        """Active → disabled: no login until the person sets a new password by mail."""
        type(self).objects.disable(self)

    def block(self) -> None:
        """Any → blocked: nothing at all, on any path."""
        type(self).objects.block(self)

    def allow(self) -> None:
        """Blocked → what held before; disabled → active."""
        type(self).objects.allow(self)

    # Rights, asked by Django's admin and third parties

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Whether the user is active and a superuser, or a backend grants *perm*."""
        if not self.is_active:
            return False
        if self.is_superuser:
            return True
        for backend in get_backends():
            try:
                if hasattr(backend, "has_perm") and backend.has_perm(self, perm, obj):
                    return True
            except PermissionDenied:
                return False
        return False

    def has_perms(self, perm_list: Iterable[str], obj: models.Model | None = None) -> bool:
        """Whether the user has every one of *perm_list*."""
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether the user has any right in the app."""
        if not self.is_active:
            return False
        return self.is_superuser or any(
            backend.has_module_perms(self, app_label)
            for backend in get_backends()
            if hasattr(backend, "has_module_perms")
        )


class AbstractUser(AbstractUserBasic):
    """A user with a user name besides the address, and names."""

    username = KeyField(
        _("user name"),
        max_length=150,
        null=True,
        blank=True,
        validators=[identity.validate_username],
    )
    username_key = KeyField(max_length=150, null=True, editable=False)
    first_name = models.CharField(_("first name"), max_length=150, blank=True)
    last_name = models.CharField(_("last name"), max_length=150, blank=True)

    form_registration_rw: ClassVar[Mapping[str, FieldAccess]] = {
        "first_name": True,
        "last_name": True,
    }
    form_profile_rw: ClassVar[Mapping[str, FieldAccess]] = {"first_name": True, "last_name": True}

    class Meta(AbstractUserBasic.Meta):
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *AbstractUserBasic.Meta.constraints,
            models.UniqueConstraint(
                fields=["username_key"], name="%(app_label)s_%(class)s_username_key"
            ),
        ]

    def prepare(self) -> None:
        super().prepare()
        self.username = (self.username or "").strip() or None
        self.username_key = identity.username_key(self.username) if self.username else None

    def get_full_name(self) -> str:
        """First and last name with a space between."""
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        """The first name."""
        return self.first_name
