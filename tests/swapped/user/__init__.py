"""A user model of the project."""
