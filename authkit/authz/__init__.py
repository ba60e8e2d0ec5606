"""May I? Groups, grants and the one resolver that answers every question about them.

Knows the models; knows no page, no form and no allauth.
"""
