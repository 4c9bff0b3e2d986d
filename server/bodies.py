"""The bodies of requests, strictly: what is not named here is refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, StringConstraints

from ingest.records import Kind
from kb import KnowledgeBase
from kb.records import Filters
from lang.languages import Language

Id: TypeAlias = Annotated[StrictInt, Field(ge=0, le=2**53)]
Text: TypeAlias = Annotated[StrictStr, StringConstraints(min_length=1, max_length=20_000, pattern=r"\S")]


class Body(BaseModel):
    """What every body is: no field but those that it names."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Narrowed(Body):
    """Which documents may be found; an empty list is no limit."""

    kinds: list[Kind] = Field(default_factory=list, max_length=20)
    """Kinds of documents."""
    languages: list[Language] = Field(default_factory=list, max_length=20)
    """Languages of passages."""
    documents: list[Id] = Field(default_factory=list, max_length=1000)
    """Documents, by id."""
    collections: list[Id] = Field(default_factory=list, max_length=100)
    """Collections, by id; 0 is the one of the documents that are in no other."""
    date_from: date | None = None
    """The first day that a document may be of."""
    date_to: date | None = None
    """The last."""

    def of(self, base: KnowledgeBase) -> Filters:
        """The filters of a search. Raises `CollectionError` for a collection that the reader does not see."""
        chosen = tuple(base.collections.get(one).id for one in dict.fromkeys(self.collections))
        return Filters(tuple(self.kinds), tuple(self.languages), tuple(self.documents), self.date_from, self.date_to, collections=chosen)
