"""Django's own door: ``user.has_perm("blog.change_post", post)``, answered by the resolver."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from authkit.models.targets import NIL, Target, is_targetable

from . import grants, resolver
from .holders import EVERYTHING, NOBODY, holder_of

DEFAULT_RIGHTS = ("add", "change", "delete", "view")


def codename(name: str, label: str) -> str:
    """How Django asks for the right *name* on the model *label* ("blog.post")."""
    app_label, _dot, model = label.partition(".")
    return f"{app_label}.{name}_{model}"


def question(perm: str) -> tuple[str, type[Model] | None]:
    """The name and model that *perm* asks for.

    ``<app>.<name>_<model>``, split at the last underscore; what names no model of that app is the
    capability of exactly that string.
    """
    app_label, _dot, rest = perm.partition(".")
    name, _underscore, model_name = rest.rpartition("_")
    if not name:
        return perm, None
    try:
        model = apps.get_model(app_label, model_name)
    except LookupError:
        return perm, None
    return (name, model) if is_targetable(model) else (perm, None)


def together(name: str, model: type[Model] | None) -> tuple[str, ...]:
    """The names that the administration asks for, one after the other, when it asks for *name*."""
    if model is not None:
        names = tuple(model._meta.default_permissions)
    else:
        app_label, _dot, rest = name.partition(".")
        _right, _underscore, model_name = rest.rpartition("_")
        names = tuple(f"{app_label}.{right}_{model_name}" for right in DEFAULT_RIGHTS)
    return names if name in names else (name,)


class PermissionBackend:
    """Answers what Django, its admin and third parties ask of a backend; logs nobody in."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Whether a grant covers *obj*, or the whole model without one."""
        name, model = question(perm)
        if obj is None:
            target = Target() if model is None else Target.of(model)
        elif model is not None and _is_record(obj, model):
            target = Target.asked(obj)
        else:
            return False
        holder = holder_of(user_obj)
        resolver.foresee(holder, together(name, model), target)
        return resolver.may(holder, name, target)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Whether there is a grant on a model or record of the app, or a capability so spelled."""
        return resolver.may_in_app(holder_of(user_obj), app_label)

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Every right of the user as Django spells it; with *obj*, those that cover it."""
        holder = holder_of(user_obj)
        if holder is NOBODY or not (obj is None or _is_record(obj)):
            return set()
        using = resolver.read_alias()
        if holder is EVERYTHING:
            rows = grants.all_in_force(using)
        else:
            rows = grants.granted_to(holder, using)
        if obj is None:
            rows = rows.filter(object_id=0, object_uuid=NIL)
        else:
            rows = rows.filter(**grants.covering(Target.asked(obj)))
        return {
            perm
            for name, key in rows.values_list("name", "content_type_id").distinct()
            if (perm := _spelled(name, key)) is not None
        }

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """All of them: a right always comes from a group."""
        return self.get_all_permissions(user_obj, obj)

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """None: see ``get_group_permissions``."""
        return set()


def _is_record(obj: Any, model: type[Model] | None = None) -> bool:
    """Whether *obj* is a stored record, of *model*; third parties ask about anything."""
    if not isinstance(obj, Model) or not obj.pk or obj.pk == NIL or obj._state.adding:
        return False
    return model is None or obj._meta.concrete_model is model._meta.concrete_model


def _spelled(name: str, content_type_id: int | None) -> str | None:
    """How ``has_perm`` is asked for the grant; None: it cannot be."""
    if content_type_id is None:
        return name if question(name) == (name, None) else None
    found = ContentType.objects.get_for_id(content_type_id)
    perm = codename(name, f"{found.app_label}.{found.model}")
    return perm if question(perm) == (name, found.model_class()) else None
