"""A user without names, and a team."""

from __future__ import annotations

from authkit.models import AbstractGroup, AbstractUserBasic


class Person(AbstractUserBasic):
    class Meta(AbstractUserBasic.Meta):
        pass


class Team(AbstractGroup):
    class Meta(AbstractGroup.Meta):
        pass
