"""Groups, permissions and events on the users of django.contrib.auth."""
