"""What all filters of lists have in common."""

from __future__ import annotations

import django_filters as filters


class ListFilter(filters.FilterSet):
    """The filters of a list, as components/filters.html shows them: the first stands alone, the others fold."""

    @property
    def narrowed(self) -> bool:
        """Whether one of the filters that fold is in use, or wrong, so that they are shown unfolded."""
        _first, *folding = self.form.fields
        return any(self.form.data.get(name) or name in self.form.errors for name in folding)
