"""User and group of the project."""
