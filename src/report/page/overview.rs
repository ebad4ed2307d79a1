//! The headline, the statuses, what may be wrong with them, and what they rest on.

use super::super::tally::Tally;
use super::super::words::{self, Lang};
use super::facts::{Facts, SETTLED, listed};
use super::figure::{Figure, Term};
use super::pen::{Pen, length, part};
use super::texts::fill;
use crate::estimate;
use crate::verdict::{Status, Tier};

/// Width of the bar of statuses, in its own units.
const BAR: f64 = 1000.0;

pub(super) struct Overview {
    pub(super) headline: Figure,
    pub(super) of: String,
    pub(super) means: String,
    pub(super) statuses: Vec<StatusRow>,
    pub(super) bar_text: String,
    pub(super) estimates: Vec<EstimateRow>,
    pub(super) tiers: Vec<TierRow>,
    pub(super) thresholds: Vec<String>,
}

pub(super) struct StatusRow {
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
    pub(super) candidate: bool,
    pub(super) count: Figure,
    pub(super) share: String,
    pub(super) x: String,
    pub(super) width: String,
}

pub(super) struct EstimateRow {
    pub(super) name: &'static str,
    pub(super) expected: String,
    pub(super) bounds: String,
    pub(super) among: Figure,
}

pub(super) struct TierRow {
    pub(super) name: &'static str,
    pub(super) rule: &'static str,
    pub(super) count: Figure,
    pub(super) share: String,
}

pub(super) fn overview(pen: &mut Pen<'_>, facts: &Facts, tally: &Tally) -> Overview {
    let (t, run) = (pen.t, pen.run);
    let day = words::date(run.job.as_of, pen.lang);
    let all = facts.total.all.count;
    let headline =
        pen.behind.count("listed", t.on_list, &facts.total.listed, &[Term::Status(listed())]);
    let share = pen.share(facts.total.listed.count, all);
    let noun = match (pen.lang, facts.total.listed.count) {
        (Lang::Uk, n) => words::plural(n, "дитина", "дитини", "дітей"),
        (Lang::En, 1) => "child",
        (Lang::En, _) => "children",
    };
    let statuses = statuses(pen, facts);
    let bar_text: Vec<String> =
        statuses.iter().map(|row| format!("{}: {}", row.name, row.share)).collect();
    Overview {
        headline,
        of: fill(t.headline, &[&noun, &pen.count(all), &share]),
        means: fill(t.headline_means, &[&day]),
        bar_text: bar_text.join("; "),
        statuses,
        estimates: estimates(pen, facts, tally),
        tiers: tiers(pen, facts),
        thresholds: thresholds(pen),
    }
}

fn statuses(pen: &mut Pen<'_>, facts: &Facts) -> Vec<StatusRow> {
    let all = facts.total.all.count;
    let mut before = 0;
    let mut rows = Vec::new();
    for (status, bucket) in Status::ALL.into_iter().zip(&facts.statuses) {
        let name = words::status(status, pen.lang);
        let title = format!("{}: {name}", pen.t.status);
        let width = BAR * part(bucket.count, all);
        rows.push(StatusRow {
            key: status.key(),
            name,
            meaning: words::status_meaning(status, pen.lang),
            candidate: status.is_candidate(),
            count: pen.behind.count(
                &format!("status-{}", status.key()),
                &title,
                bucket,
                &[Term::Status(vec![status])],
            ),
            share: pen.share(bucket.count, all),
            // A single child is seen, too.
            x: length((BAR * part(before, all)).min(BAR - 2.0)),
            width: length(if bucket.count == 0 { 0.0 } else { width.max(2.0) }),
        });
        before += bucket.count;
    }
    rows
}

fn estimates(pen: &mut Pen<'_>, facts: &Facts, tally: &Tally) -> Vec<EstimateRow> {
    let (t, run, lang) = (pen.t, pen.run, pen.lang);
    let settled: u64 = SETTLED.iter().map(|status| tally.status(*status)).sum();
    let mut children = super::figure::Bucket::default();
    for (status, bucket) in Status::ALL.iter().zip(&facts.statuses) {
        if SETTLED.contains(status) {
            children.count += bucket.count;
            children.first.extend(&bucket.first);
        }
    }
    children.first.sort_unstable();
    let title = SETTLED.map(|status| words::status(status, lang)).join(", ");
    let settled = pen.behind.figure(
        "settled",
        &title,
        &children,
        &[Term::Status(SETTLED.to_vec())],
        words::children(settled, lang),
    );
    let listed = pen.behind.figure(
        "listed",
        t.on_list,
        &facts.total.listed,
        &[Term::Status(listed())],
        words::children(facts.total.listed.count, lang),
    );
    let needless = run.needless;
    let (low, high) =
        if needless.is_finite() { estimate::poisson(needless) } else { (f64::NAN, f64::NAN) };
    let tenths = |value| words::decimal(value, 1, lang);
    vec![
        EstimateRow {
            name: t.wrong,
            expected: words::expected(run.wrong.expected, lang),
            bounds: fill(t.wrong_at_most, &[&words::upper(run.wrong.upper, lang)]),
            among: settled,
        },
        EstimateRow {
            name: t.needless,
            expected: tenths(needless),
            bounds: format!("{}–{}", tenths(low), tenths(high)),
            among: listed,
        },
    ]
}

fn tiers(pen: &mut Pen<'_>, facts: &Facts) -> Vec<TierRow> {
    let t = pen.t;
    let all: u64 = facts.tiers.iter().map(|bucket| bucket.count).sum();
    let kinds = [
        ("A", t.tier_a, Some(Tier::A)),
        ("B", t.tier_b, Some(Tier::B)),
        ("–", t.tier_unknown, None),
    ];
    let mut rows = Vec::new();
    for ((name, rule, tier), bucket) in kinds.into_iter().zip(&facts.tiers) {
        if tier.is_none() && bucket.count == 0 {
            continue;
        }
        let key = format!("tier-{}", tier.map_or("none", Tier::key));
        let title = format!("{} {name}", t.tier);
        let terms = [Term::Status(SETTLED.to_vec()), Term::Tier(tier)];
        rows.push(TierRow {
            name,
            rule,
            count: pen.behind.count(&key, &title, bucket, &terms),
            share: pen.share(bucket.count, all),
        });
    }
    rows
}

fn thresholds(pen: &Pen<'_>) -> Vec<String> {
    let (t, run, lang) = (pen.t, pen.run, pen.lang);
    let decision = &run.job.decision;
    vec![
        fill(t.threshold_confirm, &[&words::percent(run.thresholds.confirm, lang)]),
        fill(t.threshold_review, &[&words::percent(run.thresholds.review, lang)]),
        t.threshold_below.to_owned(),
        fill(
            t.threshold_why,
            &[
                &words::decimal(decision.hidden_child_cost, 0, lang),
                &words::count(decision.review_capacity, lang),
            ],
        ),
    ]
}
