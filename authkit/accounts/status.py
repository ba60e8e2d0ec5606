"""What a person whose account is not active is told, once the password was right."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from authkit import audit
from authkit.models import Mail, Status

SESSION_KEY = "authkit_inactive"


def refuse_login(request: HttpRequest, user: Any) -> HttpResponse:
    """A redirect to the page that tells why; a person still unverified gets a new mail."""
    if getattr(request, "authkit_refused", None) is None:
        # Otherwise the failed authentication has been recorded with its reason already.
        audit.refuse("login", user=user, reason=f"status_{user.status}")
    if user.status == Status.UNVERIFIED:
        Mail.objects.queue("email_verification", user.email, user)
        return HttpResponseRedirect(reverse("account_email_verification_sent"))
    return show_status(request, user.status)


def show_status(request: HttpRequest, status: str) -> HttpResponse:
    """A redirect to the page that explains *status*."""
    request.session[SESSION_KEY] = str(status)
    return HttpResponseRedirect(reverse("account_inactive"))
