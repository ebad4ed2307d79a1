//! Identity columns → a stream of candidate pairs, never materialised whole.
//!
//! A blocking rule gives every record a key (`keys`), and pairs the records of both sides whose
//! keys are equal: sorted and merged, they become numbered blocks (`join`). Several rules look at the pair from different sides, so that an error
//! in one field leaves another rule to find it. A record's blocks under all rules stand in one cache
//! line ([`Blocker`]); its pairs are gathered from them, each once, without a table of the
//! pairs already seen.
//! A record that leaves a choice between values has the keys of each ([`facets`]).
//! Blocks that would cost too much are refined by further keys (`refine`), and what each rule
//! costs is known before any pair is compared ([`Blocker::plan`]). Records that no convincing
//! pair has are looked at by wider rules (`leftover`). How many true pairs no rule
//! brought together shows in how the rules overlap ([`capture`]).

pub mod capture;
mod facets;
mod index;
mod join;
mod keys;
mod leftover;
mod refine;
mod rules;

pub use facets::{Facet, Facets, facets};
pub use index::{Blocker, RulePlan};
pub use rules::{Grounds, RULES, Rule};
