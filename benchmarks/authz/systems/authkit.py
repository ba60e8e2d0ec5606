"""authkit, through its facade."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest

from authkit import auth
from authkit.context import current_request
from authkit.models import get_group_model, get_membership_model, get_permission_model
from benchmarks.authz.cases import PAGE, Belongs, Check, Granting, Listing, Readers, Several
from benchmarks.authz.dataset import ACTIONS, DOC, READ, Dataset
from benchmarks.authz.drivers import Driver
from benchmarks.authz.loading import fill_model
from benchmarks.authz.project.models import RECORDS, Doc

from .base import Call, DjangoSystem, first_of_each

NAME = ACTIONS[READ]


def in_request(ask: Callable[[], Any], *, before: Callable[[], Any]) -> Callable[[], Any]:
    """*ask* in a request in which *before* was asked, and is remembered."""
    serving = copy_context()
    serving.run(current_request.set, HttpRequest())
    serving.run(before)
    return partial(serving.run, ask)


class Authkit(DjangoSystem):
    """The verbs as documented, where not said otherwise outside of a request: none remembered."""

    name = "authkit"
    limits = {
        "hit": 1,
        "miss": 1,
        "membership": 1,
        "count": 1,
        "page": 1,
        "readers": 1,
        "many": 1,
        "again": 0,
    }

    def load(self, driver: Driver, data: Dataset) -> None:
        groups = ((key, f"group {key}") for key in range(1, data.size.groups + 1))
        fill_model(driver, get_group_model(), ["id", "name"], groups)
        fill_model(driver, get_membership_model(), ["user", "group"], data.memberships)
        types = [ContentType.objects.get_for_model(model).pk for model in RECORDS]
        rows = (
            (group, ACTIONS[action], types[model], types[model], record)
            for model, action, record, group in data.grants
        )
        names = ["group", "name", "content_type", "target_key", "object_id"]
        fill_model(driver, get_permission_model(), names, rows)

    def check(self, case: Check) -> Call:
        """has_permission."""
        user, record = self.person(case.user), self.record(case.model, case.record)
        return Call(partial(auth.has_permission, ACTIONS[case.action], record, user=user))

    def again(self, case: Check) -> Call:
        """has_permission, asked before in the same request."""
        user, record = self.person(case.user), self.record(case.model, case.record)
        ask = partial(auth.has_permission, ACTIONS[case.action], record, user=user)
        return Call(in_request(ask, before=ask))

    def belongs(self, case: Belongs) -> Call:
        """has_membership."""
        user, group = self.person(case.user), get_group_model().objects.get(pk=case.group)
        return Call(partial(auth.has_membership, group, user=user))

    def count(self, case: Listing) -> Call:
        """permitted, counted, by somebody who was asked about the model before."""
        user = self.person(case.user)
        return Call(
            in_request(
                lambda: auth.permitted(Doc.objects.all(), NAME, user=user).count(),
                before=partial(auth.has_permission, NAME, Doc, user=user),
            )
        )

    def page(self, case: Listing) -> Call:
        """permitted, sliced; the same."""
        user = self.person(case.user)

        def run() -> list[Any]:
            docs = auth.permitted(Doc.objects.all(), NAME, user=user)
            return list(docs.order_by("pk").values_list("pk", "title")[:PAGE])

        before = partial(auth.has_permission, NAME, Doc, user=user)
        return Call(in_request(run, before=before), first_of_each)

    def readers(self, case: Readers) -> Call:
        """users_with."""
        record = self.record(DOC, case.record)
        return Call(
            lambda: list(auth.users_with(NAME, record).values_list("pk", flat=True)), sorted
        )

    def several(self, case: Several) -> Call:
        """check_many."""
        user = self.person(case.user)
        records = list(Doc.objects.filter(pk__in=case.records))
        return Call(
            partial(auth.check_many, [NAME], records, user=user),
            lambda answer: sorted(pk for (_name, pk), allowed in answer.items() if allowed),
        )

    def grant(self, case: Granting) -> Call:
        """add_permission of many to many."""
        groups = list(get_group_model().objects.filter(pk__in=case.groups))
        records = list(Doc.objects.filter(pk__in=case.records))
        names = [ACTIONS[action] for action in case.actions]
        granted = get_permission_model()._base_manager.filter(
            content_type=ContentType.objects.get_for_model(Doc), object_id__in=case.records
        )

        def undo() -> None:
            granted._raw_delete(self.alias)

        return Call(
            partial(auth.add_permission, groups, names, records),
            lambda rows: granted.count(),
            undo,
        )


class Prepared(Authkit):
    """authkit on a connection with prepared statements."""

    name = "authkit-prepared"
    alias = "prepared"

    def load(self, driver: Driver, data: Dataset) -> None:
        """The tables are those of the other connection."""
