"""The tests of `tests.kb.store.test_correctable_facts`, of a base on PostgreSQL."""

from tests.kb.store.test_correctable_facts import *  # noqa: F403
