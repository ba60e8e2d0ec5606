"""What a project writes against authkit: read by the type checker alone, never run.

An ignore stands for the error that is wanted there; mypy reports one that is not needed.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar, assert_type

from django.contrib.auth import get_user_model
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.views.generic import ListView

from authkit import PermittedQuerySet, RequiresMixin, auth, public, requires, rules
from authkit.auth import Reason
from authkit.conf import get_conf
from authkit.models import (
    AbstractEvent,
    AbstractGroup,
    AbstractMembership,
    AbstractPermission,
    AbstractUser,
    Action,
    Event,
    Group,
    Membership,
    Permission,
    Status,
    Tag,
    User,
    get_event_model,
    get_group_model,
)
from authkit.models.users import FieldAccess
from authkit.signals import row_changed, user_changed


class Member(AbstractUser):
    """A user model of the project's own."""

    nickname = models.CharField(max_length=40)

    form_profile_rw: ClassVar[dict[str, FieldAccess]] = {
        "nickname": True,
        "last_name": (True, False),
    }

    class Meta(AbstractUser.Meta):
        app_label = "project"


class Team(AbstractGroup):
    """A group model of the project's own."""

    motto = models.CharField(max_length=40)

    class Meta(AbstractGroup.Meta):
        app_label = "project"


def own_models_stay_what_they_are() -> None:
    """The verbs of an inherited manager answer with the project's class."""
    assert_type(Member.objects.create_user("ada@example.com", nickname="Ada"), Member)
    assert_type(Member.objects.get_by_email("ada@example.com"), Member | None)
    assert_type(Member.objects.filter(nickname="Ada").first(), Member | None)
    assert_type(Team.objects.create_group("editors"), Team)
    assert_type(Team.objects.get_by_natural_key("editors").motto, str)


def users() -> None:
    """Columns, status and credentials."""
    user = User.objects.create_user("ada@example.com", "secret")
    assert_type(user, User)
    assert_type(get_user_model().objects.get_by_username("ada"), User | None)
    assert_type((user.email, user.username, user.first_name), tuple[str | None, str | None, str])
    assert_type(user.is_superuser, bool)
    assert_type(user.version, int)
    user.approve()
    User.objects.set_password(user, "secret", version=user.version)
    User.objects.verify(user, approval=True)
    User.objects.block("ada")  # type: ignore[arg-type]
    User.objects.create_user(email=1)  # type: ignore[arg-type]
    if user.status == Status.ACTIVE:
        user.disable()


def groups(article: models.Model) -> None:
    """Membership, grants and tags."""
    user = User.objects.get()
    group = Group.objects.create_group("editors", description="They write.")
    assert_type(Membership.objects.add(group, user), Membership)
    assert_type(Membership.objects.remove(group, user), int)
    assert_type(Membership.objects.get().group, Group)
    assert_type(Permission.objects.add(group, "article.edit", type(article)), Permission)
    assert_type(Permission.objects.remove(group, "article.edit", article), int)
    assert_type(Tag.objects.add("subject", article, "physics/optics"), Tag)
    assert_type(user.auth_memberships.first(), Membership | None)
    Group.objects.create_group(None)  # type: ignore[arg-type]


def swappable_models() -> None:
    """As what they have in common, whichever model is in use."""
    assert_type(get_group_model(), type[AbstractGroup])
    assert_type(get_group_model().objects.create_group("editors"), AbstractGroup)
    assert_type(get_event_model().objects.first(), AbstractEvent | None)
    assert_type(Event.objects.get().name, str)


def on_user_changed(*, user: User | None, action: Action, **kwargs: Any) -> None:
    """A receiver."""


def on_row_changed(*, action: str, data: dict[str, Any], **kwargs: Any) -> None:
    """A receiver."""


user_changed.connect(on_user_changed)
row_changed.connect(on_row_changed)

assert_type(get_conf().PASSWORD_MIN_LENGTH, int)
get_conf().NO_SUCH_KEY  # type: ignore[attr-defined]  # noqa: B018


@requires(rules.is_logged_in & rules.has_permission("write", "blog.Post", record="pk"))
def guarded(request: HttpRequest, pk: int) -> HttpResponse:
    """A view keeps its type."""
    return HttpResponse()


@public
class Teams(RequiresMixin, ListView[Team]):
    """A class keeps its own."""

    requires = rules.is_staff | ~rules.has_membership("guests")


def lists(user: User) -> None:
    """What somebody may see stays a list of the same."""
    rows: PermittedQuerySet[Team] = PermittedQuerySet(Team)
    assert_type(rows.permitted(user, "read").first(), Team | None)


assert_type(guarded(HttpRequest(), pk=5), HttpResponse)
assert_type(Teams(), Teams)
requires(rules.is_logged_in, otherwise=5)  # type: ignore[arg-type]


def authorization(user: User, posts: models.QuerySet[Team], team: Team) -> None:
    """The verbs of the facade."""
    group = auth.create_group("editors", description="They write.")
    assert_type(group, AbstractGroup)
    assert_type(auth.add_membership(group, user), AbstractMembership)
    assert_type(auth.add_permission(group, "write"), AbstractPermission)
    assert_type(auth.add_permission(user, "write", "blog.Post", 5), AbstractPermission)
    assert_type(auth.add_permission("editors", "write", Team, record=team), AbstractPermission)
    assert_type(auth.add_permission(group, ["write"], Team), list[AbstractPermission])
    assert_type(auth.add_permission([group, user], "write", Team), list[AbstractPermission])
    assert_type(auth.add_permission(group, "write", posts), list[AbstractPermission])
    assert_type(auth.add_permission(group, "write", Team.objects), list[AbstractPermission])
    assert_type(auth.add_permission(group, "write", Team, [5, 6]), list[AbstractPermission])
    assert_type(auth.check_many({"read": 1}.keys(), posts), dict[tuple[str, Any], bool])
    assert_type(auth.permitted(Team, "read").first(), Team | None)
    assert_type(auth.permitted(posts, "read", user=user), models.QuerySet[Team])
    assert_type(auth.users_with("read", team).get(), User)
    assert_type(auth.groups_with("read", team).get(), AbstractGroup)
    assert_type(auth.explain("read", team).because, list[Reason])
    auth.has_permission(["read"], team)  # type: ignore[arg-type]
    auth.add_membership(group, user, expires_at="2027-01-01")  # type: ignore[arg-type]


async def authorization_in_a_coroutine(user: User, team: Team) -> None:
    """Its twins, which may also be tasks."""
    task = asyncio.create_task(auth.ahas_permission("read", team, user=user))
    assert_type(await task, bool)
    assert_type(await auth.apermitted(Team, "read"), models.QuerySet[Team])
    assert_type(await auth.aadd_permission(user, "read", team), AbstractPermission)
    assert_type(await auth.aadd_permission(user, ["read"], team), list[AbstractPermission])
