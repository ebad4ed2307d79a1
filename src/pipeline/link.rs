//! A world → children, and the pairs of children and register records that may be one.

use super::learning::{Learning, LearningError};
use crate::compare::{BirthDates, Comparator, Side, Similar};
use crate::estimate::{ErrorRates, RegisterErrors, Subject, estimate};
use crate::job::{Job, Role};
use crate::model::saved::{Document, Entry, SourceHands};
use crate::model::{Family, Reference};
use crate::normalize::World;
use crate::progress::Progress;
use crate::resolve::{
    Children, Contest, Holder, Linkage, Possible, compete, complete, join, namesakes,
};

/// By how many bits a match must beat kinship to be accepted without a person.
const KIN_MARGIN: f64 = 7.0;

/// All linkages of a job.
#[derive(Debug)]
pub struct Linked {
    /// What compares records.
    pub comparator: Comparator,
    /// The school records, each completed from the child's others.
    pub population: Side,
    /// The population linked with itself.
    pub doubles: Linkage,
    /// The children of the population.
    pub children: Children,
    /// The registers, in the order of the job.
    pub registers: Vec<Register>,
    /// Probability from which a link is accepted.
    pub confirm: f64,
    /// Relatives that a child has.
    pub family: Family,
}

/// One register, linked.
#[derive(Debug)]
pub struct Register {
    /// Index of the source in the job.
    pub source: usize,
    /// Its records.
    pub side: Side,
    /// The population linked with it.
    pub linkage: Linkage,
    /// On what terms its pairs compete.
    pub contest: Contest,
    /// Pairs of children and records, by child, then record.
    pub possible: Vec<Possible>,
    /// How many of its links are false, as far as can be told.
    pub errors: RegisterErrors,
    /// Links that are not accepted because another register holds a namesake.
    pub doubted: u64,
}

/// Takes back links by name and date alone where another register holds a namesake.
fn doubt(
    world: &World,
    comparator: &Comparator,
    population: &Side,
    children: &Children,
    registers: &mut [Register],
) {
    let holders: Vec<Holder<'_>> = registers
        .iter()
        .map(|register| Holder {
            side: &register.side,
            scorer: &register.linkage.scorer,
            possible: &register.possible,
            unique: register.contest.unique,
        })
        .collect();
    let found = namesakes(&world.lexicon, comparator, population, children, &holders);
    for (register, found) in registers.iter_mut().zip(found) {
        for (at, probability) in found {
            let possible = &mut register.possible[at];
            possible.probability = probability;
            if probability < register.contest.confirm {
                possible.link = false;
                register.doubted += 1;
            }
        }
    }
}

impl Linked {
    /// Links the sources of a job.
    ///
    /// # Errors
    /// A label names what is not there.
    pub fn new(
        job: &Job,
        world: &World,
        learning: &Learning,
        progress: &dyn Progress,
    ) -> Result<Self, LearningError> {
        progress.stage("Comparing distinct names");
        let dates = BirthDates::of(world);
        let comparator = Comparator::new(&world.lexicon, dates);
        let similar = Similar::new(&comparator);
        let side = |role: Role| {
            job.sources
                .iter()
                .zip(&world.sources)
                .enumerate()
                .filter(move |(_, (source, _))| source.role == role)
                .map(|(i, (_, records))| (i, records))
        };
        let mut population = Side::new(side(Role::Population), &comparator);
        let confirm = job.decision.hidden_child_cost / (1.0 + job.decision.hidden_child_cost);

        let registers: Vec<(usize, Side)> = side(Role::Registry)
            .map(|(i, records)| (i, Side::new(std::iter::once((i, records)), &comparator)))
            .collect();
        let world_sides: Vec<&Side> =
            std::iter::once(&population).chain(registers.iter().map(|(_, side)| side)).collect();
        let mut reference = Reference::new(&comparator, &similar, &population, &world_sides);

        let told = learning.told(job, world, &population, &registers)?;
        let advance = |done| progress.advance(done);
        progress.stage("Joining school records");
        progress.total(population.len() as u64);
        let doubles = Linkage::new(
            &comparator,
            &similar,
            &reference,
            &population,
            None,
            learning.lesson(None, &told.doubles, progress),
            &advance,
        );
        let children = join(&doubles.pairs, &comparator, world, &population, confirm);
        complete(&mut population, &children);
        reference.family = Family::count(&comparator, &population, &children.records);

        let mut registers: Vec<Register> = registers
            .into_iter()
            .map(|(source, side)| {
                let name = &job.sources[source].name;
                let labelled = told.registers.get(&source).map_or(&[][..], Vec::as_slice);
                progress.stage(&format!("Linking {name}"));
                progress.total(population.len() as u64);
                let linkage = Linkage::new(
                    &comparator,
                    &similar,
                    &reference,
                    &population,
                    Some(&side),
                    learning.lesson(Some(name), labelled, progress),
                    &advance,
                );
                let unique = job.sources[source].unique;
                let contest = Contest { unique, confirm, kin_margin: KIN_MARGIN };
                let possible = compete(&linkage.pairs, &children, contest);
                progress.stage(&format!("Estimating errors of {}", job.sources[source].name));
                let subject = Subject {
                    job,
                    world,
                    comparator: &comparator,
                    similar: &similar,
                    population: &population,
                    children: &children,
                    right: &side,
                    linkage: &linkage,
                    contest,
                    possible: &possible,
                };
                let (errors, raised) = estimate(&job.sources[source].name, subject);
                let (contest, possible) = raised.unwrap_or((contest, possible));
                Register { source, side, linkage, contest, possible, errors, doubted: 0 }
            })
            .collect();
        doubt(world, &comparator, &population, &children, &mut registers);
        let family = reference.family;
        Ok(Self { comparator, population, doubles, children, registers, confirm, family })
    }

    /// `errors.json`.
    #[must_use]
    pub fn errors(&self) -> ErrorRates {
        ErrorRates {
            registers: self.registers.iter().map(|register| register.errors.clone()).collect(),
        }
    }

    /// What was learned: `model.json`.
    #[must_use]
    pub fn document(&self, job: &Job) -> Document {
        let entry = |name: &str, linkage: &Linkage, pairs: f64| {
            let kept = &linkage.pairs;
            let hands = linkage.hands.sources().map(|(source, shares)| SourceHands {
                source: job.sources[usize::from(source)].name.clone(),
                shares,
            });
            Entry {
                coverage: kept.coverage,
                hands: hands.collect(),
                ..Entry::new(name, &linkage.scorer, kept.sizes.1, pairs, kept.matches)
            }
        };
        let product = |(left, right): (usize, usize)| left as f64 * right as f64;
        let registries = self.registers.iter().map(|register| {
            let linkage = &register.linkage;
            let name = &job.sources[register.source].name;
            entry(name, linkage, product(linkage.pairs.sizes))
        });
        let school = self.population.len() as f64;
        let population = entry("population", &self.doubles, school * (school - 1.0) / 2.0);
        Document::new(registries.collect(), population, self.family)
    }

    /// Counts for the manifest.
    #[must_use]
    pub fn counts(&self, job: &Job) -> Vec<(String, u64)> {
        let mut counts = Vec::new();
        let mut add = |name: &str, linkage: &Linkage, possible: &[Possible]| {
            let bounded = possible.iter().filter(|p| p.bounded).count() as u64;
            if bounded > 0 {
                counts.push((format!("{name}.pairs_bounded"), bounded));
            }
            counts.push((format!("{name}.pairs_compared"), linkage.compared));
            counts.push((format!("{name}.pairs_kept"), linkage.pairs.candidates.len() as u64));
            for plan in linkage.blocker.plan() {
                let name = format!("{name}.block.{}", plan.rule);
                counts.push((format!("{name}.pairs"), plan.pairs));
                counts.push((format!("{name}.largest"), plan.largest));
                let rare =
                    [("refined", plan.refined), ("parted", plan.parted), ("dropped", plan.dropped)];
                let rare = rare.into_iter().chain([("not_cast", u64::from(!plan.cast))]);
                counts.extend(
                    rare.filter(|r| r.1 > 0).map(|(what, n)| (format!("{name}.{what}"), n)),
                );
            }
        };
        add("population", &self.doubles, &[]);
        for register in &self.registers {
            add(&job.sources[register.source].name, &register.linkage, &register.possible);
        }
        let doubted = self.registers.iter().filter(|register| register.doubted > 0);
        counts.extend(doubted.map(|register| {
            (format!("{}.links_doubted", job.sources[register.source].name), register.doubted)
        }));
        counts
    }
}
