"""Scenarios that lead back to themselves."""

from collections.abc import Iterable, Iterator, Mapping


def find_cycles(edges: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, ...]]:
    """Each way that ends where it began; every lead is followed once, however many ways there are.

    `leads` maps a name to those to which it leads; a name that nothing bears leads nowhere.
    """
    done: set[str] = set()
    for start in edges:
        way = {} if start in done else {start: iter(edges[start])}
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
                way[name] = iter(edges.get(name, ()))


def rotate_cycle(cycle: tuple[str, ...], start: int) -> tuple[str, ...]:
    """The same circle, told from another of its names on."""
    names = cycle[:-1]
    return (*names[start:], *names[:start], names[start])
