"""The tests of `tests.kb.store.test_relations`, of a base on PostgreSQL."""

from tests.kb.store.test_relations import *  # noqa: F403
from tests.kb.store.test_relations import _emptied  # noqa: F401
