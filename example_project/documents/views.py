"""The pages of documents. Each says by ``requires`` who may see it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.views.generic import CreateView, DeleteView, DetailView, FormView, ListView, UpdateView
from django.views.generic.detail import SingleObjectMixin

from authkit import RequiresMixin, auth, rules
from authkit.models import get_group_model

from . import policy
from .forms import AskForm, ShareForm
from .models import Document

# For templates, which ask them about a document.
RULES = {
    "may_write": policy.MAY_WRITE,
    "may_share": policy.MAY_SHARE,
    "may_delete": policy.MAY_DELETE,
}


class List(RequiresMixin, ListView):
    """The documents that somebody owns or may read."""

    requires = rules.is_logged_in
    extra_context = {"title": "Documents", "is_of_staff": policy.IS_OF_STAFF}

    def get_queryset(self) -> QuerySet[Document]:
        shared = Document.objects.permitted(self.request.user, "read")
        own = Document.objects.filter(policy.OWNS.q(self.request.user))
        return (shared | own).select_related("owner")


class Read(RequiresMixin, DetailView):
    """One document."""

    requires = policy.MAY_READ
    model = Document
    extra_context = {"rules": RULES}


class New(RequiresMixin, CreateView):
    """A document of one's own."""

    requires = rules.is_logged_in
    model = Document
    fields = ["title", "text"]
    extra_context = {"title": "New document"}

    def form_valid(self, form: Any) -> HttpResponse:
        form.instance.owner = self.request.user
        return super().form_valid(form)


class Write(RequiresMixin, UpdateView):
    """Changes a document."""

    requires = policy.MAY_WRITE
    model = Document
    fields = ["title", "text"]
    extra_context = {"title": "Change the document"}


class Delete(RequiresMixin, DeleteView):
    """Deletes a document; what was shared of it goes along."""

    requires = policy.MAY_DELETE
    model = Document
    success_url = reverse_lazy("documents:list")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, f"“{self.object}” is deleted.")
        return super().form_valid(form)


class Share(RequiresMixin, SingleObjectMixin, FormView):
    """Gives rights on a document, and takes them back."""

    requires = policy.MAY_SHARE
    model = Document
    form_class = ShareForm
    template_name = "documents/share.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.object = self.get_object()
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "owner": self.object.owner}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        everywhere = auth.groups_with("read", Document)
        groups = auth.groups_with("read", self.object).exclude(pk__in=everywhere)
        shared = [
            (group, policy.name_of(group), auth.has_permission("write", self.object, group=group))
            for group in groups.select_related("owner")
        ]
        return super().get_context_data(everywhere=everywhere, shared=shared, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "take_back" in request.POST:
            return self.take_back(request.POST["take_back"])
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: ShareForm) -> HttpResponse:
        holder, right = form.cleaned_data["holder"], form.cleaned_data["right"]
        until = form.cleaned_data["expires_at"]
        with transaction.atomic():
            # Whoever had more gets less.
            auth.remove_permission(holder, policy.SHARED["write"], self.object)
            auth.add_permission(holder, policy.SHARED[right], self.object, expires_at=until)
        messages.success(self.request, f"Shared with {holder}.")
        return redirect(self.get_success_url())

    def take_back(self, key: str) -> HttpResponse:
        """Nothing of the document is shared with the group of this key any more."""
        group = get_object_or_404(get_group_model(), pk=key if key.isdecimal() else None)
        auth.remove_permission(group, policy.SHARED["write"], self.object)
        messages.success(self.request, f"Taken back from {policy.name_of(group)}.")
        return redirect(self.get_success_url())

    def get_success_url(self) -> str:
        return reverse("documents:share", args=[self.object.pk])


class Who(RequiresMixin, DetailView):
    """Who may read a document and why, and why somebody may not."""

    requires = policy.MAY_SHARE
    model = Document
    template_name = "documents/who.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        readers = auth.users_with("read", self.object).exclude(pk=self.object.owner_id)
        form = AskForm(self.request.GET or None)
        asked = form.cleaned_data["person"] if form.is_valid() else None
        return super().get_context_data(
            readers=[(user, self.why("read", user)) for user in readers.order_by("username")],
            form=form,
            asked=asked,
            answers=[(name, self.why(name, asked)) for name in ("read", "write") if asked],
            **kwargs,
        )

    def why(self, name: str, user: Any) -> dict[str, Any]:
        """Whether the user may, and the reasons; an owner may without a grant."""
        if user == self.object.owner:
            return {"allowed": True, "reasons": ["as the owner"]}
        decision = auth.explain(name, self.object, user=user)
        reasons = decision.because if decision else decision.missing
        return {"allowed": decision.allowed, "reasons": reasons}
