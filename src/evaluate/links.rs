//! The links of each register against its true pairs.

use std::collections::BTreeMap;

use super::EvaluateError;
use super::figures::{
    BestF1, CurvePoint, LostFigures, LostPairs, RecallAt, RegisterFigures, ReviewFigures,
};
use super::hidden::Suspects;
use super::intervals::{f1, share};
use super::truth::Truth;
use super::worst::Worst;
use super::{calibration, stated};
use crate::job::Role;
use crate::resolve::Decision;
use crate::run_folder::RunFolder;

/// Precisions for which the best recall is sought, in ten-thousandths.
const PRECISIONS: [u16; 3] = [9999, 9990, 9900];

/// At most about so many points make a curve.
const CURVE_POINTS: u64 = 400;

/// One accepted or possible link whose truth is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ranked {
    pub(super) probability: f64,
    pub(super) weight: f64,
    pub(super) is_true: bool,
    pub(super) decision: Decision,
    /// School source and row, and the register's row: names the pair.
    pub(super) pair: (usize, u64, u64),
}

/// Reads the links and measures each register that has truth. Links of children that
/// may be hidden are handed to `suspects` on the way.
pub(super) fn measure(
    run: &RunFolder,
    truth: &Truth,
    lost: Option<&BTreeMap<String, LostPairs>>,
    suspects: &mut Suspects,
) -> Result<Vec<RegisterFigures>, EvaluateError> {
    let sources = &run.manifest.sources;
    let index: BTreeMap<&str, usize> = run.manifest.names().zip(0..).collect();
    let mut ranked: Vec<Vec<Ranked>> = sources.iter().map(|_| Vec::new()).collect();
    let mut unjudged = vec![0_u64; sources.len()];
    let person = |source: usize, row: u64| {
        truth.sources.get(source).and_then(Option::as_ref).and_then(|rows| rows.person(row))
    };
    let mut worst = vec![Worst::default(); sources.len()];
    let mut stated = stated::read(run.dir())?;
    run.links::<EvaluateError>(&mut |link| {
        let find = |name| {
            index.get(name).copied().ok_or(EvaluateError::UnknownSource { file: "links.parquet" })
        };
        let (school, registry) = (find(link.population_source)?, find(link.registry)?);
        let right = person(registry, link.registry_row);
        suspects.see(link, registry, right);
        match (person(school, link.population_row), right) {
            (Some(left), Some(right)) => {
                if left != right {
                    worst[registry].see(link);
                }
                ranked[registry].push(Ranked {
                    probability: link.probability,
                    weight: link.weight,
                    is_true: left == right,
                    decision: link.decision,
                    pair: (school, link.population_row, link.registry_row),
                });
            }
            _ => unjudged[registry] += 1,
        }
        Ok(())
    })?;
    let school_records = school_records(run, truth);
    let mut figures = Vec::new();
    for (i, mut links) in ranked.into_iter().enumerate() {
        let (source, Some(rows)) = (&sources[i], &truth.sources[i]) else { continue };
        if source.role == Role::Population {
            continue;
        }
        if let Some(row) = pair_twice(&mut links) {
            return Err(EvaluateError::PairTwice { registry: source.name.clone(), row });
        }
        let true_pairs = rows.persons().map(|p| u64::from(school_records[p as usize])).sum::<u64>();
        let lost = lost.and_then(|lost| lost.get(&source.name));
        figures.push(RegisterFigures {
            register: source.name.clone(),
            rows_judged: rows.len(),
            unjudged: unjudged[i],
            worst: std::mem::take(&mut worst[i]).into_links(),
            stated: stated.remove(&source.name).unwrap_or_default(),
            ..register(&mut links, true_pairs, lost)
        });
    }
    Ok(figures)
}

/// How many school records each person has.
pub(super) fn school_records(run: &RunFolder, truth: &Truth) -> Vec<u32> {
    let mut counts = vec![0; truth.persons];
    for (source, rows) in run.manifest.sources.iter().zip(&truth.sources) {
        if source.role == Role::Population {
            for person in rows.iter().flat_map(super::truth::Rows::persons) {
                counts[person as usize] += 1;
            }
        }
    }
    counts
}

/// The register's row of a pair that stands there twice.
fn pair_twice(links: &mut [Ranked]) -> Option<u64> {
    links.sort_unstable_by_key(|link| link.pair);
    links.windows(2).find(|two| two[0].pair == two[1].pair).map(|two| two[0].pair.2)
}

/// Figures of one register; its name and what could not be judged are left open.
pub(super) fn register(
    links: &mut [Ranked],
    true_pairs: u64,
    lost: Option<&LostPairs>,
) -> RegisterFigures {
    links.sort_by(|a, b| {
        b.probability.total_cmp(&a.probability).then(b.weight.total_cmp(&a.weight))
    });
    let count = |decision, is_true| {
        links.iter().filter(|l| l.decision == decision && l.is_true == is_true).count() as u64
    };
    let (true_positives, false_positives) =
        (count(Decision::Link, true), count(Decision::Link, false));
    let (review_true, review_false) =
        (count(Decision::Review, true), count(Decision::Review, false));
    let missed = true_pairs.saturating_sub(true_positives);
    let steps = steps(links);
    RegisterFigures {
        register: String::new(),
        rows_judged: 0,
        true_pairs,
        links: true_positives + false_positives,
        true_positives,
        false_positives,
        missed,
        unjudged: 0,
        precision: share(true_positives, true_positives + false_positives),
        recall: share(true_positives, true_pairs),
        f1: f1(true_positives, false_positives, missed),
        recall_at: PRECISIONS.map(|p| recall_at(&steps, p, true_pairs)).to_vec(),
        best_f1: best_f1(&steps, true_pairs),
        review: ReviewFigures {
            pairs: review_true + review_false,
            true_share: share(review_true, review_true + review_false),
        },
        lost: lost.map(|lost| LostFigures {
            never_compared: share(lost.never_compared, lost.true_pairs),
            compared_below: missed.saturating_sub(review_true).saturating_sub(lost.never_compared),
        }),
        curve: curve(&steps, true_pairs),
        calibration: calibration::measure(links),
        worst: Vec::new(),
        stated: Vec::new(),
    }
}

/// A threshold: everything down to here is taken.
#[derive(Clone, Copy, Debug)]
struct Step {
    probability: f64,
    weight: f64,
    true_positives: u64,
    false_positives: u64,
}

impl Step {
    fn precision(&self) -> f64 {
        self.true_positives as f64 / (self.true_positives + self.false_positives) as f64
    }

    /// Whether the precision is kept: in whole numbers, so that no rounding decides
    /// about 9999 of 10000.
    fn keeps(&self, ten_thousandths: u16) -> bool {
        let taken = u128::from(self.true_positives) + u128::from(self.false_positives);
        u128::from(self.true_positives) * 10_000 >= u128::from(ten_thousandths) * taken
    }
}

/// The thresholds that the sorted links allow: one after each run of ties.
fn steps(links: &[Ranked]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let (mut true_positives, mut false_positives) = (0, 0);
    for tie in links.chunk_by(|a, b| {
        a.probability.total_cmp(&b.probability).is_eq() && a.weight.total_cmp(&b.weight).is_eq()
    }) {
        let true_here = tie.iter().filter(|link| link.is_true).count() as u64;
        true_positives += true_here;
        false_positives += tie.len() as u64 - true_here;
        let (probability, weight) = (tie[0].probability, tie[0].weight);
        steps.push(Step { probability, weight, true_positives, false_positives });
    }
    steps
}

fn recall_at(steps: &[Step], precision: u16, true_pairs: u64) -> RecallAt {
    // Counts rise along the steps: the last step that keeps the precision has the most.
    let best = steps.iter().rev().find(|step| step.keeps(precision) && step.true_positives > 0);
    RecallAt {
        precision: f64::from(precision) / 10_000.0,
        recall: best.and_then(|step| share(step.true_positives, true_pairs)),
        probability: best.map(|step| step.probability),
        weight: best.map(|step| step.weight),
    }
}

fn best_f1(steps: &[Step], true_pairs: u64) -> Option<BestF1> {
    let figure = |step: &Step| {
        2.0 * step.true_positives as f64
            / (true_pairs + step.true_positives + step.false_positives) as f64
    };
    let best = steps.iter().reduce(|a, b| if figure(b) > figure(a) { b } else { a })?;
    let missed = true_pairs.saturating_sub(best.true_positives);
    Some(BestF1 {
        f1: f1(best.true_positives, best.false_positives, missed)?,
        precision: best.precision(),
        recall: share(best.true_positives, true_pairs)?.value,
        probability: best.probability,
        weight: best.weight,
    })
}

/// The steps thinned to what an eye can tell apart: a point at each gain in recall of
/// 1 / [`CURVE_POINTS`], at each such gain in false links, and at the end.
fn curve(steps: &[Step], true_pairs: u64) -> Vec<CurvePoint> {
    if true_pairs == 0 {
        return Vec::new();
    }
    let false_links = steps.last().map_or(0, |last| last.false_positives);
    let cell =
        |count: u64, of: u64| u128::from(count) * u128::from(CURVE_POINTS) / u128::from(of.max(1));
    let mut last = None;
    let mut points = Vec::new();
    for (i, step) in steps.iter().enumerate() {
        let here = (cell(step.true_positives, true_pairs), cell(step.false_positives, false_links));
        if last.replace(here) != Some(here) || i + 1 == steps.len() {
            points.push(CurvePoint {
                probability: step.probability,
                weight: step.weight,
                recall: step.true_positives as f64 / true_pairs as f64,
                precision: step.precision(),
            });
        }
    }
    points
}
