"""What is emulated of a vendor and how we know it: as rows, as counts, and in lines of text."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from mockserver.core.provider import Endpoint, Provider, all_faults, rules_of
from mockserver.core.rulebook import Evidence, Fault

OPERATIONS: Final = "operations"
FAULT_TEXTS: Final = "texts of faults"
CONDITIONS: Final = "conditions of faults"
WORDS: Final = "words"
DETAILS: Final = "details"
WEBHOOKS: Final = "parts of webhooks"


class EvidenceRow(NamedTuple):
    """One or more things of one kind that are known in the same way.

    - `kind` is one of the constants above;
    - `what` names them, `item_count` is how many they are;
    - `note` says why we assume them, or where they were observed; empty if that is not noted.
    """

    kind: str
    what: str
    evidence: Evidence
    note: str = ""
    item_count: int = 1


def evidence_rows(provider: Provider) -> tuple[EvidenceRow, ...]:
    """Return all that has evidence, in the order of the kinds."""
    return (
        *map(_operation_row, provider.endpoints),
        *map(_text_row, all_faults(provider)),
        *(row for fault in all_faults(provider) for row in _condition_rows(provider, fault)),
        *_word_rows(provider.words),
        *(
            EvidenceRow(DETAILS, name, evidence, text)
            for name, (text, evidence) in provider.details.items()
        ),
        *_webhook_rows(provider),
    )


def undocumented_rows(provider: Provider) -> tuple[EvidenceRow, ...]:
    """Return what is assumed or observed."""
    rows = evidence_rows(provider)
    return tuple(row for row in rows if row.evidence != Evidence.DOCUMENTED)


def count_documented(provider: Provider) -> str:
    """Say of each kind that the provider has how many are documented, such as `words 3 of 9`."""
    documented: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for row in evidence_rows(provider):
        every[row.kind] += row.item_count
        documented[row.kind] += row.item_count if row.evidence == Evidence.DOCUMENTED else 0
    return ", ".join(f"{kind} {documented[kind]} of {count}" for kind, count in every.items())


def outline_evidence(provider: Provider) -> Iterator[str]:
    """Yield the title, how much is documented, and a line for each row that is not."""
    yield provider.title
    yield f"  documented: {count_documented(provider)}"
    kind = ""
    for row in undocumented_rows(provider):
        if row.kind != kind:
            kind = row.kind
            yield kind
        yield f"  {row.evidence:<8} {row.what}{f': {row.note}' if row.note else ''}"


def _operation_row(endpoint: Endpoint) -> EvidenceRow:
    address = f"`{endpoint.method} {endpoint.host}{endpoint.path}`"
    return EvidenceRow(OPERATIONS, f"`{endpoint.operation}` at {address}", endpoint.evidence)


def _text_row(fault: Fault) -> EvidenceRow:
    text = f": `{fault.message}`" if fault.message else ""
    return EvidenceRow(FAULT_TEXTS, f"`{fault.name}`{text}", fault.evidence)


def _condition_rows(provider: Provider, fault: Fault) -> Iterator[EvidenceRow]:
    """Yield a row for each condition of a fault; it counts the operations that have it."""
    operations: dict[tuple[str, Evidence, str], list[str]] = {}
    for operation, rule in rules_of(provider, fault):
        key = (rule.field, rule.condition_evidence, rule.note)
        operations.setdefault(key, []).append(operation)
    every = {endpoint.operation for endpoint in provider.endpoints}
    for (field, evidence, note), named in operations.items():
        names = list(dict.fromkeys(named))
        of = "every operation" if set(names) == every else _codes(names)
        where = f"the field `{field}` of {of}" if field else of
        yield EvidenceRow(CONDITIONS, f"`{fault.name}` for {where}", evidence, note, len(names))


def _word_rows(words: Mapping[str, Mapping[str, Evidence]]) -> Iterator[EvidenceRow]:
    """Yield a row for each evidence of a field; fields with the same words share it."""
    fields: dict[tuple[Evidence, tuple[str, ...]], list[str]] = {}
    for field, by_word in words.items():
        for evidence in dict.fromkeys(by_word.values()):
            known = tuple(word for word, each in by_word.items() if each == evidence)
            fields.setdefault((evidence, known), []).append(field)
    for (evidence, known), named in fields.items():
        what = f"{_codes(known)} of {_codes(named)}"
        yield EvidenceRow(WORDS, what, evidence, item_count=len(known) * len(named))


def _webhook_rows(provider: Provider) -> Iterator[EvidenceRow]:
    """Yield a row for each evidence of a kind of webhook; it counts the parts known so."""
    for name, kind in provider.webhooks.items():
        parts = {
            "body": kind.body,
            "statuses that count as received": kind.satisfied_by,
            "number of attempts and waits": kind.waits,
            "what later attempts carry": kind.repeats,
        }
        for evidence in dict.fromkeys(parts.values()):
            known = [part for part, each in parts.items() if each == evidence]
            what = f"`{name}`: {', '.join(known)}"
            yield EvidenceRow(WEBHOOKS, what, evidence, kind.note, len(known))


def _codes(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
