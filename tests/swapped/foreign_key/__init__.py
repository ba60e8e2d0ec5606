"""A project that points at the group and swaps nothing."""
