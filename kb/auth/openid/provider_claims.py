"""What an OpenID provider says of somebody becomes a person with a role and groups: for pages and for programs the same."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from kb.auth.accounts import ALL, checked_groups, provider_identity
from kb.auth.roles import ROLES, Reader, Role
from kb.auth.sign_in import SignIn
from kb.errors import AccountsError
from kb.settings import Settings

Unvouched: TypeAlias = Literal["signed_out", "unknown", "disabled", "unverified"]
"""Why somebody is not let in for whom a provider vouches: too long ago, nobody here knows them, they are disabled, or it has not verified
their address."""
log = logging.getLogger(__name__)


def vouched(user: Mapping[str, Any], settings: Settings, signin: SignIn) -> Reader | Unvouched:
    """The person for whom an OpenID provider vouches, or why they are not let in.

    They are who issuer and subject say (``iss``, ``sub``), whatever they are called. Their account decides on role and groups; without one
    the claims that the settings name, else the default role.

    Args:
        user: the claims; ``iat`` is when they were made.
        settings: those of the home.
        signin: its door.

    Raises:
        AccountsError: the accounts cannot be used.
    """
    name, issuer, subject = (user.get(claim) for claim in (settings.oidc_name_claim, "iss", "sub"))
    if not all(isinstance(one, str) and one.strip() for one in (name, issuer, subject)):
        return "unknown"
    name, identity = str(name), provider_identity(str(issuer), str(subject))
    if settings.oidc_name_claim == "email" and user.get("email_verified") is False:
        return "unverified"
    made = user.get("iat")
    since = datetime.fromtimestamp(made, UTC) if isinstance(made, int | float) else None
    if since is None or time.time() - since.timestamp() > settings.session_hours * 3600:
        return "signed_out"
    try:
        account = signin.vouched(identity, name, since)
    except AccountsError as error:
        if error.code == "disabled":
            return "disabled"
        if error.code == "signed_out":
            return "signed_out"
        raise
    if account is not None:
        return signin.accounts.reader(account)
    role = _best_role(user.get(settings.oidc_role_claim)) if settings.oidc_role_claim else None
    role = role or settings.oidc_default_role
    if role is None:
        return "unknown"
    return signin.accounts.overseeing(Reader(name.strip().casefold(), role, _claimed_groups(user, settings), id=identity))


def _best_role(claimed: object) -> Role | None:
    held = {str(one).strip().casefold() for one in claimed} if isinstance(claimed, list | tuple) else {str(claimed).strip().casefold()}
    return next((role for role in reversed(ROLES) if role in held), None)


def _claimed_groups(user: Mapping[str, Any], settings: Settings) -> frozenset[str] | None:
    claimed = user.get(settings.oidc_groups_claim) if settings.oidc_groups_claim else None
    listed = [claimed] if isinstance(claimed, str) else claimed if isinstance(claimed, list | tuple) else []
    if ALL in listed:
        return None
    found = set[str]()
    for one in listed:
        try:
            found |= checked_groups([str(one)]) or set()
        except AccountsError:
            log.warning("A group that the OpenID provider names cannot be a group of Setu; it is passed over.")
    return frozenset(found)
