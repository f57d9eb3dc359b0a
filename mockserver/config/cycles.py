"""Find scenarios that lead back to themselves."""

from collections.abc import Iterable, Iterator, Mapping


def find_cycles(edges: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, ...]]:
    """Yield cycles as (first name, ..., first name), by depth-first search.

    `edges` maps a name to the names to which it leads; a name that is not a key leads nowhere.
    Every edge is followed once, so the work is linear however many paths there are.
    """
    done: set[str] = set()
    for start in edges:
        path = {} if start in done else {start: iter(edges[start])}
        while path:
            last = next(reversed(path))
            name = next(path[last], None)
            if name is None:
                done.add(last)
                del path[last]
            elif name in path:
                names = list(path)
                yield (*names[names.index(name) :], name)
            elif name not in done:
                path[name] = iter(edges.get(name, ()))


def rotate_cycle(cycle: tuple[str, ...], start: int) -> tuple[str, ...]:
    """Return the same cycle, beginning and ending with the name at index `start`."""
    names = cycle[:-1]
    return (*names[start:], *names[:start], names[start])
