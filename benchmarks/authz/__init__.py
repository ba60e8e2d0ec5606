"""Authorization beside its peers and the floor: ``python -m benchmarks.authz``."""
