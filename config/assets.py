"""How our files for browsers are stored: under names that hold a digest of their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = r"""(?P<matched>from "(?P<url>\./[\w-]+\.js)";)"""


class Assets(CompressedManifestStaticFilesStorage):
    """As WhiteNoise stores them; our own modules that import one another name the digests, too.

    Django's switch for that reads every package's scripts, and stumbles over the first that names what is not there.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", ((IMPORT, 'from "%(url)s";'),)))
