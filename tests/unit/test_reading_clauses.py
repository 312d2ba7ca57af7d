"""Each promise about feeds, fetching, charsets and refusals beside the tests that hold it.

A clause whose test was renamed, emptied or removed is noticed here. That a test proves its clause a reader must judge:
so the clause stands in words, and the test's docstring says the same in its own.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
RUN, FEEDS, KINDS = "cli/test_cli_run.py", "cli/test_cli_run_feeds.py", "unit/test_reading_kinds.py"
SELECT, PARSING = "unit/test_reading_select.py", "unit/test_reading_feeds.py"
WAYS, HOSTILE = "wire/test_reading_ways.py", "wire/test_reading_hostile.py"
BOUNDS, FETCH = "wire/test_reading_bounds.py", "wire/test_reading_fetch.py"
TEXT = "unit/test_reading_text.py"

CLAUSES = {
    # 4 feeds
    "feeds are parsed on capped bytes": [(BOUNDS, "test_a_hostile_server_costs_little_and_is_refused")],
    "conditional GET: etag and last-modified": [(FEEDS, "test_a_feed_is_asked_with_both_validators")],
    "304 honoured": [(FETCH, "test_a_feed_is_asked_with_its_validators")],
    "304 never hides a story": [(FEEDS, "test_validators_wait_for_the_last_story")],
    "410 honoured": [(FEEDS, "test_a_feed_that_is_gone_is_told_once_and_never_asked_again")],
    "429 and Retry-After honoured": [
        (FEEDS, "test_a_busy_feed_is_left_alone_as_long_as_it_asks"),
        (WAYS, "test_retry_after_in_both_forms"),
    ],
    "truncated entries fetched and extracted in full": [
        (FEEDS, "test_an_excerpt_is_fetched_whole"),
        (PARSING, "test_an_excerpt_is_known_by_its_end"),
    ],
    "near-duplicates across feeds merged": [
        (SELECT, "test_the_same_story_of_two_feeds_is_one_with_a_further_source"),
        (RUN, "test_a_story_of_two_feeds_is_told_once"),
        (PARSING, "test_a_copy_that_comes_later_is_known"),
    ],
    "the others listed as further sources": [(FEEDS, "test_who_else_tells_a_story_is_linked")],
    "date window; the first run never takes the archive": [
        (FEEDS, "test_the_first_run_takes_a_window_and_never_the_archive"),
        (SELECT, "test_an_undated_archive_is_passed_over_once"),
    ],
    "per-feed and total limits": [(FEEDS, "test_limits_and_ranking")],
    "ranking": [(FEEDS, "test_what_several_feeds_tell_goes_first")],
    "include and exclude filters": [(FEEDS, "test_filters_of_the_settings")],
    "bound in the transaction that freezes; never in another edition": [
        (RUN, "test_only_what_is_new_is_mailed"),
        (RUN, "test_three_feeds_and_a_kill"),
    ],
    "--mark-seen takes none": [(FEEDS, "test_marking_takes_none")],
    "a failing feed does not stop the others, and is reported once it keeps failing": [
        (FEEDS, "test_a_failing_feed_is_told_at_its_third_failure_alone"),
        (FEEDS, "test_a_feed_that_recovers_starts_anew"),
    ],
    # 5 fetching
    "one overall deadline": [(BOUNDS, "test_one_byte_per_second_ends_at_the_deadline")],
    "five redirects at most": [(HOSTILE, "test_a_redirect_loop_is_left_after_the_limit")],
    "each redirect checked again": [
        (WAYS, "test_a_redirect_is_resolved_and_checked_like_the_first"),
        (HOSTILE, "test_a_redirect_to_another_scheme_is_refused"),
    ],
    "size cap counted after decompression": [(FETCH, "test_a_gzip_bomb_is_cut_at_the_size_cap")],
    "content types": [(WAYS, "test_refusals_say_what_to_do")],
    "per-host politeness": [(WAYS, "test_two_at_once_and_a_second_between")],
    "own User-Agent": [(WAYS, "test_we_say_who_we_are")],
    "proxies honoured": [
        (WAYS, "test_a_proxy_is_asked_for_the_whole_address"),
        (WAYS, "test_tls_through_a_proxy"),
        (WAYS, "test_no_proxy_goes_straight"),
    ],
    "resolved once, checked, connected to that address": [
        (WAYS, "test_the_checked_address_is_the_one_connected_to"),
        (WAYS, "test_one_private_address_among_public_ones_is_enough"),
    ],
    "NAT64, 6to4, mapped, multicast and odd notations": [
        (WAYS, "test_addresses_that_lead_inside"),
        (WAYS, "test_odd_notations_mean_the_same_machine"),
        (HOSTILE, "test_no_notation_of_our_own_machine_is_asked"),
    ],
    # 6 charsets
    "BOM before every label": [(KINDS, "test_marks_go_before_every_label")],
    "HTTP, meta, UTF-8, detection": [(KINDS, "test_legacy_encodings"), (KINDS, "test_the_order_of_labels")],
    "wrong labels survive": [(TEXT, "test_a_wrong_label_does_not_win_over_the_bytes")],
    "mojibake repaired where certain": [(KINDS, "test_mojibake_is_mended_only_where_certain")],
    # 7 refusals
    "script-only, consent, paywall, login, empty: which, and what to do": [
        (KINDS, "test_refusals_say_which_and_what_to_do")
    ],
    "binary": [(HOSTILE, "test_binary_is_named_for_what_it_is")],
    "never a digest of a menu": [(TEXT, "test_nothing_to_condense")],
}


@cache
def written(file: str) -> dict[str, tuple[bool, bool]]:
    """Give each test of a file: whether it has a docstring, and whether it asserts anything."""
    found = {}
    for node in ast.walk(ast.parse((TESTS / file).read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            asserts = any(
                isinstance(part, ast.Assert)
                or (isinstance(part, ast.Call) and ast.unparse(part.func) in {"pytest.raises", "check"})
                for part in ast.walk(node)
            )
            found[node.name] = (ast.get_docstring(node) is not None, asserts)
    return found


@pytest.mark.parametrize("clause", CLAUSES)
def test_every_clause_has_its_test(clause: str) -> None:
    """What the reading room promises is held by a test that says what it shows and asserts it."""
    for file, name in CLAUSES[clause]:
        assert written(file).get(name) == (True, True), f"{file}::{name}"
