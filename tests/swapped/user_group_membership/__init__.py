"""User, group and membership of the project."""
