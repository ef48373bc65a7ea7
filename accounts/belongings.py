"""What becomes of what points to a person from here, and from the libraries below, when two accounts become one."""

from network.belongings import Decision, Dropped, Moved, Stays, register_belonging


def register_all() -> None:
    """Called once, from the AppConfig."""
    decisions: dict[str, Decision] = {
        "accounts.Export.user": Moved(),
        "accounts.Import.by": Moved(),
        "accounts.Invitation.by": Moved(),
        "accounts.IdentityProvider.added_by": Moved(),
        "accounts.AccessRequest.settled_by": Moved(),
        "accounts.LegalText.by": Moved(),
        "accounts.Acceptance.user": Moved(unique=("text_id",)),
        # Nobody asks guardian's general table: grants of rooms have one of their own.
        "guardian.UserObjectPermission.user": Stays(),
        # The kept account has its own ways in.
        "account.EmailAddress.user": Dropped(),
        "mfa.Authenticator.user": Dropped(),
        "socialaccount.SocialAccount.user": Dropped(),
        # Ended, one by one, when the account is shut.
        "usersessions.UserSession.user": Stays(),
    }
    for key, decision in decisions.items():
        register_belonging(key, decision)
