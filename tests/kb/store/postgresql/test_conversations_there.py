"""The tests of `tests.kb.store.test_conversations`, of a base on PostgreSQL."""

from tests.kb.store.test_conversations import *  # noqa: F403
