"""What a report, a case and a decision show of a thing: its words as they were written, and no markup beside them."""

import pytest

from forums.actions import cases, moderation, threads
from forums.models import Decision
from forums.models.threads import Post
from tests.cast import Cast
from tests.forums.test_cases import report, signed_in
from tests.forums.test_discussing import start

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(cast: Cast) -> Post:
    return threads.reply(by=cast.anna, thread=start(cast), body="A **bold** claim, and <script>alert(1)</script> this.")


def test_words_are_shown_as_they_were_written(cast: Cast, post: Post) -> None:
    moderator = signed_in(cast.mona)
    pages = [signed_in(cast.luc).get(f"/report/post/{post.uid}/")]
    case = report(cast.luc, post)
    cases.take_case(by=cast.maud, case=case)
    pages += [signed_in(cast.maud).get(case.get_absolute_url()), moderator.get(case.get_absolute_url())]
    moderation.remove_post(by=cast.maud, post=post, reason="So.", ground="personal")
    pages.append(signed_in(cast.anna).get(Decision.objects.latest("pk").get_absolute_url()))
    shown = [page.content.decode() for page in pages]
    assert [page.status_code for page in pages] == [200, 200, 200, 200]
    assert ["<strong>bold</strong>" in text for text in shown] == [True, True, True, True]
    assert not [text for text in shown if "<script>alert" in text or "&lt;p&gt;" in text]
