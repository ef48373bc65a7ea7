"""Bulk data, to measure a network of a size that nobody types in: `manage.py load_scale`.

It is written as rows, past the actions: nobody did it, so the trail holds nothing of it and nobody is told.
"""
