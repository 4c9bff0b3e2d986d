"""The tests of `tests.kb.store.test_store`, of a base on PostgreSQL."""

from tests.kb.store.test_store import *  # noqa: F403

# Chroma is used only on a server of its own, where several machines share a base.
del (
    test_a_lost_vector_folder_is_noticed_and_rebuilt_without_embedding_again,  # noqa: F821
    test_a_stale_vector_finds_nothing,  # noqa: F821
    test_the_server_stops_when_its_last_user_has_left,  # noqa: F821
    test_a_killed_server_is_started_again,  # noqa: F821
)
