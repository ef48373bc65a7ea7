"""`name__holds=words`: a text that holds the words, however they are accented or written large.

"Liege" and "LIÈGE" find Liège on either database: what `icontains` finds differs between them, and is never this.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db.backends.signals import connection_created
from django.db.models import CharField, Lookup, TextField


def unaccented(word: str) -> str:
    """Without diacritics, so that "Liege" finds "Liège"."""
    apart = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def folded(text: str | None) -> str | None:
    """In small letters and without diacritics."""
    return None if text is None else unaccented(text.lower())


class Holds(Lookup):
    """Both sides folded; the signs that LIKE knows stand for themselves."""

    lookup_name = "holds"

    def get_prep_lookup(self) -> str:
        return str(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """On SQLite, by a function of ours."""
        return self._held_against("liaise_folded(%s)", compiler, connection)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """By what PostgreSQL brings: decomposed, and the marks that stand alone then taken out."""
        marks = "[\u0300-\u036f]"
        return self._held_against(
            f"regexp_replace(normalize(lower(%s), NFD), '{marks}', '', 'g')", compiler, connection
        )

    def _held_against(self, fold: str, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        words = connection.ops.prep_for_like_query(folded(self.rhs))
        return f"{fold % lhs} LIKE %s ESCAPE '\\'", (*params, f"%{words}%")


def register_all() -> None:
    """From the AppConfig: the lookup, and the function that SQLite lacks."""
    for field in (CharField, TextField):
        field.register_lookup(Holds)
    connection_created.connect(_teach, dispatch_uid="liaise_folded")


def _teach(connection: Any, **_more: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function("liaise_folded", 1, folded, deterministic=True)
