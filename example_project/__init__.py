"""The demo: a project with authkit and nothing else, served by ``python3 run.py demo``."""
