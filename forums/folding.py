"""Words as a rule compares them: case, accents, invisible signs and letters that look alike do not count."""

from __future__ import annotations

import re
import unicodedata

# Letters of other scripts that are taken for Latin ones. What is folded alike in a rule and in a text is compared
# alike, so that a rule in Greek or Cyrillic finds its own words as well.
ALIKE = str.maketrans(
    "аеорсухіјѕһԁԛԝвкмнтгпьοανικρτυχεηγωβμϲıłøđð",
    "aeopcyxijshdqwbkmhtrnboavikptuxenywbucilodd",
)
# Accents, and what takes no room: zero-width spaces and joiners, soft hyphens.
UNSEEN = ("Mn", "Me", "Cf")
SIGNS = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """The words of a text in one line, with single spaces between and around them; "" where there are none."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(one for one in unicodedata.normalize("NFKD", letters) if unicodedata.category(one) not in UNSEEN)
    words = SIGNS.sub(" ", plain.translate(ALIKE)).strip()
    return f" {words} " if words else ""


def holds_words(text: str, phrase: str) -> bool:
    """Whether the phrase stands in the text as whole words; both as `folded` made them."""
    return bool(phrase) and phrase in text
