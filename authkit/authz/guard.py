"""A guard: a rule, and what happens otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from asgiref.sync import sync_to_async
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control, patch_vary_headers

from .access import Access
from .deciding import adecide, decide
from .denial import Otherwise, answered, check_otherwise, deny
from .rule import Rule, as_rule, is_coroutine_callable
from .rules import anyone

Refusal = HttpResponseBase | None


@dataclass(frozen=True)
class Guard:
    """Lets pass whoever fulfils its rule."""

    rule: Rule
    otherwise: Otherwise = None

    @classmethod
    def of(cls, rule: Any, otherwise: Otherwise = None) -> Self:
        """The guard. Raises TypeError: *rule* or *otherwise* is no such thing."""
        check_otherwise(otherwise)
        return cls(as_rule(rule), otherwise)

    def check(self, view: Any, *, is_async: bool) -> None:
        """Raises TypeError: a coroutine would have to be awaited in a view that is none."""
        waits = any(part.is_async for part in self.rule.walk())
        if not is_async and (waits or is_coroutine_callable(self.otherwise)):
            raise TypeError(f"{view!r} is no coroutine, so that {self.rule!r} cannot be awaited.")

    def personal(self, response: Any) -> Any:
        """*response*, which no cache shows to others, or after a revoke; not that of ``anyone``."""
        if self.rule is not anyone and isinstance(response, HttpResponseBase):
            patch_vary_headers(response, ["Cookie"])
            patch_cache_control(response, private=True)
        return response

    # Asking

    def refusal(self, access: Access) -> Refusal:
        """The response to whoever may not pass; None: the view's turn."""
        allowed = decide(self.rule, access) is True
        access.mark_asked()
        return None if allowed else deny(access, self.otherwise)

    async def arefusal(self, access: Access) -> Refusal:
        """The same in a coroutine."""
        allowed = await adecide(self.rule, access) is True
        access.mark_asked()
        _share_user(access.http_request)
        if allowed:
            return None
        if is_coroutine_callable(self.otherwise):
            # Told like every other refusal, before it is answered.
            return await sync_to_async(deny)(access, await self._awaited(access))
        return await sync_to_async(deny)(access, self.otherwise)

    async def _awaited(self, access: Access) -> Callable[[Any], HttpResponseBase]:
        function: Any = self.otherwise
        answer = answered(await function(access.request))
        return lambda request: answer


def _share_user(request: Any) -> None:
    """What Django has loaded for ``request.user`` need not be loaded again for ``auser()``."""
    known = vars(request)
    if "_cached_user" in known:
        known.setdefault("_acached_user", known["_cached_user"])
