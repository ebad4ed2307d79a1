//! Why a child is hidden: the links and reasons that settled the status of someone
//! whom no register truly confirms.

use std::collections::BTreeMap;

use super::EvaluateError;
use super::children::{ChildNumber, Grouping};
use super::figures::{Cause, CauseCount, EXAMPLES, HiddenExample};
use super::truth::{Person, Truth};
use crate::compare::Comparison;
use crate::job::Kind;
use crate::resolve::Decision;
use crate::run_folder::{LinkRow, RunFolder};
use crate::verdict::{ReasonCode, Status};

/// A child of the run that hides someone.
#[derive(Debug)]
struct Hiding {
    id: String,
    status: Status,
    persons: Vec<Person>,
    /// Registers that the run says settled the status.
    settled_by: Vec<String>,
    vouched: bool,
    links: Vec<Settling>,
}

/// An accepted link that may have settled a status.
#[derive(Debug)]
struct Settling {
    register: usize,
    person: Option<Person>,
    twins: bool,
}

/// Hidden persons, and the children that hide them.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    registers: Vec<String>,
    /// Person, true status, and the children that hold records of the person.
    persons: Vec<(Person, Status, Vec<ChildNumber>)>,
    children: BTreeMap<ChildNumber, Hiding>,
    by_id: BTreeMap<String, ChildNumber>,
}

impl Suspects {
    /// Who is hidden, and in which children.
    pub(super) fn find(
        run: &RunFolder,
        truth: &Truth,
        grouping: &Grouping,
    ) -> Result<Self, EvaluateError> {
        let mut suspects = Self {
            registers: run.manifest.names().map(str::to_owned).collect(),
            ..Self::default()
        };
        let Some(statuses) = &truth.statuses else { return Ok(suspects) };
        for person in grouping.population() {
            let Some(status) = statuses.get(person as usize).copied().flatten() else { continue };
            let listed = grouping.found(person).is_some_and(Status::is_candidate);
            if status.is_candidate() && !listed {
                suspects.persons.push((person, status, grouping.children(person).collect()));
            }
        }
        let wanted: std::collections::BTreeSet<ChildNumber> =
            suspects.persons.iter().flat_map(|person| person.2.iter().copied()).collect();
        if wanted.is_empty() {
            return Ok(suspects);
        }
        let prefix = format!("{}:", ReasonCode::SettledBy.key());
        let mut number = 0;
        run.children::<EvaluateError>(&mut |child| {
            if wanted.contains(&number) {
                let codes = &child.reason_codes;
                let settled = codes.iter().filter_map(|code| code.strip_prefix(&prefix));
                let vouches = ReasonCode::SchoolVouches.key();
                suspects.by_id.insert(child.child.clone(), number);
                suspects.children.insert(
                    number,
                    Hiding {
                        status: child.status,
                        persons: grouping.persons(number).collect(),
                        settled_by: settled.map(str::to_owned).collect(),
                        vouched: codes.iter().any(|code| {
                            code.split_once(':').map_or(code.as_str(), |parts| parts.0) == vouches
                        }),
                        links: Vec::new(),
                        id: child.child,
                    },
                );
            }
            number += 1;
            Ok(())
        })?;
        Ok(suspects)
    }

    /// Notes a link if it may have settled the status of a child that hides someone.
    /// `person` is whom the register's record is truly of.
    pub(super) fn see(&mut self, link: &LinkRow<'_>, register: usize, person: Option<Person>) {
        if self.by_id.is_empty() || link.decision != Decision::Link {
            return;
        }
        if link.evidence_kind.is_none_or(|kind| kind == Kind::Identity) {
            return;
        }
        let child = self.by_id.get(link.child).and_then(|number| self.children.get_mut(number));
        if let Some(child) = child {
            let agrees = |comparison, levels: &[&str]| levels.contains(&link.level(comparison));
            let twins = link.twin_risk
                || agrees(Comparison::Surname, &["exact", "spelling", "part", "slip", "close"])
                    && agrees(Comparison::BirthDate, &["exact"]);
            child.links.push(Settling { register, person, twins });
        }
    }

    /// The causes, counted, and the first hidden children.
    pub(super) fn counted(self) -> (Vec<CauseCount>, Vec<HiddenExample>) {
        let mut counts: BTreeMap<(Cause, Option<usize>), (u64, u64)> = BTreeMap::new();
        let mut examples = Vec::new();
        for (person, truth, children) in &self.persons {
            let mut causes: BTreeMap<(Cause, Option<usize>), bool> = BTreeMap::new();
            for child in children.iter().filter_map(|number| self.children.get(number)) {
                let here = self.causes(child, *person);
                examples.push(HiddenExample {
                    child: child.id.clone(),
                    status: child.status.key(),
                    truth: truth.key(),
                    false_links: here
                        .iter()
                        .filter(|(key, _)| key.0 == Cause::FalseLink)
                        .filter_map(|(key, _)| self.registers.get(key.1?).cloned())
                        .collect(),
                });
                for (key, twins) in here {
                    *causes.entry(key).or_default() |= twins;
                }
            }
            if children.is_empty() {
                causes.insert((Cause::NotInRun, None), false);
            }
            for (key, twins) in causes {
                let count = counts.entry(key).or_default();
                count.0 += 1;
                count.1 += u64::from(twins);
            }
        }
        examples.sort();
        examples.truncate(EXAMPLES);
        let causes = counts
            .into_iter()
            .map(|((cause, register), (persons, twins))| CauseCount {
                cause,
                register: register.and_then(|i| self.registers.get(i).cloned()),
                persons,
                twins,
            })
            .collect();
        (causes, examples)
    }

    /// Why this child hides this person; whether twins explain it.
    fn causes(&self, child: &Hiding, person: Person) -> BTreeMap<(Cause, Option<usize>), bool> {
        let mut causes: BTreeMap<(Cause, Option<usize>), bool> = BTreeMap::new();
        let settles = |link: &&Settling| {
            child.settled_by.is_empty()
                || self.registers.get(link.register).is_some_and(|r| child.settled_by.contains(r))
        };
        for link in child.links.iter().filter(settles) {
            let key = match link.person {
                Some(other) if other == person => (Cause::TrueLink, Some(link.register)),
                Some(other) if child.persons.contains(&other) => (Cause::Joined, None),
                // A record of nobody known is not this person's either.
                _ => (Cause::FalseLink, Some(link.register)),
            };
            *causes.entry(key).or_default() |= key.0 == Cause::FalseLink && link.twins;
        }
        if causes.is_empty() {
            let cause = if child.vouched { Cause::SchoolVouches } else { Cause::Unexplained };
            causes.insert((cause, None), false);
        }
        causes
    }
}
