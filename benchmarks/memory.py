"""Memory of the serving process after 100 page views: below 200 MB."""

from benchmarks.house import House, Visitor

MOST_MB = 200
VIEWS = 100
PAGES = ("/", "/rooms/", "/rooms/commons/", "/rooms/commons/documents/", "/rooms/commons/discussions/", "/workshops/",
         "/practices/", "/library/", "/partners/", "/people/", "/search/?q=families", "/notifications/")  # fmt: skip


def measure(house: House) -> list[str]:
    """Print the figures; return what is wrong."""
    visitor = Visitor(house)
    visitor.sign_in("liege@demo.example")
    before = house.memory()
    for number in range(VIEWS):
        visitor.get(PAGES[number % len(PAGES)])
    after = house.memory()
    print(f"memory of the serving process: {before:.0f} MB after sign-in, {after:.0f} MB after {VIEWS} page views")
    return [f"memory is {after:.0f} MB and must be below {MOST_MB} MB"] if after >= MOST_MB else []
