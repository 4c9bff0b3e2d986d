"""The tests of `tests.kb.auth.test_administration`, of accounts on PostgreSQL."""

from tests.kb.auth.test_administration import *  # noqa: F403
