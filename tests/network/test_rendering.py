"""What people write becomes HTML that may stand on a page, and words that may stand anywhere."""

import pytest

from network.rendering import to_html, to_text


def test_markdown_becomes_html() -> None:
    assert to_html("**Bring** the *guide*.\nNot the files.") == (
        "<p><strong>Bring</strong> the <em>guide</em>.<br>\nNot the files.</p>\n"
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>a<script>alert(1)</script></p>", "<p>a</p>"),
        ("<p onclick=x style='a'>a</p>", "<p>a</p>"),
        ("<p>a<img src=https://other.example/x.png></p>", "<p>a</p>"),
        ("<p><a href='javascript:x'>a</a></p>", '<p><a rel="noopener noreferrer">a</a></p>'),
        ("<iframe src=x></iframe>", ""),
        ("<form><button>a</button></form>", "a"),
    ],
)
def test_forbidden_markup_is_dropped_and_not_escaped(source: str, expected: str) -> None:
    assert to_html(source).strip() == expected


def test_headings_follow_those_of_the_page_without_a_gap() -> None:
    assert to_html("# One\n\n#### Two\n\n# Three", top=2) == "<h2>One</h2>\n<h3>Two</h3>\n<h2>Three</h2>\n"
    assert to_html("#### Deep\n\n# High", top=2) == "<h2>Deep</h2>\n<h2>High</h2>\n"


def test_words_of_another_language_keep_it() -> None:
    assert to_html('<p lang="de">Jugendhilfe</p>') == '<p lang="de">Jugendhilfe</p>'


@pytest.mark.parametrize(
    "source",
    [
        "<p>snake_case_name, *stars* and `ticks`</p>",
        "<p>a</p><p>    four spaces, 1. no list</p>",
        "<h3>Plan</h3><ul><li>one<ul><li>inner</li></ul></li></ul><ol><li>two</li></ol>",
        "<blockquote><p>They said<br>this</p></blockquote><p>we <s>not</s> <u>so</u></p>",
        '<table><tbody><tr><th>City</th><th>Of</th></tr><tr><td>Liège</td><td colspan="2">7</td></tr></tbody></table>',
        '<p><a href="https://example.org/a_b_c" rel="noopener noreferrer">a_b_c</a></p>',
        "<p>Look:</p><pre><code>one\n\n    *two*\n\n# three</code></pre><p>so</p>",
    ],
)
def test_what_the_editor_sends_arrives_as_it_was_typed(source: str) -> None:
    assert to_html(source) == source


def test_markdown_after_an_empty_line_is_markdown_even_below_html() -> None:
    assert to_html("<p>one</p>\n\n**two**") == "<p>one</p>\n<p><strong>two</strong></p>\n"


def test_text_keeps_the_words_and_a_line_per_block() -> None:
    assert to_text(to_html("# Q&A\n\n- one\n- **two** & three")) == "Q&A\none\ntwo & three"
