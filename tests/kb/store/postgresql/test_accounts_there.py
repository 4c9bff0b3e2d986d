"""The tests of `tests.kb.auth.test_accounts`, of accounts on PostgreSQL."""

from tests.kb.auth.test_accounts import *  # noqa: F403

# They look at the file; and a backup is made by pg_dump.
del (
    test_the_file_is_private_and_holds_no_password,  # noqa: F821
    test_a_file_that_others_may_read_is_refused_with_the_line_that_mends_it,  # noqa: F821
    test_a_link_to_nothing_is_not_the_same_as_no_accounts,  # noqa: F821
    test_a_backup_has_the_accounts_and_no_sessions_and_a_restore_keeps_them_private,  # noqa: F821
)
