"""What talk does in the background. Each may be called again at any time."""

from forums.actions import following, polls


def tell_watchers(post: int) -> None:
    """Those who watch the discussion or its room hear of a new post."""
    following.tell_watchers(post)


def close_poll(poll: int) -> None:
    """The day on which a vote closes has come: whoever voted is told."""
    polls.close_by_date(poll)
