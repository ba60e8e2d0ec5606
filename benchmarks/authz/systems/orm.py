"""The floor of Django: one ordinary query over the ideal schema."""

from __future__ import annotations

from django.db.models import QuerySet

from benchmarks.authz.cases import PAGE, Belongs, Check, Granting, Listing, Readers, Several
from benchmarks.authz.dataset import DOC, READ
from benchmarks.authz.project.models import Doc, IdealGrant, IdealMembership

from .base import Call, DjangoSystem, first_of_each


def groups_of(user: object) -> QuerySet[IdealMembership, int]:
    """The keys of the user's groups, as a subquery: a join would bring the groups along."""
    return IdealMembership.objects.filter(user=user).values("group_id")


def docs_of(user: object) -> QuerySet[Doc]:
    """The docs that the user may read."""
    grants = IdealGrant.objects.filter(model=DOC, action=READ, group__in=groups_of(user))
    return Doc.objects.filter(pk__in=grants.values("record"))


class Orm(DjangoSystem):
    """Each question as a Django developer would write it, who knows the schema."""

    name = "orm"

    def check(self, case: Check) -> Call:
        """The question of ``has_permission``."""
        user, record = self.person(case.user), self.record(case.model, case.record)
        model, action = case.model, case.action
        return Call(
            lambda: IdealGrant.objects.filter(
                model=model, action=action, record=record.pk, group__in=groups_of(user)
            ).exists()
        )

    def belongs(self, case: Belongs) -> Call:
        """The question of ``has_membership``."""
        user, group = self.person(case.user), case.group
        return Call(lambda: IdealMembership.objects.filter(user=user, group=group).exists())

    def count(self, case: Listing) -> Call:
        """How many docs the user may read."""
        user = self.person(case.user)
        return Call(lambda: docs_of(user).count())

    def page(self, case: Listing) -> Call:
        """The first docs that the user may read."""
        user = self.person(case.user)
        return Call(
            lambda: list(docs_of(user).order_by("pk").values_list("pk", "title")[:PAGE]),
            first_of_each,
        )

    def readers(self, case: Readers) -> Call:
        """Who may read the doc."""
        record = self.record(DOC, case.record)

        def run() -> list[int]:
            grants = IdealGrant.objects.filter(model=DOC, action=READ, record=record.pk)
            rows = IdealMembership.objects.filter(group__in=grants.values("group"))
            return list(rows.values_list("user_id", flat=True).distinct())

        return Call(run, sorted)

    def several(self, case: Several) -> Call:
        """Which docs the user may read."""
        user = self.person(case.user)
        records = list(Doc.objects.filter(pk__in=case.records))

        def run() -> list[int]:
            rows = IdealGrant.objects.filter(
                model=DOC,
                action=READ,
                record__in=[record.pk for record in records],
                group__in=groups_of(user),
            )
            return list(rows.values_list("record", flat=True).distinct())

        return Call(run, sorted)

    def grant(self, case: Granting) -> Call:
        """Grants in bulk."""
        granted = IdealGrant.objects.filter(model=DOC, record__in=case.records)

        def run() -> None:
            IdealGrant.objects.bulk_create(
                [
                    IdealGrant(model=DOC, action=action, record=record, group_id=group)
                    for action, record, group in case.rows
                ],
                ignore_conflicts=True,
            )

        def undo() -> None:
            granted._raw_delete(self.alias)

        return Call(run, lambda nothing: granted.count(), undo)
