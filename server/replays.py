"""What was answered to requests that carry an ``Idempotency-Key``, so that one that is sent again is not done again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from kb.auth.background.idempotency import IdempotencyKeys
from kb.errors import AccountsError
from server.problems import ProblemError


class Replays:
    """Answers by who asked and under which key, kept in the database of accounts. May be shared between threads."""

    def __init__(self, keys: IdempotencyKeys) -> None:
        self._keys = keys

    def once(
        self, who: str, key: str, digest: str, make: Callable[[], str], lost: Callable[[str], bool] = lambda _made: False
    ) -> tuple[str, bool]:
        """What ``make`` gives, done once for a key; and whether it was done before.

        Args:
            who: whose key it is.
            key: as it was sent; "" for none, then it is done in any case.
            digest: of all that was sent.
            make: does it. Where it fails, the key is free again.
            lost: whether what was made before has come to nothing, so that it is done again.

        Raises:
            ProblemError: the key was sent with something else (422), or what it was sent with is being done right now (409).
            AccountsError: the keys cannot be read or written.
        """
        if not key:
            return make(), False
        before = self._keys.begin(who, key, digest, lost)
        if before.state == "other":
            raise ProblemError(422, "This Idempotency-Key was sent with another body. Take a new key.")
        if before.state == "doing":
            raise ProblemError(409, "What this Idempotency-Key was sent with is being done. Ask again.", headers={"Retry-After": "1"})
        if before.state == "done":
            return before.made, True
        try:
            made = make()
        except BaseException:
            with suppress(AccountsError):
                self._keys.free(who, key)
            raise
        self._keys.finish(who, key, made)
        return made, False
