"""A group model of the project."""
