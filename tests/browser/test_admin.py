"""The administration pages: no CSP violation, and nothing for axe that Django's own lack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from authkit.models import Event, Group, Mail, Membership, Permission, Tag
from tests.browser.site import Site
from tests.browser.visitor import Visitor
from tests.conftest import PASSWORD

MODELS = ("user", "group", "membership", "permission", "tag", "event", "mail")
STOCK = ("user", "group", "membership")
KINDS = ("changelist", "add", "change", "history", "delete")
# The list that Django opens below a field in which one types.
SELECT2 = ("aria-required-attr", "color-contrast", "label", "region")
READ_ONLY = {(kind, model) for kind in ("add", "delete") for model in ("event", "mail")}


@pytest.fixture
def boss(visit: Callable[..., Visitor], make_user: Callable[..., Any]) -> Visitor:
    """A superuser who is logged in."""
    make_user(email="boss@example.com", username="boss", is_staff=True, is_superuser=True)
    visitor = visit()
    visitor.open("admin:index")
    visitor.fill(login="boss", password=PASSWORD)
    visitor.press("Log in")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Site administration")
    return visitor


@pytest.fixture
def rows(
    site: Site, make_user: Callable[..., Any], make_group: Callable[..., Any]
) -> Iterator[SimpleNamespace]:
    """A row of each model."""
    user = make_user(email="row@example.com", username="row")
    group = make_group("rows", user, description="A group with a member.")
    later = timezone.now() + timedelta(hours=1)
    mail = Mail.objects.create(purpose="password_reset", address=user.email, next_try=later)
    yield SimpleNamespace(
        user=user,
        group=group,
        membership=Membership.objects.get(),
        permission=Permission.objects.add(group, "write", get_user_model()),
        tag=Tag.objects.add("groups", user, "teacher/physics"),
        event=Event.objects.filter(name="user_create").first(),
        mail=mail,
    )
    mail.delete()


def find(
    boss: Visitor, site: str, models: tuple[str, ...], rows: SimpleNamespace
) -> dict[str, set[str]]:
    """The rules that axe finds broken in the pages of *site*, by the kind of the page."""
    found: dict[str, set[str]] = defaultdict(set)
    for kind in KINDS:
        for model in models:
            if (kind, model) in READ_ONLY:
                continue
            args = [] if kind in {"changelist", "add"} else [getattr(rows, model).pk]
            boss.open(reverse(f"{site}:authkit_{model}_{kind}", args=args))
            expect(boss.page.locator("#content")).to_be_visible()
            found[kind] |= set(boss.survey(f"{site}: {model} {kind}"))
    return found


def test_no_page_has_a_fault_that_djangos_own_lack(boss: Visitor, rows: SimpleNamespace) -> None:
    own, stock = find(boss, "admin", MODELS, rows), find(boss, "stock", STOCK, rows)
    assert {kind: own[kind] - stock[kind] for kind in KINDS} == {kind: set() for kind in KINDS}


def test_the_index_has_no_fault(boss: Visitor) -> None:
    boss.inspect_administration("index")


def test_a_group_is_found_by_typing(
    boss: Visitor, rows: SimpleNamespace, make_user: Callable[..., Any]
) -> None:
    person = make_user(email="lin@example.com", username="lin")
    boss.open("admin:authkit_user_change", person.pk)
    boss.page.locator("tr.form-row .select2-selection").first.click()
    boss.inspect_administration("user change, choosing a group", *SELECT2, "empty-table-header")
    boss.page.get_by_role("option", name="rows").click()
    for opener, choice in (("calendarlink", "Tomorrow"), ("clocklink", "Midnight")):
        boss.page.locator(f"[id^={opener}]:visible").first.click()
        # Django keeps the choices of every row.
        boss.page.get_by_text(choice, exact=True).filter(visible=True).click()
    boss.press("Save and continue editing")
    expect(boss.page.locator(".messagelist")).to_contain_text("was changed successfully")
    assert rows.group.auth_memberships.filter(user=person).exists()
    boss.open("admin:authkit_user_changelist")
    boss.page.locator("#changelist-filter .select2-selection").click()
    boss.inspect_administration("user changelist, choosing a group", *SELECT2, "label-title-only")
    boss.page.get_by_role("option", name="rows").click()
    boss.press("Filter")
    expect(boss.page.locator("#result_list tbody tr")).to_have_count(2)


@pytest.mark.parametrize(
    ("width", "scheme"), [(320, "dark"), (360, "light"), (1280, "light"), (1280, "dark")]
)
def test_who_may_and_why_is_right_at_any_width(
    boss: Visitor, rows: SimpleNamespace, width: int, scheme: Any
) -> None:
    long = f"a.very.long.name.{'x' * 40}@example.com"
    Group.objects.create_group(long)
    Permission.objects.add(Group.objects.get(name=long), "write", get_user_model())
    boss.page.set_viewport_size({"width": width, "height": 800})
    boss.page.emulate_media(color_scheme=scheme)
    at = "admin:authkit_permission_why"
    user_type = ContentType.objects.get_for_model(get_user_model()).pk
    asked = f"?name=write&content_type={user_type}&record={rows.user.pk}&user=row"
    for state, query in (("", ""), (" (errors)", "?name=&user=nobody"), (" (answer)", asked)):
        boss.open(at, query=query)
        expect(boss.page.get_by_role("heading", level=1)).to_have_text("Who may, and why?")
        boss.inspect_administration(f"who may, and why{state}, {width} px, {scheme}")
        sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert boss.page.evaluate(sideways) == 0
    expect(boss.page.get_by_role("heading", name="Yes: row@example.com may.")).to_be_visible()


def test_who_may_and_why_looks_like_djangos_own_forms(boss: Visitor) -> None:
    boss.page.set_viewport_size({"width": 1280, "height": 800})
    boss.open("admin:authkit_permission_why")
    for name in ("record", "user"):
        row = boss.page.locator(f".form-row:has([name={name}])")
        label, field, text = (
            row.locator(part).bounding_box() for part in ("label", f"[name={name}]", ".help")
        )
        assert label
        assert field
        assert text
        assert label["x"] + label["width"] <= field["x"]
        assert field["y"] + field["height"] <= text["y"]


def test_who_may_and_why_is_asked_by_keyboard(boss: Visitor, rows: SimpleNamespace) -> None:
    boss.open("admin:authkit_permission_why")
    boss.page.get_by_label("Permission").focus()
    for keys in ("write", "Accounts and authorization | u", str(rows.user.pk), "row"):
        boss.page.keyboard.type(keys)
        boss.page.keyboard.press("Tab")
    expect(boss.page.get_by_role("button", name="Ask")).to_be_focused()
    boss.page.keyboard.press("Enter")
    expect(boss.page.get_by_role("heading", name="Yes: row@example.com may.")).to_be_visible()
