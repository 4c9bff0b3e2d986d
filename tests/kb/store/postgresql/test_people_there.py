"""The tests of `tests.kb.store.test_people`, of a base on PostgreSQL."""

from tests.kb.store.test_people import *  # noqa: F403

# There were no such homes on a server.
del (
    test_a_home_of_layout_6_gives_what_was_kept_by_name_to_todays_accounts,  # noqa: F821
    test_a_file_of_accounts_that_cannot_be_used_stops_the_migration_and_nothing_is_lost,  # noqa: F821
)
