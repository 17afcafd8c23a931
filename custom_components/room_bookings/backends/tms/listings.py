"""The records of the long lists, each read the moment it has come (facts 1.4)."""

import re
from typing import Final

from .document import Element, each
from .model import (
    Conference,
    System,
    SystemCategory,
    TimeZoneRule,
    Transaction,
    TransactionKind,
    Transactions,
    User,
)
from .reading import conference, number, zone_rule
from .records import ElementRecord

_CATEGORIES: Final = {category.lower(): category for category in SystemCategory}
_KINDS: Final = {kind.lower(): kind for kind in TransactionKind}
# Assumption `incomplete`: the reference writes both, the schema the first (facts 1.4).
_INCOMPLETE: Final = frozenset({"listincomplete", "incomplete"})
# Assumption `participant_ids`: whatever separates them. Those below zero are no systems.
_PARTICIPANT_ID: Final = re.compile(r"(?<!\d)-?\d{1,18}|\d{1,18}")


def conferences(body: bytes) -> list[Conference]:
    """The answer of GetConferencesForSystems."""
    return each(body, "GetConferencesForSystems", "Conference", _conference)


def systems(body: bytes) -> list[System]:
    """The answer of GetSystemsForUser."""
    return each(body, "GetSystemsForUser", "TMSSystem", _system)


def users(body: bytes) -> list[User]:
    """The answer of GetUsers."""
    return each(body, "GetUsers", "User", _user)


def zone_rules(body: bytes) -> list[TimeZoneRule]:
    """The answer of GetTimeZoneRulesById."""
    return each(body, "GetTimeZoneRulesById", "TimeZoneRule", _zone_rule)


def transactions(body: bytes) -> Transactions:
    """The answer of GetTransactionsSince."""
    complete = True

    def transaction(element: Element) -> Transaction | None:
        nonlocal complete
        record = ElementRecord(element)
        kind = record.text("TransType").strip().lower()
        if kind in _INCOMPLETE:
            complete = False
            if number(record.text("ConferenceId") or "0") <= 0:
                return None
        return _transaction(record, kind)

    found = each(body, "GetTransactionsSince", "Transaction", transaction)
    return Transactions(tuple(sorted(found, key=lambda item: item.id)), complete)


def _conference(element: Element) -> Conference | None:
    record = ElementRecord(element)
    # Null where it is left out; below zero where a series was deleted.
    if not (told := record.text("ConferenceId")) or number(told) <= 0:
        return None
    return conference(record, whole=False)


def _transaction(record: ElementRecord, kind: str) -> Transaction | None:
    if not (told := record.text("TransactionId")):
        return None
    found = _PARTICIPANT_ID.findall(record.text("ParticipantIds"))
    return Transaction(
        id=number(told),
        conference_id=number(record.text("ConferenceId")),
        # Whatever happened to it, it is to be read again.
        kind=_KINDS.get(kind, TransactionKind.UPDATED),
        systems=frozenset(int(id_) for id_ in found if int(id_) > 0) if found else None,
    )


def _system(element: Element) -> System | None:
    record = ElementRecord(element)
    if not (told := record.text("SystemId")):
        return None
    zone = record.child("TimeZone")
    category = record.only_text("SystemCategory").strip().lower()
    return System(
        id=number(told),
        name=record.text("SystemName"),
        category=_CATEGORIES.get(category, SystemCategory.UNKNOWN),
        status=record.only_text("SystemStatus").strip(),
        manufacturer=record.text("Manufacturer"),
        type=record.text("SystemType"),
        network_address=record.text("NetworkAddress"),
        web=record.text("WebInterfaceURL"),
        description=record.text("Description"),
        zone=zone.text("TimezoneName") if zone is not None else "",
    )


def _user(element: Element) -> User | None:
    record = ElementRecord(element)
    if not (name := record.text("UserName")):
        return None
    return User(
        user_name=name,
        display_name=record.text("DisplayName"),
        email=record.text("EmailAddress"),
        first_name=record.text("FirstName"),
        last_name=record.text("LastName"),
    )


def _zone_rule(element: Element) -> TimeZoneRule | None:
    record = ElementRecord(element)
    return zone_rule(record) if record.text("ValidFrom") else None
