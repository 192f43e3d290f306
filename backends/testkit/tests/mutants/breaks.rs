/// The ways to break the contract, each with the clauses that must notice it.
macro_rules! breaks {
    ($($broken:ident { $($group:ident :: $clause:ident)+ })+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Break {
            Nothing,
            $($broken,)+
        }

        pub(crate) const CAUGHT_BY: &[(Break, &[&str])] = &[
            $((Break::$broken, &[$(concat!(stringify!($group), "::", stringify!($clause))),+]),)+
        ];
    };
}

breaks! {
    PutsStoreNothing { values::what_is_put_is_got }
    AnyKeyReadsAnyValue { values::what_was_never_put_is_not_got }
    PutsKeepTheFirst { values::a_put_replaces_the_value }
    ValuesEndWithTheLine { values::any_byte_is_a_value }
    EmptyIsNone { values::no_bytes_are_a_value }
    LargeValuesAreCut { values::a_large_value_is_whole concurrency::a_value_is_read_whole }
    TooLargeIsStored { values::a_value_too_large_is_refused }
    TooLargeLeavesTheOlder { values::a_value_too_large_is_refused }
    TooLargeIsUnexpected { values::a_value_too_large_is_refused }
    KeysFoldCase { values::keys_are_told_apart values::keys_at_their_limits_are_keys }
    KeysAreCut { values::keys_at_their_limits_are_keys }
    ManyAreReadSorted { values::many_keys_are_read_in_their_order }
    ManyAreRemovedReversed { values::many_keys_are_removed_in_their_order }
    NoKeysAreAll { values::no_keys_are_no_trouble }
    ManyArePutBackwards { many::many_values_are_put_each_in_its_mode }
    ManyPutsStopHalfway { many::a_crowd_of_values_is_put }
    ManyPutsIgnoreTheMode { many::many_values_are_put_each_in_its_mode }
    ManyPutsFailTogether { many::one_too_large_spares_the_others }
    ManyLeasesAreTurnedRound { many::many_leases_are_taken_in_their_order }
    ManyRenewalsAreJoined { many::many_renewals_revoke_all }
    ManyReleasesForgetTheLast { many::many_leases_are_given_back }
    NoneOfManyIsAnError { many::none_of_many_is_no_trouble }
    RemovalsAlwaysFind {
        values::a_removal_says_whether_a_value_was_there
        concurrency::one_removal_of_many_finds_the_value
        interleavings::of_two_actors_on_nothing
    }
    RemovalsTakeThePrefix { values::a_removal_leaves_other_keys_alone }
    AdditionsOverwrite {
        values::an_addition_needs_an_absent_value
        interleavings::of_two_actors_on_a_value
    }
    RemovalBlocksAdditions { values::an_addition_follows_a_removal }
    ClearingsDoNothing { values::a_clearing_leaves_nothing }

    NothingExpires { ttl::a_value_lives_as_long_as_told }
    LivesEndEarly { ttl::a_value_lives_as_long_as_told }
    LivesEndLate { ttl::a_value_lives_as_long_as_told leases::a_lease_ends }
    AddedValuesNeverEnd { ttl::an_added_value_lives_as_long_as_told }
    FilledValuesNeverEnd { ttl::a_filled_value_lives_as_long_as_told }
    ForEverIsADay { ttl::a_value_that_lives_for_ever_stays leases::a_lease_for_ever_stays }
    ALongLifeWraps { ttl::a_long_life_is_no_short_one }
    PutsKeepTheLifetime { ttl::a_put_replaces_the_lifetime }
    FillsKeepTheLifetime { ttl::a_fill_replaces_the_lifetime }
    RefusedAdditionsTouch { ttl::a_refused_put_leaves_the_lifetime }
    ExpiredBlocksAdditions { ttl::an_expired_value_may_be_added_again }
    ExpiredIsRemoved { ttl::an_expired_value_is_not_removed }
    ExpiredIsHandedOver { ttl::an_expired_value_is_not_handed_over }

    LeasesAreNotShared { leases::a_lease_is_shared concurrency::one_lease_of_many_is_first }
    EveryoneIsFirst { leases::a_lease_is_shared concurrency::one_lease_of_many_is_first }
    FillsAreRefused {
        leases::a_fill_under_a_standing_token_is_stored
        concurrency::a_fill_among_many_is_stored
        interleavings::of_two_actors_on_nothing
    }
    FillsIgnoreTheToken {
        leases::a_removal_revokes
        interleavings::of_two_actors_on_nothing
        interleavings::of_three_actors_on_a_value
        concurrency::no_removed_value_comes_back
    }
    LeasesHandNothingOver {
        leases::a_lease_hands_the_value_over
        interleavings::of_two_actors_on_nothing
    }
    ValuesHinderLeases { leases::a_value_hinders_no_lease }
    ExpiryTakesTheLease { leases::an_expired_value_takes_no_token_with_it }
    LeasesNeverEnd { leases::a_lease_ends }
    LeasesOnValuesNeverEnd { leases::a_lease_on_a_value_ends }
    RenewedLeasesNeverEnd { leases::a_renewed_lease_ends }
    JoiningProlongs { leases::joining_prolongs_nothing }
    RenewalsShare {
        leases::a_renewal_revokes
        interleavings::of_two_actors_on_nothing
        concurrency::one_renewal_of_many_stands
    }
    RenewalsAreNotFirst { leases::a_renewal_is_first_and_shared }
    RenewalsDropTheValue {
        leases::a_renewal_leaves_the_value_readable
        interleavings::of_two_actors_on_a_value
    }
    ReleasesDoNothing { leases::a_release_revokes interleavings::of_two_actors_on_nothing }
    ReleasesDropTheValue { leases::a_release_leaves_the_value }
    ReleasesIgnoreTheToken {
        leases::a_release_needs_the_token_that_stands
        interleavings::of_two_actors_on_nothing
    }
    PutsDoNotRevoke { leases::a_put_revokes interleavings::of_two_actors_on_nothing }
    AdditionsDoNotRevoke { leases::an_addition_revokes interleavings::of_two_actors_on_nothing }
    RefusedAdditionsRevoke {
        leases::a_refused_addition_revokes_nothing
        interleavings::of_two_actors_on_a_value
    }
    RemovalsDoNotRevoke {
        leases::a_removal_revokes
        interleavings::of_two_actors_on_nothing
        interleavings::of_three_actors_on_nothing
        concurrency::no_removed_value_comes_back
    }
    RemovalsOfNothingDoNotRevoke {
        leases::a_removal_revokes_without_a_value
        interleavings::of_two_actors_on_nothing
    }
    RemovalsRevokeTheFirstAlone { leases::a_removal_of_many_revokes_all_and_no_other }
    ClearingsKeepLeases { leases::a_clearing_revokes interleavings::of_two_actors_on_a_value }
    RefusedFillsRevoke {
        leases::a_refused_fill_changes_nothing
        interleavings::of_three_actors_on_nothing
    }
    TokensServeAnyKey { leases::a_token_serves_its_key_alone }
    FillsNeedNoLease { leases::a_token_never_issued_is_refused }
    TokensRepeatAfterAClearing {
        leases::a_token_never_comes_twice
        interleavings::of_two_actors_on_nothing
    }

    AdditionsAreNotAtomic { concurrency::one_addition_of_many_succeeds }
    LeasesAreNotAtomic { concurrency::one_lease_of_many_is_first }
    PutsTakeTwoSteps { concurrency::a_value_is_read_whole }

    CountersStartIncremented { counters::a_counter_starts_where_told }
    IncrementsAreByOne { counters::a_counter_goes_on_by_the_amount }
    IncrementsSaturate { counters::a_counter_wraps_round }
    CountersArePadded { counters::a_counter_is_read_as_decimal }
    TextNeverCounts { counters::a_decimal_is_a_counter }
    TextCountsAsZero { counters::text_is_no_counter }
    CountersNeverEnd { counters::a_counter_lives_as_long_as_told }
    IncrementsTouch { counters::a_counter_keeps_its_lifetime }
    RemovedCountersGoOn { counters::a_removed_counter_starts_again }
    IncrementsAreNotAtomic { counters::concurrent_increments_add_up }

    TouchesAlwaysFind { upkeep::a_touch_needs_a_live_value }
    TouchesDoNothing { upkeep::a_touch_prolongs upkeep::a_touch_shortens }
    TouchesOnlyProlong { upkeep::a_touch_shortens }
    TouchesAreNeverForEver { upkeep::a_touch_may_be_for_ever }
    TouchesEmptyTheValue { upkeep::a_touch_leaves_the_value }
    PingsClear { upkeep::a_ping_is_answered_and_changes_nothing }
    PingsFail { upkeep::a_ping_is_answered_and_changes_nothing }

    AnswersStayOnTheWire {
        futures::a_dropped_future_harms_nothing
        futures::every_future_gets_its_own_answer
    }

    ObjectsLoseTheirType { objects::an_object_is_read_as_what_it_is }
    ReadersAreCalledTwice { objects::a_reader_is_called_once_at_most }
    ReadersHoldTheLock { objects::a_reader_may_call_the_store }
    HeldObjectsOutliveTheirEntries {
        objects::a_held_object_ends_with_its_entry
        objects::a_held_object_lives_as_long_as_told
    }
    HeldObjectsAreFoundByTheirKeys { objects::a_held_object_ends_with_its_entry }
    UnwantedObjectsAreHeld { objects::a_held_object_ends_with_its_entry }
    GenerationsAreForgotten { objects::generations_are_the_same_for_all }

    ListingsForgetAKey { listing::what_is_there_is_listed listing::a_listing_may_be_given_up }
    ListingsIgnoreThePrefix { listing::a_prefix_is_kept_to }
    ListingsTellOfTheRemoved { listing::what_is_gone_is_not_listed }
    ListingsTellOfTheExpired { listing::what_is_gone_is_not_listed }
    ListingsTellOfLeases { listing::a_lease_is_not_listed }
    ListingsRevoke { listing::a_listing_changes_nothing }
    ListingsGoOnWhereOneEnded { listing::a_listing_may_be_given_up }
}
