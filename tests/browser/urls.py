"""The test project's URLs, and beside its administration the one that Django alone would make."""

from __future__ import annotations

from django.contrib.admin import AdminSite, ModelAdmin, TabularInline
from django.http import HttpRequest, HttpResponse
from django.urls import path

from authkit.models import Group, Membership, User
from tests.urls import urlpatterns as own


class StockInline(TabularInline):
    model = Membership
    autocomplete_fields = ("group",)
    extra = 1
    show_change_link = True


class StockAdmin(ModelAdmin):
    """What Django makes of a model and the features that authkit's pages use."""

    list_filter = ("status", "is_staff", "date_joined")
    date_hierarchy = "date_joined"
    search_fields = ("email",)
    search_help_text = "What to search for."
    inlines = (StockInline,)


class StockGroupAdmin(ModelAdmin):
    search_fields = ("name",)


class StockMembershipAdmin(ModelAdmin):
    autocomplete_fields = ("user", "group")


stock = AdminSite(name="stock")
stock.register(User, StockAdmin)
stock.register(Group, StockGroupAdmin)
stock.register(Membership, StockMembershipAdmin)


def icon(request: HttpRequest) -> HttpResponse:
    """Nothing: a browser asks for it by itself."""
    return HttpResponse(status=204)


urlpatterns = [path("favicon.ico", icon), path("stock/", stock.urls), *own]
