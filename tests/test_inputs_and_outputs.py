"""Inputs change a sandbox, and outputs leave it, at one place for each kind.

An input can be logged, and an output held back, at these places and nowhere else.
"""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.test_architecture import (
    MODULES,
    STATE_CALLERS,
    VERBS,
    chain,
    changed_expressions,
    module_id,
    owner_aliases,
    parse,
    path_in_state,
)

Places = Mapping[str, list[str]]
"""What is called -> where, each as `module function`."""


def nodes_by_function(node: ast.AST, function: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Every node with the dotted name of the method or function that it is in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from nodes_by_function(child, f"{function}.{child.name}".removeprefix("."))
        else:
            yield function, child
            yield from nodes_by_function(child, function)


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    return (
        (function, node) for function, node in nodes_by_function(tree) if isinstance(node, ast.Call)
    )


def engine_names(tree: ast.Module, place: str) -> dict[str, str]:
    """Local name -> the module or function of the engine that it means."""
    names = {
        alias.asname or alias.name: f"{node.module}.{alias.name}".removeprefix("mockserver.engine.")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mockserver.engine")
        for alias in node.names
    }
    if place.startswith("engine/"):
        module = Path(place).stem
        functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        names |= {name: f"{module}.{name}" for name in functions}
    return names


def engine_references(tree: ast.Module, place: str) -> Iterator[tuple[str, str]]:
    """(function, what it calls or passes on of the engine)"""
    names = engine_names(tree, place)
    for function, node in nodes_by_function(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            first, *rest = chain(node) or [""]
            if first in names:
                yield function, ".".join((names[first], *rest))


def verb_callers(tree: ast.Module, module: str) -> Iterator[str]:
    """The functions of a module of the engine that call a verb of the state or of an owner."""
    aliases = owner_aliases(tree)
    for function, node in calls(tree):
        match path_in_state(node.func, aliases):
            case [verb] if verb in STATE_CALLERS:
                yield f"{module}.{function}"
            case [owner, verb] if verb in VERBS.get(owner, ()):
                yield f"{module}.{function}"


def changing_functions(sources: Mapping[str, ast.Module]) -> set[str]:
    """The functions of the engine that change a state, by themselves or by what they call."""
    engine = {
        place: tree for place, tree in sources.items() if Path(place).parent == Path("engine")
    }
    changing = {
        function for place, tree in engine.items() for function in verb_callers(tree, stem(place))
    }
    references = {
        (f"{stem(place)}.{function}", target)
        for place, tree in engine.items()
        for function, target in engine_references(tree, place)
    }
    while more := {caller for caller, target in references if target in changing} - changing:
        changing |= more
    return changing


def stem(place: str) -> str:
    return Path(place).stem


def collect(found: Iterable[tuple[str, str]]) -> Places:
    """(what, where) pairs as a mapping."""
    places = defaultdict(set)
    for what, where in found:
        places[what].add(where)
    return {what: sorted(places[what]) for what in sorted(places)}


def find_inputs(sources: Mapping[str, ast.Module]) -> Places:
    """What is called of the engine that changes a state, and where.

    The compiler and the strategies only run scenarios in states of their own.
    """
    changing = changing_functions(sources)
    return collect(
        (target, f"{place} {function}")
        for place, tree in sources.items()
        if not place.startswith(("engine/", "compiler", "testing/"))
        for function, target in engine_references(tree, place)
        if target in changing
    )


SOURCES = {module_id(path): parse(path) for path in MODULES}

INPUTS = {
    "scenario_selection.admit": "web/vendor/admission.py admit_request",
    "scenario_selection.give_up": "web/vendor/delays.py wait_for_delay",
    "pipeline.respond": "web/vendor/handler.py _respond_and_render",
    "own_refusals.record_refusal": "web/vendor/own_refusals.py store_refusal",
    "commands.inject_event": "web/control/calls.py apply_event_body",
    "commands.put_account": "web/control/accounts.py put_account",
    "commands.patch_account": "web/control/accounts.py patch_account",
    "commands.activate": "web/control/activations.py activate_body",
    "commands.clear_activations": "web/control/activations.py clear_activations",
    "commands.remove_activation": "web/control/activations.py delete_activation",
    "commands.redeliver": "web/control/webhooks.py redeliver_webhook",
    "commands.put_scenario": "runtime/sandbox.py Sandbox.put_scenario",
    "commands.delete_scenario": "runtime/sandbox.py Sandbox.delete_scenario",
    "commands.set_configuration": "runtime/sandbox.py Sandbox.set_configuration",
    "commands.reset": "runtime/sandbox.py Sandbox.reset",
    "commands.record_receipt": "runtime/sandbox.py Sandbox.receive_webhook",
    "commands.record_clock": "runtime/scheduler.py Scheduler.record_clock",
    "failures.record_error": "runtime/scheduler.py Scheduler.record_error",
    "simulation.run_due_item": "runtime/scheduler.py Scheduler._run_item",
    "failures.fail_item": "runtime/scheduler.py Scheduler._run_item",
    "failures.fail_attempt": "runtime/scheduler.py Scheduler._store_result",
    "webhooks.complete_attempt": "runtime/scheduler.py Scheduler._store_result",
}
"""Function of the engine that changes a state -> the only place that calls it for a live input.

A vendor request is admitted, and then responded to or given up. A command is called by its route or
by its verb of `Sandbox`. A turn of the scheduler runs one due item. A delivery attempt has a
result. Either may raise: the call or the webhook fails.
"""


PLAYERS = ("web/control/input_player.py", "web/control/recorded_commands.py")
"""The modules that play recorded inputs."""

LIVE_AND_PLAYED = ("apply_event_body", "activate_body")


def test_a_state_is_changed_by_each_input_at_one_place() -> None:
    found = {
        what: [place for place in places if place.split()[0] not in PLAYERS]
        for what, places in find_inputs(SOURCES).items()
    }
    assert found == {what: [INPUTS[what]] for what in sorted(INPUTS)}


def test_each_input_can_be_played_again_but_a_reset() -> None:
    """An event and an activation are played by the function that plays them live."""
    played = {
        what
        for what, places in find_inputs(SOURCES).items()
        if any(place.split()[0] in PLAYERS for place in places)
    }
    live = {what for what, place in INPUTS.items() if place.split()[1] in LIVE_AND_PLAYED}
    assert played | live == INPUTS.keys() - {"commands.reset"}


@pytest.mark.parametrize(
    ("place", "source", "what"),
    [
        ("web/a.py", "from mockserver.engine.effects import apply\ndef f(): apply(1)", "apply"),
        ("web/a.py", "from mockserver.engine import effects\ndef f(): effects.apply(1)", "apply"),
        (
            "runtime/a.py",
            "from mockserver.engine.effects import place_call as p\ndef f(): g(p)",
            "place_call",
        ),
    ],
)
def test_another_input_is_found(place: str, source: str, what: str) -> None:
    found = find_inputs({**SOURCES, place: ast.parse(source)})
    assert found[f"effects.{what}"] == [f"{place} f"]


@pytest.mark.parametrize(
    "query", ["pipeline.match_request", "webhooks.is_due_before_response", "webhooks.inbox_url"]
)
def test_a_query_is_no_input(query: str) -> None:
    assert query not in changing_functions(SOURCES)


# --- what a sandbox keeps beside its state -------------------------------------------------------

SANDBOX_INPUTS = {
    "Sandbox.put_scenario": ["web/control/scenarios.py put_scenario"],
    "Sandbox.delete_scenario": ["web/control/scenarios.py delete_scenario"],
    "Sandbox.set_configuration": [
        "app/__init__.py _reload",
        "app/restored_sandboxes.py Restorer._reload",
    ],
    "Sandbox.reset": ["web/control/reset.py reset_sandbox"],
    "Sandbox.set_clock_mode": ["web/control/clock.py put_clock"],
    "Sandbox.run_while_on_the_phone": ["web/control/clock.py put_clock"],
    "Sandbox.record_clock": [
        "runtime/sandbox.py Sandbox._set_mode",
        "runtime/sandbox.py Sandbox.record_clock",
        "runtime/scheduler.py Scheduler._record_set_back",
        "web/control/clock.py advance_clock",
    ],
    "Sandbox.receive_webhook": [
        "runtime/loopback.py deliver_to_inbox",
        "web/control/inboxes.py receive_webhook",
    ],
    "Sandbox.program_inbox": ["web/control/inboxes.py program_inbox"],
    "Sandbox.clear_inbox": ["web/control/inboxes.py delete_inbox"],
    "Receivers.change": [
        "runtime/stored_sandbox.py build_stored_sandbox",
        "web/control/receivers.py patch_receivers",
    ],
    "Receivers.take_over": ["web/control/sandboxes.py _fork"],
    "Clock.set_mode": ["runtime/sandbox.py Sandbox._set_mode"],
    "Clock.jump": [
        "runtime/sandbox.py Sandbox.resume",
        "runtime/scheduler.py Scheduler._advance_to",
        "runtime/scheduler.py Scheduler._run_item",
    ],
}
"""What changes a sandbox beside its state, or journals that -> the places that call it."""

OTHER_OWNERS = {"commands", "state"}
"""What has methods of the same names."""


def find_method_calls(names: Mapping[str, str], sources: Mapping[str, ast.Module]) -> Places:
    """Where methods are called; `names` maps the bare name of a method to the listed one."""
    return collect(
        (names[node.func.attr], f"{place} {function}")
        for place, tree in sources.items()
        if not place.startswith(("engine/", "providers/"))
        for function, node in calls(tree)
        if isinstance(node.func, ast.Attribute)
        and node.func.attr in names
        and not OTHER_OWNERS & {*chain(node.func)}
    )


def test_a_sandbox_is_changed_by_each_of_its_verbs_at_the_listed_places() -> None:
    names = {name.partition(".")[2]: name for name in SANDBOX_INPUTS}
    assert find_method_calls(names, SOURCES) == dict(sorted(SANDBOX_INPUTS.items()))


SANDBOX_PARTS = {"clock", "inboxes", "receivers", "scheduler", "timing", "uploaded_scenarios"}


def test_nothing_else_changes_what_a_sandbox_keeps() -> None:
    """`request_durations` is real time, which no input log has."""
    changed = [
        f"{place}: {ast.unparse(node)}"
        for place, tree in SOURCES.items()
        if not place.startswith("runtime/")
        for node in changed_expressions(tree)
        if SANDBOX_PARTS & {*chain(node)}
    ]
    assert changed == []


# --- outputs -------------------------------------------------------------------------------------

Test = Callable[[str, list[str]], bool]
"""(place, names of what is called) -> whether this is an output of the kind."""

IS_OUTPUT: Mapping[str, Test] = {
    "response": lambda place, names: (
        place.startswith("web/") and names in (["send"], ["write"], ["write_response"])
    ),
    "bytes": lambda place, names: (
        place.startswith("web/") and names[-2:] in (["transport", "write"], ["transport", "close"])
    ),
    "disconnect": lambda _, names: names == ["disconnect"],
    "stream": lambda _, names: names == ["StreamingResponse"],
    "subscriber": lambda _, names: names[-1:] == ["subscribe"],
    "webhook": lambda _, names: names[-1:] == ["deliver"],
    "attempt": lambda place, names: (
        place.startswith("delivery/") and names[-1:] in (["_loopback"], ["_send"])
    ),
}

OUTPUTS = {
    "response": [
        "web/server/lifespan.py run_lifespan",  # the end of start and shutdown
        "web/server/protocol.py HttpProtocol.write_response",
        "web/server/slow_response.py _send_body_slowly",  # on another server
        "web/vendor/cors.py _add_fields.send_with_fields",  # a response to a page of --cors
        "web/vendor/response.py AsgiResponse.__call__",  # a vendor's response
        "web/vendor/response.py add_time_header.send_with_time",  # any other response
    ],
    "bytes": [
        "web/server/passages.py Passage.end",  # a tunnel to a host of --proxy-pass
        "web/server/protocol.py HttpProtocol._close",  # a connection without a request
        "web/server/protocol.py HttpProtocol._leave_to_application",
        "web/server/protocol.py HttpProtocol._reject",
        "web/server/slow_response.py _write_slowly",  # a vendor's response in pieces
        "web/server/transport.py disconnect",
        "web/server/transport.py write_response",  # for `AsgiResponse`
        "web/server/tunnels.py ProxyProtocol._accept",  # the 200 of a CONNECT
    ],
    "disconnect": ["web/vendor/handler.py _respond"],
    "stream": [
        "web/control/journal_stream.py stream_journal",
        "web/control/listing.py respond_with_texts",  # a long list
        "web/control/recordings.py _recording_response",
    ],
    "subscriber": [
        "app/output.py add_logger",
        "runtime/waits.py _subscribe",
        "web/control/journal_stream.py _wait_for_entry",
    ],
    "webhook": [
        "runtime/delivery_tasks.py DeliveryTasks._attempt",
        "runtime/receivers.py Receivers.deliver",  # passes on what the former sends
    ],
    "attempt": ["delivery/dispatcher.py WebhookDispatcher._attempt"],
}
"""Kind of output -> the places where it leaves.

A vendor's response leaves in `AsgiResponse`, or in pieces in `slow_response.py`, any other in
`send_with_time`, a webhook in `DeliveryTasks._attempt`. `HttpProtocol` rejects what is no request
of any sandbox yet.
"""


def find_outputs(sources: Mapping[str, ast.Module]) -> Places:
    return collect(
        (kind, f"{place} {function}")
        for place, tree in sources.items()
        for function, node in calls(tree)
        for kind, is_output in IS_OUTPUT.items()
        if is_output(place, chain(node.func))
    )


def test_each_kind_of_output_leaves_at_the_listed_places() -> None:
    assert find_outputs(SOURCES) == dict(sorted(OUTPUTS.items()))


@pytest.mark.parametrize(
    ("place", "source", "kind"),
    [
        ("web/a.py", "async def f(send): await send({})", "response"),
        ("web/a.py", "def f(self): self.transport.write(b'')", "bytes"),
        ("web/a.py", "def f(): StreamingResponse(g())", "stream"),
        ("runtime/a.py", "async def f(self): await self.dispatcher.deliver(1)", "webhook"),
        ("runtime/a.py", "def f(state): state.journal.subscribe(print)", "subscriber"),
    ],
)
def test_another_output_is_found(place: str, source: str, kind: str) -> None:
    found = find_outputs({**SOURCES, place: ast.parse(source)})
    assert f"{place} f" in found[kind]


def test_the_application_sends_all_responses_with_the_time() -> None:
    """The server's own `send` is for `send_with_time`, and for what is not HTTP.

    `wrap` is `add_time_header`, or holds back as well; a problem of the store is not held back.
    """
    passed_on = [
        ast.unparse(node)
        for function, node in calls(SOURCES["web/app.py"])
        if function == "build_app.app"
        and any(isinstance(each, ast.Name) and each.id == "send" for each in node.args)
    ]
    assert passed_on == [
        "run_lifespan(lifespan, scope, receive, send)",
        "control_app()(scope, receive, send)",
        "wrap(send, scope)",
        "add_time_header(send, scope)",
        "add_time_header(send, scope)",
    ]


def test_the_event_stream_leaves_by_one_yield() -> None:
    yields = [
        function
        for function, node in nodes_by_function(SOURCES["web/control/journal_stream.py"])
        if isinstance(node, ast.Yield)
    ]
    assert yields == ["_stream_events"]
