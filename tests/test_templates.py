"""What every template keeps to: no inline script or style, parts that say what they take, words through gettext."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

pytestmark = pytest.mark.once

ROOT = Path(settings.BASE_DIR) / "templates"
PAGES = sorted(ROOT.rglob("*.html"))
PARTS = sorted((ROOT / "components").glob("*.html"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_template_can_be_read(page: Path) -> None:
    get_template(named(page))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_template_needs_a_hole_in_the_content_security_policy(page: Path) -> None:
    text = page.read_text()
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert "<style" not in text
    for script in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script, script
    assert not re.search(r"(src|href)=[\"'](https?:)?//", text), "nothing from other hosts"


@pytest.mark.parametrize("part", PARTS, ids=named)
def test_every_component_opens_with_what_it_takes(part: Path) -> None:
    opening = part.read_text()[:1500]
    assert opening.startswith(("{% comment %}", "{#"))
    assert re.search(r"\b[Tt]akes\b|Used by", opening), named(part)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_template_shouts(page: Path) -> None:
    text = re.sub(r"<!doctype[^>]*>|<!--.*?-->|{#.*?#}|!=|<svg.*?</svg>", "", page.read_text(), flags=re.S)
    words = re.findall(r"{% translate \"([^\"]*)\"|{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", text, re.S)
    assert not any("!" in word for pair in words for word in pair)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_word_for_readers_can_be_translated(page: Path) -> None:
    text = page.read_text()
    for hidden in (
        r"{% comment %}.*?{% endcomment %}",
        r"{% blocktranslate[^%]*%}.*?{% endblocktranslate %}",
        r"{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->",
        r"<(script|code)\b.*?</\1>",
        r"<[^>]*>",
        r"\b[a-z-]+=\"[^\"]*\"|&[a-z]+;",
    ):
        text = re.sub(hidden, " ", text, flags=re.S)
    left = [word for word in re.findall(r"[^\W\d_]{2,}", text) if word not in {"Liaise", "TLP"}]
    assert not left, left
