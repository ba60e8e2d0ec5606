"""The demo's own pages; every other page is authkit's."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from .accounts import accounts
from .outbox import letters
from .people import PASSWORD

# A mail brings its style inline and loads nothing; it is shown in a frame of the outbox page only.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
# Links open outside the frame, whose sandbox lets nothing else out.
MAIL_HEAD = '<head><base target="_blank">'


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where to go, and as whom."""
    context = {"title": "authkit demo", "accounts": accounts(), "password": PASSWORD}
    return render(request, "example_project/home.html", context)


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Every mail the demo sent, the newest first."""
    context = {"title": "Outbox", "letters": letters()[::-1]}
    return render(request, "example_project/outbox.html", context)


@require_safe
@xframe_options_sameorigin
def letter_html(request: HttpRequest, number: int) -> HttpResponse:
    """The HTML part of one mail, as a mail reader would show it."""
    for letter in letters():
        if letter.number == number and letter.html:
            html = letter.html.replace("<head>", MAIL_HEAD, 1)
            return HttpResponse(html, headers={"Content-Security-Policy": MAIL_POLICY})
    raise Http404("No such mail")
