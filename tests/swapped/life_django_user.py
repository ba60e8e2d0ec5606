"""Groups, memberships, permissions, tags and events of users of django.contrib.auth."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import models as old_models
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

import tests.swapped.guardian.models
from authkit import auth
from authkit.middleware import AuthkitMiddleware
from authkit.models import Event, Group, Membership, Permission, Tag
from tests.blog.models import Draft, Picture, Post
from tests.swapped.guardian.models import GroupObjectPermission, UserObjectPermission

pytestmark = pytest.mark.django_db


def test_authorization_lives_on_any_user() -> None:
    user, group = User.objects.create_user("ann"), Group.objects.create_group("editors")

    membership = Membership.objects.add(group, user)
    for target in (None, User, user):
        Permission.objects.add(group, "read", target)
    Tag.objects.add("topics", user, "a")

    assert list(user.auth_memberships.all()) == [membership]
    assert list(group.users.all()) == [user]
    assert [event.name for event in user.auth_events.all()] == ["membership_add"]
    assert [str(grant) for grant in group.auth_permissions.order_by("pk")] == [
        "editors: read",
        "editors: read auth.user",
        f"editors: read auth.user {user.pk}",
    ]


def test_memberships_go_with_the_user_and_events_stay() -> None:
    user, group = User.objects.create_user("ann"), Group.objects.create_group("editors")
    Membership.objects.add(group, user)
    key = str(user.pk)

    user.delete()

    assert not Membership.objects.exists()
    assert Event.objects.get(user_key=key).user is None


@pytest.mark.django_db(transaction=True)  # within one nothing is remembered
@pytest.mark.parametrize("bulk", [True, False])
def test_an_own_group_goes_with_its_owner_and_no_answer_stays(*, bulk: bool) -> None:
    user = User.objects.create_user("ann")
    key, answers = user.pk, []
    auth.add_permission(user, "read")

    def view(request: HttpRequest) -> HttpResponse:
        answers.append(auth.has_permission("read", user=key))
        User.objects.filter(pk=key).delete() if bulk else user.delete()
        answers.append(auth.has_permission("read", user=key))
        return HttpResponse()

    AuthkitMiddleware(view)(RequestFactory().get("/"))

    assert answers == [True, False]
    assert not Group.objects.exists()


def test_users_without_a_status_have_none_to_change() -> None:
    user = User.objects.create_user("ann")

    for verb in (auth.disable_user, auth.block_user, auth.allow_user, auth.approve_user):
        for known in (user, user.pk):
            with pytest.raises(TypeError, match=r"auth\.User has no status: derive it from"):
                verb(known)


# What docs/how-to/move-from-guardian.md copies


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "move-from-guardian.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)


@pytest.fixture
def migration(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The migration of the page, beside tables that look like guardian's."""
    moving: Any = ModuleType("people.moving")
    exec(BLOCKS[0], vars(moving))
    for name, module in (
        ("people", ModuleType("people")),
        ("people.moving", moving),
        ("guardian", tests.swapped.guardian),
        ("guardian.models", tests.swapped.guardian.models),
    ):
        monkeypatch.setitem(sys.modules, name, module)
    namespace: dict[str, Any] = {}
    exec(BLOCKS[1], namespace)
    return namespace["Migration"]


def old(codename: str, model: Any) -> Any:
    """One of Django's permissions, made where it is a project's own."""
    of = ContentType.objects.get_for_model(model, for_concrete_model=False)
    return old_models.Permission.objects.get_or_create(codename=codename, content_type=of)[0]


def granted(permission: Any, record: Any) -> dict[str, Any]:
    """The columns of one of guardian's rows."""
    of = permission.content_type
    return {"permission": permission, "content_type": of, "object_pk": str(record.pk)}


def held_by(user: User) -> set[str]:
    grants = Permission.objects.filter(group__auth_memberships__user=user)
    assert grants.count() == len({str(grant) for grant in grants})
    return {str(grant) for grant in grants}


def copy(migration: Any) -> None:
    migration.operations[0].code(None, None)


def test_the_migration_copies_what_django_and_guardian_hold(migration: Any) -> None:
    ann, bob = User.objects.create_user("ann"), User.objects.create_user("bob")
    editors = old_models.Group.objects.create(name="editors")
    editors.user_set.add(ann)
    post, other, gone = (Post.objects.create() for _ in range(3))
    picture = Picture.objects.create()
    editors.permissions.add(old("change_post", Post), old("publish", Post))
    bob.user_permissions.add(old("view_logentry", LogEntry), old("add_post", Post))
    for permission, record in (
        (old("delete_post", Post), post),
        (old("delete_post", Post), gone),
        (old("view_picture", Picture), picture),
        (old("can_frame", Picture), picture),
    ):
        UserObjectPermission.objects.create(user=bob, **granted(permission, record))
    GroupObjectPermission.objects.create(group=editors, **granted(old("view_post", Post), post))
    Post.objects.filter(pk=gone.pk).delete()

    copy(migration)
    copy(migration)

    assert held_by(ann) == {
        "editors: blog.publish",
        "editors: change blog.post",
        f"editors: view blog.post {post.pk}",
    }
    assert held_by(bob) == {
        f"user_{bob.pk}: add blog.post",
        f"user_{bob.pk}: admin.view_logentry",
        f"user_{bob.pk}: can_frame blog.picture {picture.pk}",
        f"user_{bob.pk}: delete blog.post {post.pk}",
        f"user_{bob.pk}: view blog.picture {picture.pk}",
    }
    assert not auth.has_permission("delete", other, user=bob)


def test_what_was_copied_answers_as_before(migration: Any, settings: Any) -> None:
    ann = User.objects.create_user("ann")
    ann.user_permissions.add(
        *(old(name, Post) for name in ("change_post", "publish", "publish_post"))
    )
    asked = ["blog.change_post", "blog.publish", "blog.publish_post", "blog.delete_post"]
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    before = [ann.has_perm(perm) for perm in asked]
    copy(migration)
    settings.AUTHENTICATION_BACKENDS = ["authkit.authz.backend.PermissionBackend"]

    assert [User.objects.get().has_perm(perm) for perm in asked] == before
    assert before == [True, True, True, False]


def test_a_right_about_the_children_of_a_record_is_none_on_the_record(migration: Any) -> None:
    ann, post = User.objects.create_user("ann"), Post.objects.create()
    UserObjectPermission.objects.create(user=ann, **granted(old("delete_review", Post), post))

    copy(migration)

    assert held_by(ann) == {f"user_{ann.pk}: delete_review blog.post {post.pk}"}
    assert not ann.has_perm("blog.delete_post", post)


def test_a_right_on_a_proxy_is_none_on_the_model_below_it(migration: Any) -> None:
    ann, bob = User.objects.create_user("ann"), User.objects.create_user("bob")
    post = Post.objects.create()
    ann.user_permissions.add(old("change_draft", Draft))
    UserObjectPermission.objects.create(user=bob, **granted(old("change_draft", Draft), post))

    copy(migration)

    assert held_by(ann) == {f"user_{ann.pk}: change-draft blog.post"}
    assert held_by(bob) == {f"user_{bob.pk}: change-draft blog.post {post.pk}"}
    assert not any(user.has_perm("blog.change_post", post) for user in (ann, bob))


def test_the_migration_waits_for_migrations_that_exist(migration: Any) -> None:
    graph = MigrationLoader(None).graph
    own = [each for each in migration.dependencies if each[0] not in {"people", "guardian"}]

    assert own
    assert [each for each in own if each not in graph.nodes] == []
