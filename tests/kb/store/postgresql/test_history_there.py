"""The tests of `tests.kb.store.test_history`, of a base on PostgreSQL."""

from tests.kb.store.test_history import *  # noqa: F403

# It looks into Chroma.
del test_nothing_of_a_deleted_document_is_left_in_any_place  # noqa: F821
