"""The edge to Django REST framework, which only this package imports."""
