"""Signing in at one's own organisation, with OpenID Connect: what allauth does, and where we are stricter.

An app of its own, since that is how allauth finds a kind of provider and its addresses.
"""
