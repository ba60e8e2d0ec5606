"""The small Django project in which every Django system of the benchmark lives."""
