"""Pages of talk: discussions, comments, the moderators' queue, chat."""
