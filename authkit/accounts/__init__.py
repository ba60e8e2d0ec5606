"""Who are you? Routes, pages, policy and mail; the only package that knows allauth."""
