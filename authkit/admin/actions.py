"""What an administrator can do to accounts, one by one, through the same verbs as everybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, pgettext_lazy

from authkit.audit import record, refuse
from authkit.exceptions import AuthkitError, NoAddressError, NotAllowedError, StatusError
from authkit.models import Action, Mail, Status
from authkit.models.status import after

from .ranks import may_manage

# What is told when a verb is refused, by the reason of the exception.
REASONS = {
    "not_allowed": gettext_lazy("you may not manage a more privileged account"),
    "status_not_allowed": gettext_lazy("the status does not allow it"),
    "last_superuser": gettext_lazy("the last active superuser must stay"),
    "stale": gettext_lazy("it was changed or deleted meanwhile"),
    "no_address": gettext_lazy("there is no address to mail to"),
}
# For an exception of the project's own.
OTHER = gettext_lazy("it was refused")
NAMED = 10  # so many of those refused are named in the message


@dataclass(frozen=True, kw_only=True)
class Verb:
    """One thing to do: what it is called, what it does and what is told about it."""

    name: str
    event: str
    label: Any
    plural: Any
    done: Any
    log: Any
    run: Callable[[Any], None]
    is_possible: Callable[[Any], bool]
    warning: Any = ""


def _leads_on(action: Action) -> Callable[[Any], bool]:
    def is_possible(user: Any) -> bool:
        try:
            after(action, user.status, user.blocked_from)
        except StatusError:
            return False
        return True

    return is_possible


def _can_set_password(user: Any) -> bool:
    return bool(user.email) and _leads_on(Action.PASSWORD)(user)


def send_password_link(user: Any) -> None:
    """Mail *user* a link to set a password.

    Raises StatusError: the link would be dead on arrival. NoAddressError: see the class.
    """
    after(Action.PASSWORD, user.status, user.blocked_from)
    if not user.email:
        raise NoAddressError
    Mail.objects.queue("password_reset", user.email, user)


def _send_password_link(user: Any) -> None:
    send_password_link(user)
    record("password_retrieval", user=user)


def _manager() -> Any:
    return get_user_model()._default_manager


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            name="approve",
            event=Action.APPROVE,
            label=gettext_lazy("Approve"),
            plural=gettext_lazy("Approve selected %(verbose_name_plural)s"),
            done=ngettext_lazy(
                "%(count)d account was approved.", "%(count)d accounts were approved.", "count"
            ),
            log=gettext_lazy("Approved."),
            run=lambda user: _manager().approve(user),
            is_possible=_leads_on(Action.APPROVE),
        ),
        Verb(
            name="disable",
            event=Action.DISABLE,
            label=gettext_lazy("Disable"),
            plural=gettext_lazy("Disable selected %(verbose_name_plural)s"),
            done=ngettext_lazy(
                "%(count)d account was disabled.", "%(count)d accounts were disabled.", "count"
            ),
            log=gettext_lazy("Disabled."),
            run=lambda user: _manager().disable(user),
            is_possible=_leads_on(Action.DISABLE),
            warning=gettext_lazy(
                "Every session ends at once. These people can log in again as soon as they have "
                "set a new password by mail."
            ),
        ),
        Verb(
            name="block",
            event=Action.BLOCK,
            label=gettext_lazy("Block"),
            plural=gettext_lazy("Block selected %(verbose_name_plural)s"),
            done=ngettext_lazy(
                "%(count)d account was blocked.", "%(count)d accounts were blocked.", "count"
            ),
            log=gettext_lazy("Blocked."),
            run=lambda user: _manager().block(user),
            is_possible=_leads_on(Action.BLOCK),
            warning=gettext_lazy(
                "Every session ends at once, and these people can neither log in nor set a new "
                "password until an administrator allows it again."
            ),
        ),
        Verb(
            name="allow",
            event=Action.ALLOW,
            label=pgettext_lazy("account", "Allow"),
            plural=gettext_lazy("Allow selected %(verbose_name_plural)s again"),
            done=ngettext_lazy(
                "%(count)d account is allowed again.",
                "%(count)d accounts are allowed again.",
                "count",
            ),
            log=gettext_lazy("Allowed."),
            run=lambda user: _manager().allow(user),
            is_possible=_leads_on(Action.ALLOW),
        ),
        Verb(
            name="end_sessions",
            event=Action.END_SESSIONS,
            label=gettext_lazy("End all sessions"),
            plural=gettext_lazy("End all sessions of selected %(verbose_name_plural)s"),
            done=ngettext_lazy(
                "%(count)d account was logged out everywhere.",
                "%(count)d accounts were logged out everywhere.",
                "count",
            ),
            log=gettext_lazy("Sessions ended."),
            run=lambda user: _manager().end_sessions(user),
            is_possible=lambda user: user.status == Status.ACTIVE,
        ),
        Verb(
            name="send_password_link",
            event="password_retrieval",
            label=gettext_lazy("Send a link to set a password"),
            plural=gettext_lazy("Send selected %(verbose_name_plural)s a link to set a password"),
            done=ngettext_lazy(
                "A link to set a password goes to %(count)d account.",
                "Links to set a password go to %(count)d accounts.",
                "count",
            ),
            log=gettext_lazy("Link to set a password sent."),
            run=_send_password_link,
            is_possible=_can_set_password,
        ),
    )
}


@dataclass
class Report:
    """How many were done, and who was refused for which reason."""

    done: int = 0
    refused: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def tell(self, request: HttpRequest, verb: Verb) -> None:
        """Say it in messages."""
        if self.done:
            messages.success(request, verb.done % {"count": self.done})
        for reason, names in self.refused.items():
            text = ngettext(
                "%(count)d account was left as it is, because %(reason)s: %(names)s.",
                "%(count)d accounts were left as they are, because %(reason)s: %(names)s.",
                len(names),
            )
            shown = names[:NAMED] + (["…"] if len(names) > NAMED else [])
            listed = get_text_list(shown, _("and"))
            values = {"count": len(names), "reason": REASONS.get(reason, OTHER), "names": listed}
            messages.warning(request, text % values)


def carry_out(
    request: HttpRequest, verb: Verb, users: Iterable[Any], log: Callable[..., Any]
) -> Report:
    """Do *verb* to each of *users*; one that is refused does not keep the others from it."""
    report = Report()
    for user in users:
        name = str(user)
        try:
            if not may_manage(request.user, user):
                raise NotAllowedError
            with transaction.atomic():
                verb.run(user)
                log(request, user, str(verb.log))
        except AuthkitError as error:
            refuse(verb.event, user=user, reason=error.reason)
            report.refused[error.reason].append(name)
        else:
            report.done += 1
    return report
