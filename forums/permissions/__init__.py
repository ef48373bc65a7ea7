"""Checks about talk: each raises a refusal with its reason, or answers what the action needs."""
