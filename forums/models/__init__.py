"""Talk as rows: discussions and posts, what is read of them, the rooms' chat, and what is reported and decided."""

from forums.models.attachments import Attachment
from forums.models.cases import Appeal, Case, Decision, Report
from forums.models.changes import Change
from forums.models.chat import ChatMessage, ChatReaction, EarlierWords
from forums.models.figures import PastFigure
from forums.models.marks import Reading, RoomReading
from forums.models.polls import Ballot, Poll, Voted
from forums.models.proposals import Proposal
from forums.models.reactions import Reaction
from forums.models.revisions import Mention, Revision
from forums.models.rules import Rule
from forums.models.saved import SavedDecision
from forums.models.summaries import Summary
from forums.models.threads import Cause, Post, Purpose, Seen, Thread

__all__ = [
    "Appeal",
    "Attachment",
    "Ballot",
    "Case",
    "Cause",
    "Change",
    "ChatMessage",
    "ChatReaction",
    "EarlierWords",
    "Decision",
    "Mention",
    "PastFigure",
    "Poll",
    "Post",
    "Proposal",
    "Purpose",
    "Reaction",
    "Reading",
    "Report",
    "Revision",
    "RoomReading",
    "Rule",
    "SavedDecision",
    "Seen",
    "Summary",
    "Thread",
    "Voted",
]
