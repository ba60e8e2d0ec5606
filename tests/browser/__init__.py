"""The pages in Chromium; only `tox -e browser` runs these."""

import pytest

# Helpers that assert: say what was found, as in a test.
HELPERS = ("by_mail", "inspection", "site", "visitor")
pytest.register_assert_rewrite(*(f"{__name__}.{name}" for name in HELPERS))
