"""The user: abstract bases for projects, and the columns that hold status and identity."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar, Self

from asgiref.sync import sync_to_async
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from authkit.exceptions import ProtectedFieldError

from . import identity
from .fields import KeyEmailField, KeyField
from .relations import GroupsOfUser, PermissionsOfUser, Relation
from .rights import Rights
from .status import Status
from .superusers import table_of
from .user_manager import UserManager
from .writes import CarefulWrites

# What a form may do with a field: False, True (read and write) or (readable, writable).
FieldAccess = bool | tuple[bool, bool]


class AbstractUserBasic(Rights, CarefulWrites):
    """A user known by an address alone."""

    email: models.EmailField[str | None, str | None] = KeyEmailField(
        _("email address"), max_length=identity.LONGEST_ADDRESS, null=True, blank=True
    )
    email_key: models.CharField[str | None, str | None] = KeyField(
        _("email address"), max_length=identity.LONGEST_ADDRESS, null=True, editable=False
    )
    status = KeyField(
        _("status"), max_length=10, choices=Status, default=Status.ACTIVE, editable=False
    )
    blocked_from = KeyField(max_length=10, blank=True, default="", editable=False)
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

    auth_groups = Relation(GroupsOfUser)
    auth_permissions = Relation(PermissionsOfUser)

    objects: ClassVar[UserManager[Self]] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        abstract = True
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # The key first: MariaDB looks at them in this order, and of several who register one
            # address in different spellings, all shall fail at the same index.
            models.UniqueConstraint(fields=["email_key"], name="%(app_label)s_%(class)s_email_key"),
            models.UniqueConstraint(fields=["email"], name="%(app_label)s_%(class)s_email"),
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
        # Finds the superusers; without it MariaDB would lock every user on the way to them.
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["is_superuser", "status"])]

    def __str__(self) -> str:
        return self.get_username() or f"{self._meta.verbose_name} {self.pk}"

    # Stored form and validation

    def prepare(self) -> None:
        """Bring address, keys and ``is_active`` into their stored form."""
        if "email" in self.__dict__:
            self.email = identity.clean_email(self.email or "") or None
            self.email_key = identity.email_key(self.email) if self.email else None
        if self._state.adding:
            self._prepare_status()

    def _prepare_status(self) -> None:
        active = self.status == Status.ACTIVE
        if active and not self.is_active:
            raise ProtectedFieldError("is_active follows the status: give status=Status.… instead.")
        self.is_active = active
        if self.status == Status.BLOCKED and not self.blocked_from:
            self.blocked_from = Status.ACTIVE.value

    def clean(self) -> None:
        # Past AbstractBaseUser's, which would turn the address into another one of the same look.
        super(AbstractBaseUser, self).clean()
        self.prepare()

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """A key that is taken is reported at the field that it is made of."""
        skipped = set(exclude or ())
        keys = {f"{name}_key": name for name in ("email", "username")}
        asked = {key for key, name in keys.items() if name not in skipped}
        try:
            super().validate_constraints(exclude=skipped - asked | keys.keys() - asked)
        except ValidationError as error:
            errors = error.error_dict
            for key in asked & errors.keys():
                errors.setdefault(keys[key], errors.pop(key))
            raise ValidationError(errors) from None

    # Sessions and passwords

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions from before a change of status, password or address die with the version.

        The password itself is not in it: an outdated hash that is renewed ends no session.
        """
        salt = "authkit.models.users.session"
        # The time tells the account from a later one with the same key.
        value = f"{self.pk}:{self.version}:{self.date_joined.timestamp()}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()

    def check_password(self, raw_password: str | None) -> bool:
        """Whether *raw_password* is the password; an outdated hash is replaced if still current."""

        def upgrade(raw: str) -> None:
            old = self.password
            self.set_password(raw)
            self._password = None
            rows = table_of(type(self))._base_manager.using(self._write_db(None))
            if not rows.filter(pk=self.pk, password=old).update(password=self.password):
                self.password = old
            self.remember(["password"])

        return check_password(raw_password, self.password, upgrade)

    async def acheck_password(self, raw_password: str | None) -> bool:
        """See check_password()."""
        return await sync_to_async(self.check_password)(raw_password)

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


class AbstractUser(AbstractUserBasic):
    """A user with a user name besides the address, and names."""

    username: models.CharField[str | None, str | None] = KeyField(
        _("user name"),
        max_length=identity.LONGEST_USERNAME,
        null=True,
        blank=True,
        validators=[identity.validate_username],
    )
    username_key: models.CharField[str | None, str | None] = KeyField(
        _("user name"), max_length=identity.LONGEST_USERNAME, null=True, editable=False
    )
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

    def __str__(self) -> str:
        return self.get_username() or self.username or super().__str__()

    def prepare(self) -> None:
        super().prepare()
        if "username" in self.__dict__:
            self.username = (self.username or "").strip() or None
            self.username_key = identity.username_key(self.username) if self.username else None

    def get_full_name(self) -> str:
        """First and last name with a space between."""
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        """The first name."""
        return self.first_name
