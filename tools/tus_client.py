"""Fetches what sends large files in pieces from the browser: the npm package tus-js-client (MIT).

Called by tools/set-up.sh. The archive is taken only with the content that is pinned here. Where it cannot be
fetched, files are sent by the plain form, which the last line says.
"""

import sys
from pathlib import Path

from tools.pinned import Pinned, fetch

TUS_CLIENT = Pinned(
    address="https://registry.npmjs.org/tus-js-client/-/tus-js-client-4.3.1.tgz",
    sha256="919f46808b2c689be9214df5c0f21879bee4a4599b34e212ada8f14de1db9bc0",
    # The map is named by the script, so that what gathers static files asks for it.
    wanted={
        "package/dist/tus.min.js": "tus.min.js",
        "package/dist/tus.min.js.map": "tus.min.js.map",
        "package/LICENSE": "LICENSE",
    },
    without="Files are sent whole, by the plain form",
)

if __name__ == "__main__":
    sys.exit(fetch(TUS_CLIENT, Path(sys.argv[1])))
