"""Dry-run scenarios on every account that they suit: an error only if they can play on none."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache, partial
from typing import NamedTuple

from mockserver.core.bound_provider import BoundProvider
from mockserver.core.configuration import AccountKey, AccountNote, Configuration
from mockserver.core.scenario import MatchRule, Scenario
from mockserver.core.seeded import HIGHEST_SEED, LOWEST_SEED
from mockserver.engine.dry_run_account import (
    OperationRequests,
    has_ranges,
    operation_requests,
    ready_configuration,
    with_few_polls,
)
from mockserver.engine.dry_run_call import Budget, DryRunProblem, play_request
from mockserver.engine.exchange import IncomingRequest

MAX_ITEMS = 10_000  # due items of all dry runs together: about a second
MIN_ITEMS = 50  # due items that a scenario has in any case
NO_OPERATION = "there is no operation that this scenario can meet"


class DryRunResult(NamedTuple):
    """What a dry run finds: `problems` make a scenario unreadable, `notes` do not.

    `tried_on` is (provider, account, operation) of the problems, empty if none was tried.
    """

    problems: tuple[DryRunProblem, ...] = ()
    notes: tuple[AccountNote, ...] = ()
    tried_on: tuple[str, ...] = ()

    def messages(self) -> Iterator[tuple[str, str]]:
        """Yield (location, message) of each problem; the message says where it was tried."""
        place = ""
        if self.tried_on:
            provider, account, operation = self.tried_on
            place = f"; tried with {operation} on account {account} of {provider}"
        for problem in self.problems:
            yield problem.location, f"{problem.reason}{place}"


FINE = DryRunResult()


class Trial(NamedTuple):
    """How a scenario fares on one operation of an account; no problems if it can play.

    `reason` says why the account accepts no request of the operation.
    """

    account: AccountKey
    operation: str
    problems: tuple[DryRunProblem, ...] = ()
    reason: str = ""

    @property
    def is_fine(self) -> bool:
        return not self.problems and not self.reason


class _ReadyAccount(NamedTuple):
    configuration: Configuration
    operations: tuple[OperationRequests, ...]


DryRun = Callable[[Scenario], DryRunResult]


def dry_run(configuration: Configuration, scenario: Scenario) -> DryRunResult:
    """Dry-run one scenario of the configuration on the accounts of the configuration."""
    return _build_dry_run(configuration, frozenset())(scenario)


def dry_run_all(
    configuration: Configuration,
    scenarios: Iterable[Scenario],
    noted: Container[AccountKey],
    untried: frozenset[AccountKey] = frozenset(),
) -> tuple[set[tuple[str, str]], Mapping[str, tuple[AccountNote, ...]]]:
    """Dry-run scenarios of the configuration on its accounts.

    `untried` are other accounts, which have problems of their own; one without a name may have any.
    A scenario that may play on one of them has no problem.

    Returns:
        (location and message of each problem; location of each scenario -> notes on the accounts
        that are in `noted`).
    """
    run = _build_dry_run(configuration, untried)
    results = {scenario.location: run(scenario) for scenario in scenarios}
    problems = {message for result in results.values() for message in result.messages()}
    notes = {
        location: noted_ones
        for location, result in results.items()
        if (noted_ones := tuple(note for note in result.notes if note.account in noted))
    }
    return problems, notes


def _build_dry_run(configuration: Configuration, untried: frozenset[AccountKey]) -> DryRun:
    """Return a function that dry-runs a scenario of the configuration.

    What the accounts accept is found out once for all scenarios. The records that `generate` asks
    for are made only for an account on which a scenario cannot play without them. The work is
    bounded: after `MAX_ITEMS`, a scenario is tried on one account, and only for some time.
    """
    accounts, budget = configuration.accounts, Budget(MAX_ITEMS)

    @cache
    def ready(key: AccountKey, *, is_populated: bool) -> _ReadyAccount:
        account = accounts[key]
        if is_populated:
            account = configuration.populate(configuration.seed, account)
        changed = ready_configuration(configuration, account)
        [prepared] = changed.accounts.values()
        requests = operation_requests(configuration.providers[key[0]], prepared)
        return _ReadyAccount(changed, tuple(requests))

    def run(scenario: Scenario) -> DryRunResult:
        if not scenario.steps:
            return FINE
        budget.left = max(budget.left, MIN_ITEMS)
        trials: list[Trial] = []
        suitable = _suitable_accounts(scenario, configuration, untried)
        for key in (key for key in suitable if key not in untried):
            if trials and budget.left <= 0:
                break
            attempt = partial(_best_trial, scenario, key, budget=budget)
            trial = attempt(ready(key, is_populated=False))
            if accounts[key].generate and trial and not trial.is_fine:
                trial = attempt(ready(key, is_populated=True))
            trials += [trial] if trial else []
        result = _judge(scenario, trials)
        return result if untried.isdisjoint(suitable) else DryRunResult(notes=result.notes)

    return run


def _suitable_accounts(
    scenario: Scenario, configuration: Configuration, untried: frozenset[AccountKey]
) -> tuple[AccountKey, ...]:
    """Return the accounts whose provider the scenario needs, has its acts, and its match names.

    Where the match suits no account, it does not count: the account may come later.
    """
    needed = scenario.needs.get("provider")
    providers = [
        name
        for name, bound in configuration.providers.items()
        if needed in (None, name) and not _foreign_acts(scenario, configuration, bound)
    ]
    keys = (*configuration.accounts, *sorted(untried))
    suitable = tuple(key for key in keys if key[0] in providers)
    return tuple(key for key in suitable if _is_matching(scenario.match, key)) or suitable


def _foreign_acts(
    scenario: Scenario, configuration: Configuration, bound: BoundProvider
) -> set[str]:
    """Return the acts of the steps that only other providers have."""
    acts = {
        name for each in configuration.providers.values() for name in each.provider.vendor_events
    }
    return {step.event_type for step in scenario.steps} & acts - set(bound.provider.vendor_events)


def _is_matching(match: MatchRule | None, key: AccountKey) -> bool:
    globs = match.globs if match else {}
    return all(
        not value or fnmatchcase(value, globs.get(name, "*"))
        for name, value in zip(("provider", "account"), key, strict=True)
    )


def _best_trial(
    scenario: Scenario, key: AccountKey, account: _ReadyAccount, budget: Budget
) -> Trial | None:
    """Return the first trial without problems, else that with the fewest; None without trials."""
    best: Trial | None = None
    for trial in _try_operations(scenario, key, account, budget):
        if trial.is_fine:
            return trial
        best = trial if best is None else min(best, trial, key=_rank)
    return best


def _rank(trial: Trial) -> tuple[bool, int, int]:
    """Rank trials: those that were played first, then by problems, then by missing legs."""
    missing = sum(problem.is_leg_missing for problem in trial.problems)
    return bool(trial.reason), len(trial.problems), missing


def _try_operations(
    scenario: Scenario, key: AccountKey, account: _ReadyAccount, budget: Budget
) -> Iterator[Trial]:
    needed = scenario.needs.get("operation")
    glob = scenario.match.globs.get("operation", "*") if scenario.match else "*"
    for operation, requests, reason in account.operations:
        if needed not in (None, operation) or not fnmatchcase(operation, glob):
            continue
        if reason:
            yield Trial(key, operation, reason=reason)
        for incoming in requests:
            problems = _try_request(account.configuration, scenario, incoming, budget)
            if problems is not None:
                yield Trial(key, operation, problems)


def _try_request(
    configuration: Configuration, scenario: Scenario, incoming: IncomingRequest, budget: Budget
) -> tuple[DryRunProblem, ...] | None:
    """Play a request with the shortest durations and with the longest, if they can differ."""
    tried = with_few_polls(scenario.replace(match=None))
    by_name = {**configuration.scenarios.by_name, scenario.name: tried}
    changed = configuration._replace(scenarios=configuration.scenarios._replace(by_name=by_name))
    named = incoming.replace(scenario_names=(scenario.name,))
    distinct: dict[DryRunProblem, None] = {}
    for seed in (LOWEST_SEED, HIGHEST_SEED) if has_ranges(scenario) else (LOWEST_SEED,):
        problems = play_request(changed._replace(seed=seed), tried, named, budget)
        if problems is None:
            return None
        distinct.update(dict.fromkeys(problems))
    return tuple(distinct)


def _judge(scenario: Scenario, trials: list[Trial]) -> DryRunResult:
    """Return the problems of the scenario if it plays on no account for reasons of its own."""
    if not trials:
        return DryRunResult((DryRunProblem(scenario.location, NO_OPERATION),))
    notes = tuple(_build_note(scenario, trial) for trial in trials if not trial.is_fine)
    played = [trial for trial in trials if not trial.reason]
    if not played or any(trial.is_fine for trial in played):
        return DryRunResult(notes=notes)
    best = min(played, key=_rank)
    has_reasons_of_accounts = len(played) < len(trials) and best.problems[0].is_of_account
    if has_reasons_of_accounts:
        return DryRunResult(notes=notes)
    return DryRunResult(best.problems, (), (*best.account, best.operation))


def _build_note(scenario: Scenario, trial: Trial) -> AccountNote:
    location, reason = scenario.location, trial.reason
    if trial.problems:
        location, reason, *_ = trial.problems[0]
    return AccountNote(trial.account, trial.operation, location, reason)
