//! All that can be wrong with a store here.

macro_rules! flaws {
    ($($flaw:ident,)*) => {
        /// What is wrong with a store.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Flaw {
            None,
            $($flaw,)*
        }

        impl Flaw {
            pub(crate) const ALL: &[Self] = &[$(Self::$flaw),*];
        }
    };
}

flaws! {
    // Of any store.
    BootstrapInTwoSteps, BootstrapOverlooksDisabled, CredentialsByPattern, RehashInTwoSteps, RehashWithoutOld,
    OpeningInTwoSteps, OpeningWithAnyHash, OpeningForTheDisabled, OpeningReplacesNothing, OpeningReplacesFirst,
    LimitInTwoSteps, LimitCountsTheExpired, LimitCountsTheEnded, LimitCountsTheReplaced, LimitCountsEveryone,
    LimitEndsTheNewest, LimitEndsTheIdlest, LimitEndsTheLeastId, LimitEndsTheNewOne, LimitEndsOneAtMost,
    LimitAllowsOneMore, LimitBeforeJudging, LimitReasonForgotten, LimitSparesTheForged,
    EndedToldToNobody, EndedOfTheOpener, EndedAsReplaced, EndedToldAgain,
    RotationInTwoSteps, RotationSavesWhatItRead, RotationOfAnyGeneration, RotationWithAnySecret,
    RotationBeforeSettled, RotationSettledExclusive, RotationIgnoresParent, RotationUncapped,
    RotationOfTheExpired, RotationRevives, RotationForTheDisabled,
    EndInTwoSteps, EndTwice, EndWithAnySecret, EndForgetsReason, FindOnlyTheLiving, SweepExclusive,
    SweepWithoutLimit, SweepOfTheEnded, NamesAreComposed, TimesInSeconds,
    // Of one that accounts can be managed in.
    CreationInTwoSteps, CreationOverwrites, CreationTakesDuplicates, CreationByReturnedIds, CreationTellsIdFirst,
    CreationAllOrNothing, CreationForgetsDate, CreationForgetsState,
    LastAdminInTwoSteps, LastAdminForgotten, LastAdminCountsDisabled, LastAdminOfNone, LastAdminHalfWritten,
    ChangeForgetsName, ChangeForgetsPassword, ChangeClearsPassword, ChangeForAll, ChangeEndsNothing,
    ChangeEndsEveryones, ChangeCountsTheExpired, ChangeLeavesTheExpired, ChangeOfRoleEnds, DisablingAgainDatesAgain,
    DisablingAgainEndsNothing, DisablingTellsPassword, EnablingRevives, EndsAreOverwritten,
    ReplacementWithoutVerified, ReplacementInTwoSteps, ReplacementForTheDisabled, ReplacementEndsTheKept,
    ReplacementEndsNothing, DeletionLeavesSessions, DeletionOfEveryonesSessions,
    ListOldestFirst, ListForgetsTieBreak, ListIncludesTheCursor, ListSkipsTheMillisecond, ListWithoutLimit,
    ListIgnoresRole, ListIgnoresState, ListForgetsFilterBesideSearch, SearchTakesWildcards, SearchHeedsCase,
    SearchFoldsAsciiOnly, SearchInTheMiddle, SearchOfAddressesAlone, SearchListsTwice, SearchStopsAtAThousand,
    LiveOldestFirst, LiveListsTheEnded, LiveListsTheExpired, LiveOfEveryone, LiveForgetsTheLastUse,
    LiveForgetsTheClient, LiveIgnoresTheAbsoluteEnd, EndOneInTwoSteps, EndOneOfAnyone, EndOneOfTheExpired, EndAllEndsTheExcepted,
    EndAllOfEveryone, EndAllCountsTheExpired, EndAllLeavesTheExpired, EndAllForgetsReason,
    // Of one that counts wrong passwords.
    PlaceInTwoSteps, PlaceBeyondTheMost, PlaceBeforeItOpens, PlaceBesideOthers, PlaceWithoutALease,
    PlaceKeepsTheFirstLease, PlaceOfAnyDevice, PlaceOfTheFreeWaits, PlaceForNobody, RefusalRenewsTheLease,
    WrongMovesBack, PostponesBack, WrongAfterForgetting, UnjudgedStaysCounted, RightOfOneDevice, RightForgetsStragglers,
    RightOfEveryone, SettlementInTwoSteps, SettlementBelowZero, ForgetsOneDevice, CountsSweptThoughKnown,
    CountsSweptInclusive, CountsSweptWithoutLimit, CountsSweptInTwoSteps, CountsAtZeroStay, CountsInSeconds,
    PlaceNumberedFromZero, WrongStaysInFlight, RightStaysCounted, ForgettingCollides,
    // Of one that keeps events.
    AppendOverwrites, AppendAllOrNothing, AppendOneByOne, AppendForgetsTheRequest, AppendIn32Bits,
    EventsOldestFirst, EventsByTimeAlone, EventsIncludeTheCursor, EventsSkipTheMillisecond, EventsByEitherFilter,
    EventsSinceExclusive, EventsUntilInclusive, EventsNamedAlone, EventsBeforeTheLogin, EventsOfAnyone,
    EventsListedTwice, EventsSweptInclusive, EventsSweptWithoutLimit, EventsSweptInTwoSteps, EventsUnfiltered,
    EventsFromTheLoginOn, EventsBoundsWrap, AppendOfNothingFails, AppendInTwoSteps, AppendStopsAtAThousand,
}
