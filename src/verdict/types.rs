//! Statuses, evidence and reasons.

use jiff::civil::Date;

use crate::job::Kind;
use crate::resolve::RecordRef;

/// What the registers prove about a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// A missing-persons register holds the child as sought.
    ReportedMissing,
    /// Nothing that counts was found.
    Unconfirmed,
    /// A link that would settle the status is possible but not certain, or evidence contradicts.
    Review,
    /// Too few fields to look for the child anywhere.
    NotAssessable,
    /// A register saw the child in the country on or after the day from which evidence counts.
    Confirmed,
    /// A register saw the child leave the country.
    ConfirmedAbroad,
    /// A register holds the child's death.
    Deceased,
}

impl Status {
    /// Every status; those of the candidate list first.
    pub const ALL: [Self; 7] = [
        Self::ReportedMissing,
        Self::Unconfirmed,
        Self::Review,
        Self::NotAssessable,
        Self::Confirmed,
        Self::ConfirmedAbroad,
        Self::Deceased,
    ];

    /// The name in outputs.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::ReportedMissing => "reported_missing",
            Self::Unconfirmed => "unconfirmed",
            Self::Review => "review",
            Self::NotAssessable => "not_assessable",
            Self::Confirmed => "confirmed",
            Self::ConfirmedAbroad => "confirmed_abroad",
            Self::Deceased => "deceased",
        }
    }

    /// The status whose name is `key`.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.key() == key)
    }

    /// Whether a child of this status stands on the candidate list.
    #[must_use]
    pub const fn is_candidate(self) -> bool {
        matches!(
            self,
            Self::ReportedMissing | Self::Unconfirmed | Self::Review | Self::NotAssessable
        )
    }
}

/// One child of the population.
#[derive(Clone, Debug)]
pub struct Child {
    /// Stable text id: `source:id` of the main record, or `source:#hash` of its content.
    pub id: String,
    /// The school record that was updated last.
    pub main: RecordRef,
    /// All school records of the child, the main one among them.
    pub records: Vec<RecordRef>,
    /// What was decided.
    pub status: Status,
    /// Why, in the order in which a person should read it.
    pub reasons: Vec<Reason>,
    /// The latest evidence that counts.
    pub last_evidence: Option<Date>,
    /// Where the child stands on the candidate list: 0 (last) to 1000 (first).
    pub priority: u16,
    /// Probability that a settled status rests on another person's records; 0 for candidates.
    pub wrong_probability: f64,
    /// What a settled status rests on; `None` for candidates.
    pub tier: Option<Tier>,
    /// Ids that the child's records had in the previous run and that gave way to [`Self::id`].
    pub former: Vec<String>,
    /// Ids of other children of the lists who may be this very one.
    pub doubles: Vec<String>,
}

/// How well a settled status is founded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Two independent witnesses, or one link in which an identifier agrees.
    A,
    /// One witness, linked by name and birth date alone.
    B,
}

impl Tier {
    /// The name in outputs.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }

    /// The tier whose name is `key`.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::A, Self::B].into_iter().find(|tier| tier.key() == key)
    }
}

/// One reason for a status.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// What kind of reason.
    pub code: ReasonCode,
    /// Index of the source that it is about.
    pub source: Option<usize>,
    /// The day it is about.
    pub date: Option<Date>,
    /// The kind of evidence it is about.
    pub kind: Option<Kind>,
}

macro_rules! reason_codes {
    ($($(#[$doc:meta])* $variant:ident = $key:literal),* $(,)?) => {
        /// Why a child has a status. `reason_codes` in the outputs are `code` or `code:source`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ReasonCode { $($(#[$doc])* $variant),* }

        impl ReasonCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code in outputs.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),* }
            }
        }
    };
}

reason_codes! {
    /// The register's evidence settled the status.
    SettledBy = "settled_by",
    /// The register holds the child as sought.
    SoughtBy = "sought_by",
    /// Two registers say things that cannot both hold.
    Contradiction = "contradiction",
    /// A link to this register would settle the status, but is not certain.
    PossibleLink = "possible_link",
    /// Such a link, which a twin or sibling would explain nearly as well.
    PossibleTwin = "possible_twin",
    /// Several records of this register fit nearly as well.
    Ambiguous = "ambiguous",
    /// The evidence is older than the day from which evidence counts.
    TooOld = "too_old",
    /// The evidence is dated after the day for which statuses are stated.
    InFuture = "in_future",
    /// The evidence bears no date.
    Undated = "undated",
    /// The register proves that the person exists, nothing more.
    IdentityOnly = "identity_only",
    /// The register covers this child and holds no record that fits.
    NotFound = "not_found",
    /// The register does not cover this child.
    OutOfScope = "out_of_scope",
    /// The school marks contact as lost.
    ContactLost = "contact_lost",
    /// The school marks the child as displaced within the country.
    DisplacedInternally = "displaced_internally",
    /// The school marks the child as displaced abroad.
    DisplacedAbroad = "displaced_abroad",
    /// Too few fields are filled in to look for the child.
    TooFewFields = "too_few_fields",
    /// The school vouches for the child.
    SchoolVouches = "school_vouches",
    /// Another record of the school lists may be of this very child.
    RecordsDiffer = "records_differ",
    /// A link would confirm, but is among the least certain of those that do, and the auditors
    /// have time to look at it.
    HeldBack = "held_back",
    /// The child stands in an earlier extract, and in no school of the latest.
    Vanished = "vanished",
    /// The pupil left the school from a leaving class between two extracts.
    Graduated = "graduated",
    /// The school says that the child died.
    SchoolSaysDied = "school_says_died",
    /// The school says that the child left the country for good.
    SchoolSaysAbroad = "school_says_abroad",
    /// The school says that the pupil finished school.
    SchoolSaysFinished = "school_says_finished",
    /// The school says that the child moved to another school, and none of the lists has it.
    SchoolSaysMoved = "school_says_moved",
    /// The school says that the child attends nowhere.
    SchoolSaysNowhere = "school_says_nowhere",
    /// A brother or sister is sought as missing.
    SiblingMissing = "sibling_missing",
}
