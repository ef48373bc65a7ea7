"""Fetches the borders of countries: Natural Earth, public domain, as the npm package world-atlas has them.

Called by tools/set-up.sh. The archive is taken only with the content that is pinned here. Where it cannot be
fetched, maps have places but no land, which the last line says.
"""

import sys
from pathlib import Path

from tools.pinned import Pinned, fetch

BORDERS = Pinned(
    address="https://registry.npmjs.org/world-atlas/-/world-atlas-2.0.2.tgz",
    sha256="032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97",
    wanted={"package/countries-50m.json": "countries.json", "package/LICENSE": "LICENSE"},
    without="Maps are drawn without land",
)

if __name__ == "__main__":
    sys.exit(fetch(BORDERS, Path(sys.argv[1])))
