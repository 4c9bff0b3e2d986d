"""The tests of `tests.kb.store.test_corrections`, of a base on PostgreSQL."""

from tests.kb.store.test_corrections import *  # noqa: F403

# They look into Chroma.
del (
    test_a_corrected_title_is_embedded_anew_and_no_channel_keeps_the_old_passages,  # noqa: F821
    test_a_correction_cut_off_at_any_step_is_wholly_made_or_not_at_all,  # noqa: F821
)
