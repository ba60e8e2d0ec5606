"""``path("auth/", include("authkit.urls"))``: every page under the project's prefix."""

from .accounts.routes import build_urlpatterns
from .conf import get_conf

urlpatterns = build_urlpatterns(get_conf())
