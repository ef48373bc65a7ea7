"""Says no when PostgreSQL or Redis here are of other versions than those of .ci/versions."""

import sys

from tools import machine


def main() -> int:
    """0 when the servers that answer are of the versions that docker-compose.yml brings up."""
    wanted = machine.versions()
    found = {"POSTGRESQL": machine.postgresql(), "REDIS": machine.redis_server()}
    wrong = [
        f"{name} here is {server[1]}, .ci/versions says {wanted[name]}"
        for name, server in found.items()
        if server and not f"{server[1]}.".startswith(f"{wanted[name]}.")
    ]
    print("\n".join(wrong) or "PostgreSQL and Redis are of the versions of .ci/versions, where they answer.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
