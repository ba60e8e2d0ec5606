"""The example project, as people see it."""
