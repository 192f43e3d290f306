use super::{
    Clause, Face, concurrency, counters, futures, interleavings, leases, listing, many, objects,
    ttl, upkeep, values,
};

/// Every clause of the contract, by the faces it binds. This is the only list of them: the tests
/// and the table are both made from it, and a clause that is missing here is dead code to the
/// compiler.
#[doc(hidden)]
#[macro_export]
macro_rules! __clauses {
    (@every_face [$($callback:tt)+], $context:tt) => {
        $($callback)+! { $context,
            values {
                what_is_put_is_got
                what_was_never_put_is_not_got
                a_put_replaces_the_value
                any_byte_is_a_value
                no_bytes_are_a_value
                a_large_value_is_whole
                a_value_too_large_is_refused
                keys_are_told_apart
                keys_at_their_limits_are_keys
                many_keys_are_read_in_their_order
                many_keys_are_removed_in_their_order
                no_keys_are_no_trouble
                a_removal_says_whether_a_value_was_there
                a_removal_leaves_other_keys_alone
                an_addition_needs_an_absent_value
                an_addition_follows_a_removal
                a_clearing_leaves_nothing
            }
            ttl {
                a_value_lives_as_long_as_told
                an_added_value_lives_as_long_as_told
                a_filled_value_lives_as_long_as_told
                a_value_that_lives_for_ever_stays
                a_long_life_is_no_short_one
                a_put_replaces_the_lifetime
                a_fill_replaces_the_lifetime
                a_refused_put_leaves_the_lifetime
                an_expired_value_may_be_added_again
                an_expired_value_is_not_removed
                an_expired_value_is_not_handed_over
            }
            leases {
                a_lease_is_shared
                a_fill_under_a_standing_token_is_stored
                a_lease_hands_the_value_over
                a_value_hinders_no_lease
                an_expired_value_takes_no_token_with_it
                a_lease_ends
                a_lease_on_a_value_ends
                a_renewed_lease_ends
                a_lease_for_ever_stays
                joining_prolongs_nothing
                a_renewal_revokes
                a_renewal_is_first_and_shared
                a_renewal_leaves_the_value_readable
                a_release_revokes
                a_release_leaves_the_value
                a_release_needs_the_token_that_stands
                a_put_revokes
                an_addition_revokes
                a_refused_addition_revokes_nothing
                a_removal_revokes
                a_removal_revokes_without_a_value
                a_removal_of_many_revokes_all_and_no_other
                a_clearing_revokes
                a_refused_fill_changes_nothing
                a_token_serves_its_key_alone
                a_token_never_issued_is_refused
                a_token_never_comes_twice
            }
            many {
                many_values_are_put_each_in_its_mode
                a_crowd_of_values_is_put
                many_leases_are_taken_in_their_order
                many_renewals_revoke_all
                many_leases_are_given_back
                one_too_large_spares_the_others
                none_of_many_is_no_trouble
            }
            interleavings {
                of_two_actors_on_nothing
                of_two_actors_on_a_value
                of_three_actors_on_nothing
                of_three_actors_on_a_value
            }
            concurrency {
                one_addition_of_many_succeeds
                one_lease_of_many_is_first
                one_renewal_of_many_stands
                one_removal_of_many_finds_the_value
                a_fill_among_many_is_stored
                a_value_is_read_whole
                no_removed_value_comes_back
            }
        }
    };
    (@byte_faces [$($callback:tt)+], $context:tt) => {
        $($callback)+! { $context,
            counters {
                a_counter_starts_where_told
                a_counter_goes_on_by_the_amount
                a_counter_wraps_round
                a_counter_is_read_as_decimal
                a_decimal_is_a_counter
                text_is_no_counter
                a_counter_lives_as_long_as_told
                a_counter_keeps_its_lifetime
                a_removed_counter_starts_again
                concurrent_increments_add_up
            }
            upkeep {
                a_touch_needs_a_live_value
                a_touch_prolongs
                a_touch_shortens
                a_touch_may_be_for_ever
                a_touch_leaves_the_value
                a_ping_is_answered_and_changes_nothing
            }
        }
    };
    (@async_face [$($callback:tt)+], $context:tt) => {
        $($callback)+! { $context,
            futures {
                a_dropped_future_harms_nothing
                every_future_gets_its_own_answer
            }
        }
    };
    (@object_face [$($callback:tt)+], $context:tt) => {
        $($callback)+! { $context,
            objects {
                an_object_is_read_as_what_it_is
                a_reader_is_called_once_at_most
                a_reader_may_call_the_store
                a_held_object_ends_with_its_entry
                a_held_object_lives_as_long_as_told
                generations_are_the_same_for_all
            }
        }
    };
    (@listing_face [$($callback:tt)+], $context:tt) => {
        $($callback)+! { $context,
            listing {
                what_is_there_is_listed
                a_prefix_is_kept_to
                what_is_gone_is_not_listed
                a_lease_is_not_listed
                a_listing_changes_nothing
                a_listing_may_be_given_up
            }
        }
    };
    ($($faces:ident)+, $callback:tt, $context:tt) => {
        $($crate::__clauses! { @$faces $callback, $context })+
    };
}

macro_rules! table {
    ($faces:expr, $($group:ident { $($clause:ident)+ })+) => {
        &[$($(Clause {
            name: concat!(stringify!($group), "::", stringify!($clause)),
            faces: &$faces,
            check: $group::$clause,
        }),+),+]
    };
}

const EVERY_FACE: &[Clause] =
    __clauses!(@every_face [table], [Face::Blocking, Face::Async, Face::Objects]);
const BYTE_FACES: &[Clause] = __clauses!(@byte_faces [table], [Face::Blocking, Face::Async]);
const ASYNC_FACE: &[Clause] = __clauses!(@async_face [table], [Face::Async]);
const OBJECT_FACE: &[Clause] = __clauses!(@object_face [table], [Face::Objects]);
const LISTING_FACE: &[Clause] = __clauses!(@listing_face [table], [Face::Listing]);

/// Every clause of the contract.
pub fn clauses() -> Vec<Clause> {
    [EVERY_FACE, BYTE_FACES, ASYNC_FACE, OBJECT_FACE, LISTING_FACE].concat()
}
