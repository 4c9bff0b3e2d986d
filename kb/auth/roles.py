"""Who looks at the knowledge base: a role, which says what one may do, and access groups, which say what one may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias, TypeVar, get_args

_T = TypeVar("_T")
Role: TypeAlias = Literal["viewer", "trainer", "editor", "admin"]
"""What one may do, each with all that the ones before it may: ask; make training material; change documents; manage people and settings."""

ROLES: Final[tuple[Role, ...]] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Confined:
    """What somebody sees who is kept to some collections: documents of these that their groups see; ``groups`` None is every group."""

    groups: frozenset[str] | None
    collections: frozenset[int]


Sight: TypeAlias = frozenset[str] | Confined | None
"""Whose documents are seen beside those of no group; None sees every document."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A person, or a program, that looks at the knowledge base.

    ``name`` is what they are called, "" where nobody signs in. ``id`` is who they are, and what is kept of them is kept under it: a name
    may be given to somebody else, an id never is; a program that gives none is known by its name. ``groups`` are the access groups whose
    documents are seen beside those of no group, and None lets every document be seen. ``collections``, where they are not None, are those
    of which alone documents are seen. ``people`` are the ids of those whom an admin of
    groups administers. ``standing`` is asked at every write whether the person still has what they had; it raises `AccessError` where they
    have not. Without one nothing can have changed, as in the terminal.
    """

    name: str = ""
    role: Role = "admin"
    groups: frozenset[str] | None = None
    standing: Callable[[Reader, Role], None] | None = field(default=None, compare=False, repr=False)
    id: str = ""
    people: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    collections: frozenset[int] | None = None

    def __post_init__(self) -> None:
        """Have a program that gives no id be known by its name."""
        if not self.id:
            object.__setattr__(self, "id", self.name)

    @property
    def sight(self) -> Sight:
        """Which documents they see, as the catalogue is asked for them."""
        return self.groups if self.collections is None else Confined(self.groups, self.collections)

    def may(self, role: Role) -> bool:
        """Whether what takes this role is allowed."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def oversees(self, person: str) -> bool:
        """Whether they may know what a person (an id) did and said: they themselves, and an admin of those whom they administer."""
        return person == self.id or (self.may("admin") and (self.groups is None or person in self.people))

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
        both = _both(self.groups, other.groups)
        people = self.people if other.groups is None else other.people if self.groups is None else self.people & other.people
        kept = _both(self.collections, other.collections)
        return replace(self, role=role, groups=both, people=people, collections=kept, standing=self.standing or other.standing)


def _both(one: frozenset[_T] | None, other: frozenset[_T] | None) -> frozenset[_T] | None:
    """What is in both of two sets, of which None is everything."""
    return one if other is None else other if one is None else one & other


ANYONE: Final = Reader()
"""Who looks where nobody signs in: the chat on loopback, and the terminal, whose user can read the files of the home anyway."""
