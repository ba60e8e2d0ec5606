"""The verbs that create, change and delete users; each one transaction, one signal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.password_validation import password_changed
from django.db import transaction
from django.db.models import F

from authkit.exceptions import StaleUserError

from . import identity
from .status import Action, Status, after
from .superusers import lock_user, table_of
from .tracked import write_db
from .user_queryset import U, UserQuerySet
from .writes import announce

if TYPE_CHECKING:
    from .users import AbstractUserBasic


class UserManager(BaseUserManager[U]):
    """Creates users, finds them by what they type, and changes their status and credentials."""

    def get_queryset(self) -> UserQuerySet[U]:
        return UserQuerySet(self.model, using=self._db, hints=self._hints)  # type: ignore[attr-defined]

    def create_user(
        self, email: str | None = None, password: str | None = None, **fields: Any
    ) -> U:
        """A new user, active unless *status* is given; without a password nobody can log in."""
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str | None = None, password: str | None = None, **fields: Any
    ) -> U:
        """A new user with every right."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, name: str | None) -> U:
        """The user of this address (or whatever USERNAME_FIELD is), however it is spelled."""
        return self.get(**self._natural(name))

    async def aget_by_natural_key(self, name: str | None) -> U:
        """See get_by_natural_key()."""
        return await self.aget(**self._natural(name))

    def _natural(self, name: str | None) -> dict[str, Any]:
        field = self.model.USERNAME_FIELD
        if field == "email":
            return {"email_key": identity.email_key(name or "")}
        if field == "username":
            return {"username_key": identity.username_key(name or "")}
        return {field: name}

    def get_by_email(self, address: str) -> U | None:
        """The user of this address, or None."""
        return self._first(email_key=identity.email_key(address))

    def get_by_username(self, name: str) -> U | None:
        """The user of this user name, or None."""
        return self._first(username_key=identity.username_key(name))

    def _first(self, **key: str) -> U | None:
        return self.filter(**key).first() if all(key.values()) else None

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
        self._write_password(user, password, None, version=version)

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
        self._write_password(user, password, Action.PASSWORD, approval=approval, version=version)

    def _write_password(
        self,
        user: AbstractUserBasic,
        password: str | None,
        action: Action | None,
        **options: Any,
    ) -> None:
        # Refused, it must not stay on the instance, where the next save() would write it.
        with user.restoring():
            user.set_password(password)
            self._change(user, action, event=Action.PASSWORD, password=user.password, **options)

    def set_email(
        self, user: AbstractUserBasic, address: str, *, version: int | None = None
    ) -> None:
        """Give the user another, proved address; ends every session."""
        email, key = identity.clean_email(address), identity.email_key(address)
        if not key:
            raise ValueError("An address is needed.")
        self._change(user, None, event=Action.EMAIL, version=version, email=email, email_key=key)

    def end_sessions(self, user: AbstractUserBasic, *, version: int | None = None) -> None:
        """Log the user out everywhere, and kill every mailed link.

        Raises StaleUserError: *version* is given, and no longer the current one.
        """
        self._change(user, None, event=Action.END_SESSIONS, version=version)

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
        using = write_db(self, instance=user)
        event = event or action or Action.UPDATE
        with user.restoring(), transaction.atomic(using=using):
            leaving = action in {Action.BLOCK, Action.DISABLE}
            row = lock_user(self.model, user.pk, leaving=leaving, using=using)
            if row is None or (version is not None and row.version != version):
                raise StaleUserError("The account has changed since.")
            data = {}
            if action is not None:
                status = after(action, row.status, row.blocked_from, approval=approval)
                data = {"from": row.status, "to": status.value}
                values |= status_columns(status, row)
            self._write(user, row.version, values, using)
            announce(self.model, user, event, data, using=using)

    def _write(
        self, user: AbstractUserBasic, version: int, values: dict[str, Any], using: str
    ) -> None:
        # Conditional, so that of two writers one loses even where rows cannot be locked.
        rows = table_of(self.model)._base_manager.using(using).filter(pk=user.pk, version=version)
        if not rows.update(**values, version=F("version") + 1):
            raise StaleUserError("The account has changed since.")
        user.take(**values, version=version + 1)
        raw = getattr(user, "_password", None)
        if "password" in values and raw is not None:
            # As AbstractBaseUser.save() does, which then forgets it.
            password_changed(raw, user)  # type: ignore[arg-type]
            user._password = None


def status_columns(status: Status, row: AbstractUserBasic) -> dict[str, Any]:
    """The columns that say *status*."""
    blocked_from = (row.blocked_from or row.status) if status == Status.BLOCKED else ""
    return {
        "status": status.value,
        "is_active": status == Status.ACTIVE,
        "blocked_from": blocked_from,
    }
