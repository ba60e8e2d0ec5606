"""What each mail says: made at the moment it is sent, from what holds then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from authkit.conf import get_conf, site_name
from authkit.models import Mail, Status

from . import callbacks, tokens
from .addresses import pending_address

Context = dict[str, Any]
# The purposes that a project's own mailer may take over, and its name in MAILERS.
MAILERS = {"email_verification": "registration_mail", "password_reset": "reset_password_mail"}


def compose(mail: Mail) -> EmailMultiAlternatives | None:
    """The message, or None if there is nothing to send (any more)."""
    user = mail.user
    if not mail.address or (user is None and mail.purpose not in _WITHOUT_USER):
        return None
    context = PURPOSES[mail.purpose](mail, user)
    if context is None:
        return None
    name = MAILERS.get(mail.purpose, "")
    mailer = get_conf().MAILERS.get(name)
    if mailer is not None:
        callbacks.resolve(mailer, f"MAILERS[{name!r}]")(user, context)
        return None
    return render(mail, context)


def render(mail: Mail, context: Context) -> EmailMultiAlternatives:
    """The message as text and HTML."""
    base = get_conf().BASE_URL
    user = mail.user
    known = user is not None and user.status == Status.ACTIVE and user.email == mail.address
    context = {
        "site_url": base,
        "site_name": site_name(),
        "address": mail.address,
        # A name is relayed only to somebody who has proved the address: others may have typed it.
        "name": getattr(user, "first_name", "") if known else "",
        **context,
    }
    prefix = f"authkit/email/{mail.purpose}"
    subject = " ".join(render_to_string(f"{prefix}_subject.txt", context).split())
    message = EmailMultiAlternatives(
        subject,
        render_to_string(f"{prefix}_message.txt", context).strip() + "\n",
        to=[mail.address],
    )
    message.attach_alternative(render_to_string(f"{prefix}_message.html", context), "text/html")
    return message


def absolute(name: str, *args: Any) -> str:
    """The link to the page *name*, from the configuration and never from a request."""
    return get_conf().BASE_URL.rstrip("/") + reverse(name, args=args)


def _link(purpose: str, page: str, user: Any, address: str) -> str:
    return absolute(page, tokens.make(purpose, user, address))


def _email_verification(mail: Mail, user: Any) -> Context | None:
    if user.status != Status.UNVERIFIED or user.email != mail.address:
        return None
    link = _link("email_verification", "account_confirm_email", user, user.email)
    return {"link": link, "hours": tokens.LIFETIMES["email_verification"] // 3600}


def _password_reset(mail: Mail, user: Any) -> Context | None:
    if user.status in {Status.PENDING, Status.BLOCKED} or user.email != mail.address:
        return None
    token = tokens.make("password_reset", user, user.email)
    link = absolute("account_reset_password_from_key", user_pk_to_url_str(user), token)
    return {"link": link, "minutes": tokens.LIFETIMES["password_reset"] // 60}


def _email_change(mail: Mail, user: Any) -> Context | None:
    if mail.data.get("version") != user.version:
        return None
    pending = pending_address(user)
    if pending is None or pending.email != mail.address or user.status != Status.ACTIVE:
        return None
    link = _link("email_change", "account_email_change_confirm", user, pending.email)
    return {"link": link, "hours": tokens.LIFETIMES["email_change"] // 3600}


def _email_change_notice(mail: Mail, user: Any) -> Context | None:
    pending = pending_address(user)
    if pending is None or user.email != mail.address:
        return None
    link = _link("email_change_cancel", "account_email_change_cancel", user, user.email)
    return {"cancel_link": link, "new_address": mask(pending.email)}


def _registration_notice(mail: Mail, user: Any) -> Context | None:
    person = user.__class__._default_manager.filter(pk=mail.data.get("person")).first()
    if person is None or person.status != Status.PENDING:
        return None
    page = f"admin:{user._meta.app_label}_{user._meta.model_name}_change"
    try:
        link = absolute(page, person.pk)
    except NoReverseMatch:
        link = ""  # a project without Django's admin approves in its own way
    return {"account_email": person.email, "admin_link": link}


def _username_retrieval(mail: Mail, user: Any) -> Context | None:
    if user.status in {Status.BLOCKED, Status.UNVERIFIED} or user.email != mail.address:
        return None
    if not user.username:
        return None
    return {"username": user.username, "login_link": absolute("account_login")}


def _registration_exists(mail: Mail, user: Any) -> Context | None:
    if user.status == Status.BLOCKED or user.email != mail.address:
        return None
    return {
        "login_link": absolute("account_login"),
        "retrieval_link": absolute("account_reset_password"),
    }


def _password_changed(mail: Mail, user: Any) -> Context | None:
    return {"retrieval_link": absolute("account_reset_password"), "at": timezone.localtime()}


def _registration_approved(mail: Mail, user: Any) -> Context | None:
    if user.status != Status.ACTIVE:
        return None
    return {"login_link": absolute("account_login")}


def _notice(mail: Mail, user: Any) -> Context | None:
    return {}


PURPOSES: dict[str, Callable[[Mail, Any], Context | None]] = {
    "email_verification": _email_verification,
    "registration_exists": _registration_exists,
    "registration_notice": _registration_notice,
    "registration_approved": _registration_approved,
    "password_reset": _password_reset,
    "password_changed": _password_changed,
    "email_change": _email_change,
    "email_change_notice": _email_change_notice,
    "email_change_taken": _notice,
    "email_changed": _notice,
    "username_retrieval": _username_retrieval,
    "account_deleted": _notice,
}
_WITHOUT_USER = {"account_deleted"}


def mask(address: str) -> str:
    """*address* with most of its local part hidden: ``a…@example.com``."""
    local, _at, domain = address.partition("@")
    return f"{local[:1]}…@{domain}"
