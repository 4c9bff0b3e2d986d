"""The tests of `tests.kb.store.test_exact_search`, of a base on PostgreSQL."""

from tests.kb.store.test_exact_search import *  # noqa: F403

# Chroma is used only on a server of its own.
del test_a_vector_server_that_is_killed_during_a_search_that_asks_it_is_asked_again  # noqa: F821
