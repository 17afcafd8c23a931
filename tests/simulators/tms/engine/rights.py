"""Who may do what, and whose a conference is."""

from .faults import TmsFault
from .model import Caller, Conference, TmsUser
from .state import Record, State


def user_of(state: State, caller: Caller) -> TmsUser:
    """Return the user that calls."""
    if (user := find_user(state, caller.user_name)) is None:
        raise TmsFault("ERR_USER_NOT_FOUND", "The user was not found.")
    return user


def find_user(state: State, user_name: str) -> TmsUser | None:
    """Return the user of a name, or None."""
    wanted = user_name.casefold()
    return next(
        (user for user in state.users.values() if user.user_name.casefold() == wanted),
        None,
    )


def may_read(user: TmsUser, record: Record) -> bool:
    """Return whether a user may read one conference by its id."""
    return user.read_all or may_edit(user, record)


def may_edit(user: TmsUser, record: Record) -> bool:
    """Return whether a user may change or delete a conference."""
    return (
        user.site_admin or user.book_on_behalf_of or may_see_private_title(user, record)
    )


def may_see_private_title(user: TmsUser, record: Record) -> bool:
    """Return whether a user sees what a private conference is called."""
    return user.site_admin or user.user_id in {record.owner_id, record.creator_id}


def require_edit(user: TmsUser, record: Record) -> None:
    """Refuse those who may not change a conference."""
    if not user.booking or not may_edit(user, record):
        raise TmsFault("SECURITY", "You do not have access to edit this conference.")


def owner_id_of(
    state: State, user: TmsUser, wanted: Conference, present: int | None
) -> int:
    """Return who is to own a conference; may add a user for it."""
    owner = _named_owner(state, user, wanted)
    if owner is None:
        return user.user_id if present is None else present
    if owner.user_id not in {user.user_id, present}:
        _require_on_behalf(user)
    return owner.user_id


def _require_on_behalf(user: TmsUser) -> None:
    if not user.book_on_behalf_of:
        raise TmsFault("SECURITY", "You may not book on behalf of other users.")


def _named_owner(state: State, user: TmsUser, wanted: Conference) -> TmsUser | None:
    if wanted.owner_id is not None and wanted.owner_id > 0:
        if (owner := state.users.get(wanted.owner_id)) is None:
            raise TmsFault("ERR_USER_NOT_FOUND", "The owner was not found.")
        return owner
    if wanted.owner_id == -1:
        if not (name := wanted.owner_user_name):
            return None
        return find_user(state, name) or _add_owner(state, user, wanted, name)
    if not (email := wanted.owner_email_address):
        return None
    for known in state.users.values():
        if known.email_address.casefold() == email.casefold():
            return known
    return _add_owner(state, user, wanted, email.partition("@")[0])


def _add_owner(
    state: State, user: TmsUser, wanted: Conference, user_name: str
) -> TmsUser:
    _require_on_behalf(user)
    first, last = wanted.owner_first_name or "", wanted.owner_last_name or ""
    owner = TmsUser(
        user_id=max(state.users) + 1,
        user_name=user_name,
        first_name=first,
        last_name=last,
        display_name=f"{first} {last}".strip() or user_name,
        email_address=wanted.owner_email_address or "",
        time_zone=user.time_zone,
    )
    state.users[owner.user_id] = owner
    return owner
