"""The authentication backend."""

from .accounts.backend import AuthkitBackend

__all__ = ["AuthkitBackend"]
