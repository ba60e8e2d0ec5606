"""django-guardian, with its generic tables and Django's own groups."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from guardian.core import ObjectPermissionChecker
from guardian.models import GroupObjectPermission
from guardian.shortcuts import assign_perm, get_objects_for_user, get_users_with_perms

from benchmarks.authz.cases import PAGE, Belongs, Check, Granting, Listing, Readers, Several
from benchmarks.authz.dataset import ACTIONS, DOC, MODELS, READ, Dataset
from benchmarks.authz.drivers import Driver
from benchmarks.authz.loading import fill_model
from benchmarks.authz.project.models import RECORDS, Doc, Person

from .base import Call, DjangoSystem, first_of_each


def codename(action: int, model: int = DOC) -> str:
    """The name of Django's permission."""
    return f"{ACTIONS[action]}_{MODELS[model]}"


class Guardian(DjangoSystem):
    """The documented calls, with what makes them cheaper: no model grants are asked for."""

    name = "guardian"

    def load(self, driver: Driver, data: Dataset) -> None:
        groups = ((key, f"group {key}") for key in range(1, data.size.groups + 1))
        fill_model(driver, Group, ["id", "name"], groups)
        fill_model(driver, Person.groups.through, ["person", "group"], data.memberships)
        types = [ContentType.objects.get_for_model(model).pk for model in RECORDS]
        keys = dict(Permission.objects.values_list("codename", "pk"))
        rows = (
            (group, keys[codename(action, model)], types[model], str(record))
            for model, action, record, group in data.grants
        )
        names = ["group", "permission", "content_type", "object_pk"]
        fill_model(driver, GroupObjectPermission, names, rows)

    def check(self, case: Check) -> Call:
        """The question of ``has_permission``, to a new checker."""
        user, record = self.person(case.user), self.record(case.model, case.record)
        name = codename(case.action, case.model)
        return Call(lambda: ObjectPermissionChecker(user).has_perm(name, record))

    def again(self, case: Check) -> Call:
        """The same to a checker that was asked before."""
        user, record = self.person(case.user), self.record(case.model, case.record)
        name = codename(case.action, case.model)
        checker = ObjectPermissionChecker(user)
        checker.has_perm(name, record)
        return Call(partial(checker.has_perm, name, record))

    def belongs(self, case: Belongs) -> Call:
        """The question of ``has_membership``: guardian has none, Django is asked."""
        user, group = self.person(case.user), Group.objects.get(pk=case.group)
        return Call(lambda: user.groups.filter(pk=group.pk).exists())

    def _docs(self, user: Person) -> Any:
        return get_objects_for_user(user, codename(READ), Doc, accept_global_perms=False)

    def count(self, case: Listing) -> Call:
        """How many docs the user may read."""
        user = self.person(case.user)
        return Call(lambda: self._docs(user).count())

    def page(self, case: Listing) -> Call:
        """The first docs that the user may read."""
        user = self.person(case.user)
        return Call(
            lambda: list(self._docs(user).order_by("pk").values_list("pk", "title")[:PAGE]),
            first_of_each,
        )

    def readers(self, case: Readers) -> Call:
        """Who may read the doc."""
        record, names = self.record(DOC, case.record), [codename(READ)]
        return Call(
            lambda: list(
                get_users_with_perms(record, only_with_perms_in=names).values_list("pk", flat=True)
            ),
            sorted,
        )

    def several(self, case: Several) -> Call:
        """Which docs the user may read, by a prefetching checker."""
        user = self.person(case.user)
        records = list(Doc.objects.filter(pk__in=case.records))
        name = codename(READ)

        def run() -> list[int]:
            checker = ObjectPermissionChecker(user)
            checker.prefetch_perms(records)
            return [record.pk for record in records if checker.has_perm(name, record)]

        return Call(run, sorted)

    def grant(self, case: Granting) -> Call:
        """Grants in bulk: a call for each group and action."""
        groups = list(Group.objects.filter(pk__in=case.groups))
        records = list(Doc.objects.filter(pk__in=case.records))
        keys = [str(key) for key in case.records]
        type_ = ContentType.objects.get_for_model(Doc)
        granted = GroupObjectPermission.objects.filter(content_type=type_, object_pk__in=keys)

        def run() -> None:
            for action in case.actions:
                for group in groups:
                    assign_perm(codename(action), group, records)

        def undo() -> None:
            granted._raw_delete(self.alias)

        return Call(run, lambda nothing: granted.count(), undo)
