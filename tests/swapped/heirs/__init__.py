"""A proxy and a multi-table child of authkit's own user."""
