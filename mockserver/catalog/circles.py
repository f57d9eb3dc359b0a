"""Scenarios that lead back to themselves."""

from collections.abc import Iterable, Iterator, Mapping


def circles(leads: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, ...]]:
    """Each way that ends where it began; every lead is followed once, however many ways there are.

    `leads` maps a name to those to which it leads; a name that nothing bears leads nowhere.
    """
    done: set[str] = set()
    for start in leads:
        way = {} if start in done else {start: iter(leads[start])}
        while way:
            last = next(reversed(way))
            name = next(way[last], None)
            if name is None:
                done.add(last)
                del way[last]
            elif name in way:
                names = list(way)
                yield (*names[names.index(name) :], name)
            elif name not in done:
                way[name] = iter(leads.get(name, ()))


def beginning(way: tuple[str, ...], where: int) -> tuple[str, ...]:
    """The same circle, told from another of its names on."""
    names = way[:-1]
    return (*names[where:], *names[:where], names[where])
