"""Who looks at the knowledge base: a role, which says what one may do, and access groups, which say what one may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias, get_args

Role: TypeAlias = Literal["viewer", "trainer", "editor", "admin"]
"""What one may do, each with all that the ones before it may: ask; make training material; change documents; manage people and settings."""

ROLES: Final[tuple[Role, ...]] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Reader:
    """A person, or a program, that looks at the knowledge base.

    ``name`` is "" where nobody signs in; ``groups`` are the access groups whose documents are seen beside those of no group, and None
    lets every document be seen. ``standing`` is asked at every write whether the person still has what they had; it raises `AccessError`
    where they have not. Without one nothing can have changed, as in the terminal.
    """

    name: str = ""
    role: Role = "admin"
    groups: frozenset[str] | None = None
    standing: Callable[[Reader, Role], None] | None = field(default=None, compare=False, repr=False)

    def may(self, role: Role) -> bool:
        """Whether what takes this role is allowed."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def still(self, role: Role) -> None:
        """Make sure, right before something is written, that the person is still who they were and may do what takes this role.

        Raises:
            AccessError: they are not; nothing is to be written.
        """
        if self.standing is not None:
            self.standing(self, role)

    def within(self, other: Reader) -> Reader:
        """This reader with no more rights than another: the lesser role, and the groups of both."""
        role = min(self.role, other.role, key=ROLES.index)
        both = self.groups if other.groups is None else other.groups if self.groups is None else self.groups & other.groups
        return replace(self, role=role, groups=both, standing=self.standing or other.standing)


ANYONE: Final = Reader()
"""Who looks where nobody signs in: the chat on loopback, and the terminal, whose user can read the files of the home anyway."""
