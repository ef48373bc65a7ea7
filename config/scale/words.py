"""What people of a large network write: paragraphs of the demo network's documents, and titles put together."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random

from config.demo.content import Content, text_of
from network import rendering, search

NAMES: dict[str, list[str]] = json.loads((Path(__file__).parent / "names.json").read_text("utf-8"))
COUNTRIES = ("BE", "FR", "DE", "IT", "ES", "SE", "NL", "PT", "AT", "DK", "FI", "PL")
SUBJECTS = (
    "Agenda of the working group on", "Minutes of the meeting on", "A first draft on", "Questions about",
    "What we learnt about", "A guide to", "Report on", "An evaluation of", "Training for", "Proposal for",
)  # fmt: skip
ASPECTS = (
    "families’ first calls", "schools and difficult conversations", "youth workers online", "returning from prison",
    "mentoring", "work with mothers", "exit programmes", "a local strategy", "referral between services",
    "interpreters", "neighbourhood mediators", "campaigns with students", "hotlines", "home visits", "risk assessment",
    "data protection in case conferences", "faith communities", "sports clubs", "police and trust", "victims’ voices",
)  # fmt: skip


@dataclass(frozen=True)
class Paragraph:
    """Some words: as written, as shown, and as the search keeps them."""

    body: str
    html: str
    stems: str
    language: str


@dataclass(frozen=True)
class Title:
    """A title, and what the search keeps of it."""

    text: str
    stems: str


class Words:
    """Writes at random, the same with the same seed. Each piece is stemmed and rendered once."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.paragraphs = [
            _paragraph(body, row["language"])
            for row in Content.read().documents
            for body in text_of(row["key"]).split("\n\n")
            if 60 <= len(body) <= 900 and not body.startswith("#")
        ]
        self._stems = {paragraph.body: paragraph.stems for paragraph in self.paragraphs}
        self.subjects = [Title(words, search.stemmed(words, "en")) for words in SUBJECTS]
        self.aspects = [Title(words, search.stemmed(words, "en")) for words in ASPECTS]

    def paragraph(self) -> Paragraph:
        """What somebody says."""
        return self.random.choice(self.paragraphs)

    def stems_of(self, text: str) -> str:
        """What the search keeps of one of the paragraphs."""
        return self._stems[text]

    def title(self, number: int) -> Title:
        """What a thing is called; the number tells it from others."""
        subject, aspect = self.random.choice(self.subjects), self.random.choice(self.aspects)
        return Title(f"{subject.text} {aspect.text}, {number}", f"{subject.stems} {aspect.stems} {number}")

    def town(self) -> str:
        """A town that is on no map."""
        return self.random.choice(NAMES["towns_begin"]) + self.random.choice(NAMES["towns_end"])

    def person(self) -> str:
        """Somebody's name."""
        return f"{self.random.choice(NAMES['first_names'])} {self.random.choice(NAMES['last_names'])}"


def _paragraph(body: str, language: str) -> Paragraph:
    html = rendering.to_html(body)
    return Paragraph(body, html, search.stemmed(html, language), language)
