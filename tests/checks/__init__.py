"""The system checks, and what their tests share."""
