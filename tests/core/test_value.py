"""Values: immutable, equal by their fields, and unseen by the garbage collector."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

import pytest

import mockserver
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.rulebook import Rule
from mockserver.core.selection import ScenarioSet
from mockserver.core.value import TrackedValue, Value, pack, unpack_as
from mockserver.engine.pipeline import match_request
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import (
    START,
    build_click_to_call,
    click_to_call,
    play_until_idle,
    run_for,
)

PACKAGE = Path(mockserver.__file__).parent


class Point(Value):
    """A value with a default."""

    x: int
    y: int = 0


class Size(Value):
    """A value with the fields of a point."""

    x: int
    y: int = 0


class FunctionHolder(TrackedValue):
    """A value that may refer to itself by a function."""

    function: Any


def test_a_value_cannot_be_changed() -> None:
    point = Point(x=1)
    with pytest.raises(AttributeError, match="immutable type: 'Point'"):
        point.x = 2  # type: ignore[misc]
    assert point.x == 1


def test_a_value_has_no_attributes_but_its_fields() -> None:
    with pytest.raises(AttributeError):
        Point(x=1).z = 2  # type: ignore[attr-defined]


def test_values_of_a_class_with_equal_fields_are_equal_and_have_the_same_hash() -> None:
    assert Point(x=1) == Point(x=1, y=0)
    assert len({Point(x=1), Point(x=1, y=0), Point(x=1, y=2)}) == 2
    assert Point(x=1) != Point(x=2)


def test_values_of_different_classes_differ() -> None:
    values: list[Value] = [Point(x=1), Size(x=1)]
    assert values[0] != values[1]


def test_a_replaced_field_leaves_the_others_and_the_value_itself_as_they_were() -> None:
    point = Point(x=1, y=2)
    assert (point.replace(x=3), point.replace()) == (Point(x=3, y=2), Point(x=1, y=2))
    assert point == Point(x=1, y=2)


def test_a_field_that_the_class_does_not_have_cannot_be_replaced() -> None:
    with pytest.raises(TypeError, match="`Point` has no field 'z'"):
        Point(x=1).replace(z=2)


def test_the_collector_visits_a_tracked_value_that_holds_a_function() -> None:
    assert gc.is_tracked(FunctionHolder(function=lambda: 1))


def subclasses(base: type[Value]) -> Iterator[type[Value]]:
    for value_class in base.__subclasses__():
        yield value_class
        yield from subclasses(value_class)


def find_value_classes() -> list[type[Value]]:
    """Every value class of the package that the garbage collector does not visit."""
    for path in PACKAGE.rglob("*.py"):
        if ".value import" in path.read_text("utf-8"):
            module = path.relative_to(PACKAGE.parent).with_suffix("")
            import_module(".".join(module.parts))
    return sorted(
        (
            value_class
            for value_class in subclasses(Value)
            if value_class.__module__.startswith("mockserver.")
            and not issubclass(value_class, TrackedValue)
        ),
        key=lambda value_class: (value_class.__module__, value_class.__name__),
    )


VALUE_CLASSES = find_value_classes()

ATOMS = (str, int, float, bytes, Decimal, NoneType, tzinfo)
JSON_OR_VALUE = (object, Any)
"""What stands for JSON, a provider's value, or the payload of a journal entry."""
READ_ONLY_CONTAINERS = (tuple, frozenset, Mapping, Sequence, Iterable)
LASTING = (Rule, ScenarioSet)
"""Classes that are made when modules or files load, and so cannot refer to a later value."""


def unsafe_types(annotation: Any) -> Iterator[Any]:
    """The parts of an annotation by which a value could refer to itself: function, list, ..."""
    origin = get_origin(annotation)
    if origin in (*READ_ONLY_CONTAINERS, Union, UnionType):
        for argument in get_args(annotation):
            yield from unsafe_types(argument)
    elif annotation not in (..., *JSON_OR_VALUE) and not is_safe_class(annotation):
        yield annotation


def is_safe_class(annotation: Any) -> bool:
    is_class = isinstance(annotation, type) and get_origin(annotation) is None
    return is_class and issubclass(annotation, (*ATOMS, *VALUE_CLASSES, *LASTING))


@pytest.mark.parametrize("value_class", VALUE_CLASSES)
def test_no_field_of_an_untracked_value_can_close_a_circle(value_class: type[Value]) -> None:
    hints = get_type_hints(value_class)
    unsafe = {name: [*unsafe_types(hints[name])] for name in value_class.__struct_fields__}
    assert {name: types for name, types in unsafe.items() if types} == {}


@pytest.mark.parametrize(
    ("annotation", "unsafe"),
    [
        (Mapping[str, tuple[Point, ...]], [Point]),
        (dict[str, int], [dict[str, int]]),
        (tuple[list[int], ...] | None, [list[int]]),
        (SandboxState, [SandboxState]),
        (Mapping[str, object] | bytes, []),
    ],
)
def test_an_annotation_that_could_close_a_circle_is_found(annotation: Any, unsafe: Any) -> None:
    assert [*unsafe_types(annotation)] == unsafe


@pytest.mark.parametrize("value_class", VALUE_CLASSES)
def test_the_collector_does_not_visit_a_value_that_holds_containers(
    value_class: type[Value],
) -> None:
    value = value_class(*({} for _ in value_class.__struct_fields__))
    assert not gc.is_tracked(value)


def values_in(item: object) -> Iterator[Value]:
    """Every value that can be reached from this item, itself included."""
    inner: Iterable[object] = ()
    if isinstance(item, Value):
        yield item
        inner = [getattr(item, name) for name in item.__struct_fields__]
    elif isinstance(item, Mapping):
        inner = item.values()
    elif isinstance(item, Iterable) and not isinstance(item, str | bytes):
        inner = item
    for part in inner:
        yield from values_in(part)


def test_the_collector_visits_no_value_of_a_played_call(state: SandboxState) -> None:
    incoming = build_click_to_call(state)
    matched = match_request(state, incoming, START)
    result = incoming.endpoint.respond(matched.context)
    click_to_call(state)
    run_for(state, 3_000)
    kept = [
        read.next_steps(state),
        read.scripts(state),
        read.leg_scenarios(state),
        [*read.pending_items(state)],
        result,
        matched.matches,
    ]
    found = [*values_in(kept)]
    play_until_idle(state)
    found += values_in([read.calls(state), read.deliveries(state), read.journal(state)])
    assert {type(value).__name__ for value in found if gc.is_tracked(value)} == set()
    assert {type(value).__name__ for value in found} == {
        *("Call", "CallSpec", "Leg", "Event", "Cursor"),
        *("Track", "Step", "Condition", "DurationRange", "DueStep", "DueItem"),
        *(
            "SelectedScenario",
            "Scenario",
            "LegBehavior",
            "LegAction",
            "ApiBehavior",
            "DeliveryBehavior",
            "MatchContext",
            "CallMatch",
            "Selection",
            "Draw",
        ),
        *("EndpointResult", "Effects", "Response", "Request", "Exchange", "JournalEntry"),
        *("Webhook", "Delivery", "DeliveryAttempt", "DeliveryResult"),
    }


class Pair(NamedTuple):
    """A named tuple with another one in it."""

    name: str
    others: Mapping[str, "Pair"] = EMPTY_MAPPING


def test_a_named_tuple_is_unpacked_as_it_was_packed() -> None:
    pair = Pair(name="a", others={"b": Pair(name="b")})
    assert unpack_as(Pair, pack(pair)) == Pair(name="a", others={"b": Pair(name="b", others={})})
