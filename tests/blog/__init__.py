"""A small application with tables of its own, whose records can be targets."""
