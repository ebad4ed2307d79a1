//! Whether groups of children fare alike: rates by group, against all other children.
//!
//! A group raises an alarm where its rate is surely more than [`MUCH`] times the rest's: the
//! lower bound of the ratio ([`intervals::ratio`]) lies above it, with bounds so wide that of
//! all comparisons of the page, if nothing were amiss anywhere, one in twenty pages would have a
//! false alarm (Bonferroni). Groups of less than [`LEAST`] children raise none, and are no
//! comparison.

use super::facts::{Facts, Group, listed};
use super::figure::{Bucket, Figure, Term};
use super::pen::Pen;
use super::places::{self, By, Member};
use super::texts::fill;
use crate::evaluate::intervals;
use crate::verdict::Status;

use super::super::words;

/// A rate this many times the rest's is more than chance and taste explain.
pub(super) const MUCH: f64 = 1.25;

/// Children that a group must have for an alarm.
pub(super) const LEAST: u64 = 100;

pub(super) struct Equity {
    pub(super) rule: String,
    pub(super) alarms: String,
    pub(super) quiet: bool,
    pub(super) parts: Vec<Part>,
}

/// The groups by one trait.
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) rows: Vec<Row>,
}

pub(super) struct Row {
    pub(super) name: String,
    pub(super) children: Figure,
    /// On the list, under review, unconfirmed.
    pub(super) rates: Vec<Rate>,
    pub(super) alarm: bool,
}

pub(super) struct Rate {
    pub(super) share: Figure,
    pub(super) ratio: String,
    pub(super) bounds: String,
    pub(super) alarm: bool,
}

/// The rate of a group and of all other children.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Compared {
    /// Counted of how many.
    pub(super) group: (u64, u64),
    pub(super) rest: (u64, u64),
}

impl Compared {
    pub(super) fn new(group: (u64, u64), all: (u64, u64)) -> Self {
        Self { group, rest: (all.0.saturating_sub(group.0), all.1.saturating_sub(group.1)) }
    }

    /// Whether it could raise an alarm at all.
    pub(super) fn counts(&self) -> bool {
        self.group.1 >= LEAST && self.rest.1 > 0
    }

    pub(super) fn is_alarming(&self, reach: f64) -> bool {
        self.counts()
            && intervals::ratio(self.group, self.rest, reach).is_some_and(|ratio| ratio.low > MUCH)
    }
}

/// What is compared of each group.
fn rates(group: &Group) -> [&Bucket; 3] {
    [&group.listed, &group.review, &group.unconfirmed]
}

fn compared(group: &Group, total: &Group) -> [Compared; 3] {
    let (own, all) = (rates(group), rates(total));
    [0, 1, 2]
        .map(|at| Compared::new((own[at].count, group.all.count), (all[at].count, total.all.count)))
}

pub(super) fn equity(pen: &mut Pen<'_>, facts: &Facts) -> Equity {
    let t = pen.t;
    let traits: Vec<(&'static str, Vec<Member<'_>>)> = vec![
        (t.by_region, places::named(pen, facts, By::Region)),
        (t.by_displaced, displaced(pen, facts)),
        (t.by_sex, sexes(pen, facts)),
        (t.by_age, ages(pen, facts)),
        (t.by_surname, surnames(pen, facts)),
    ];
    // A trait that nobody or everybody has is no comparison.
    let traits: Vec<_> = traits.into_iter().filter(|(_, members)| members.len() > 1).collect();
    let looks = traits
        .iter()
        .flat_map(|(_, members)| members)
        .flat_map(|member| compared(member.group, &facts.total))
        .filter(Compared::counts)
        .count() as u64;
    let reach = intervals::reach(looks);
    let mut alarms = 0;
    let mut parts = Vec::new();
    for (name, members) in traits {
        let mut rows = Vec::new();
        for member in members {
            let row = row(pen, facts, member, reach);
            alarms += row.rates.iter().filter(|rate| rate.alarm).count() as u64;
            rows.push(row);
        }
        parts.push(Part { name, rows });
    }
    let lang = pen.lang;
    Equity {
        rule: fill(
            t.equity_rule,
            &[
                &LEAST,
                &words::decimal(MUCH, 2, lang),
                &pen.count(looks),
                &words::decimal(reach, 2, lang),
            ],
        ),
        alarms: fill(t.equity_alarms, &[&pen.count(alarms)]),
        quiet: alarms == 0,
        parts,
    }
}

fn row(pen: &mut Pen<'_>, facts: &Facts, member: Member<'_>, reach: f64) -> Row {
    let names = [
        ("listed", pen.t.on_list, listed()),
        ("review", pen.t.equity_review, vec![Status::Review]),
        ("unconfirmed", pen.t.equity_unconfirmed, vec![Status::Unconfirmed]),
    ];
    let mut shown = Vec::new();
    let compared = compared(member.group, &facts.total);
    for ((bucket, compared), (key, name, statuses)) in
        rates(member.group).into_iter().zip(compared).zip(names)
    {
        let terms = [member.term.clone(), Term::Status(statuses)];
        let text = pen.share(compared.group.0, compared.group.1);
        let title = format!("{}: {name}", member.title);
        let key = format!("{}-{key}", member.key);
        let share = pen.behind.figure(&key, &title, bucket, &terms, text);
        let ratio = intervals::ratio(compared.group, compared.rest, intervals::reach(1));
        let number = |value: f64| {
            if value.is_infinite() { "∞".to_owned() } else { words::decimal(value, 2, pen.lang) }
        };
        shown.push(Rate {
            share,
            ratio: ratio.map_or_else(|| "–".to_owned(), |ratio| number(ratio.value)),
            bounds: ratio.map_or_else(String::new, |ratio| {
                format!("{}–{}", number(ratio.low), number(ratio.high))
            }),
            alarm: compared.is_alarming(reach),
        });
    }
    let title = format!("{}: {}", member.title, pen.t.children_all);
    Row {
        children: pen.behind.count(
            &member.key,
            &title,
            &member.group.all,
            std::slice::from_ref(&member.term),
        ),
        alarm: shown.iter().any(|rate| rate.alarm),
        name: member.name,
        rates: shown,
    }
}

/// A group by a value of a column of text; the last where there is none.
fn member<'f>(
    heading: &str,
    column: &'static str,
    value: Option<&'static str>,
    name: &str,
    group: &'f Group,
) -> Member<'f> {
    Member {
        title: format!("{heading}: {name}"),
        key: format!("{column}-{}", value.unwrap_or("none")).replace('_', "-"),
        name: name.to_owned(),
        term: Term::Text(column, value.map(str::to_owned)),
        group,
    }
}

fn displaced<'f>(pen: &Pen<'_>, facts: &'f Facts) -> Vec<Member<'f>> {
    [Some("none"), Some("internal"), Some("external"), None]
        .into_iter()
        .filter_map(|key| {
            let group = facts.displaced.get(&key)?;
            let mut member =
                member(pen.t.by_displaced, "displacement", key, pen.displaced(key), group);
            if key.is_none() {
                "displacement-blank".clone_into(&mut member.key);
            }
            Some(member)
        })
        .collect()
}

fn sexes<'f>(pen: &Pen<'_>, facts: &'f Facts) -> Vec<Member<'f>> {
    let t = pen.t;
    [(Some("female"), t.sex_female), (Some("male"), t.sex_male), (None, t.not_stated)]
        .into_iter()
        .filter_map(|(key, name)| Some(member(t.by_sex, "sex", key, name, facts.sexes.get(&key)?)))
        .collect()
}

fn ages<'f>(pen: &Pen<'_>, facts: &'f Facts) -> Vec<Member<'f>> {
    let bands = super::facts::BANDS.into_iter().map(Some).chain([None]);
    bands
        .filter_map(|band| {
            let group = facts.ages.get(&band)?;
            let name = match band {
                Some((low, u8::MAX)) => fill(pen.t.age_from, &[&low]),
                Some((low, high)) => fill(pen.t.age_to, &[&low, &high]),
                None => pen.t.not_stated.to_owned(),
            };
            let key = band.map_or_else(|| "age-none".to_owned(), |band| format!("age-{}", band.0));
            let title = format!("{}: {name}", pen.t.by_age);
            Some(Member { key, name, title, term: Term::Age(band), group })
        })
        .collect()
}

fn surnames<'f>(pen: &Pen<'_>, facts: &'f Facts) -> Vec<Member<'f>> {
    let t = pen.t;
    [
        (Some("ko"), t.surname_ko),
        (Some("uk"), t.surname_uk),
        (Some("adjective"), t.surname_adjective),
        (Some("ov"), t.surname_ov),
        (Some("ych"), t.surname_ych),
        (Some("double"), t.surname_double),
        (Some("other"), t.surname_other),
        (Some("latin"), t.surname_latin),
        (None, t.not_stated),
    ]
    .into_iter()
    .filter_map(|(key, name)| {
        Some(member(t.by_surname, "surname_group", key, name, facts.surnames.get(&key)?))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 60 of 300 against 500 of 5,000: Wilson's intervals are 0.158697–0.248850 and
    /// 0.091984–0.108623; the lower bound of the ratio is 1.5644 by hand:
    /// 0.158697·(0.4 − 0.158697) / (0.02 + √(0.0004 − 0.158697·0.241303·0.108623·0.091377)).
    #[test]
    fn an_alarm_needs_a_rate_that_is_surely_much_larger() {
        let plain = intervals::reach(1);
        let high = Compared { group: (60, 300), rest: (500, 5_000) };
        let ratio = intervals::ratio(high.group, high.rest, plain).unwrap();
        assert!((ratio.value - 2.0).abs() < 1e-12);
        assert!((ratio.low - 1.5595).abs() < 0.01, "{}", ratio.low);
        assert!(high.is_alarming(plain));
        // The same with a hundred comparisons: 3.48 standard errors reach below 1.25.
        let wide = intervals::ratio(high.group, high.rest, intervals::reach(100)).unwrap();
        assert!(wide.low > 1.25 && wide.low < 1.35, "{}", wide.low);
        // A rate 1.3 times the rest's is above 1.25, but not surely.
        assert!(!Compared { group: (39, 300), rest: (500, 5_000) }.is_alarming(plain));
        // Nor is a rate that is surely 1.2 times the rest's.
        assert!(!Compared { group: (1_200, 10_000), rest: (10_000, 100_000) }.is_alarming(plain));
        // Nor a small group, however bad.
        assert!(!Compared { group: (99, 99), rest: (500, 5_000) }.is_alarming(plain));
        assert!(Compared { group: (100, 100), rest: (500, 5_000) }.is_alarming(plain));
        // Nor one with nobody beside it.
        assert!(!Compared { group: (60, 300), rest: (0, 0) }.is_alarming(plain));
    }

    #[test]
    fn the_rest_is_all_but_the_group() {
        let compared = Compared::new((3, 10), (8, 50));
        assert_eq!(compared.rest, (5, 40));
    }

    proptest! {
        #[test]
        fn more_comparisons_never_bring_an_alarm(
            n in 1_u64..5_000, k in any::<u64>(), m in 1_u64..50_000, l in any::<u64>(),
            looks in 1_u64..500,
        ) {
            let compared = Compared { group: (k % (n + 1), n), rest: (l % (m + 1), m) };
            let alone = compared.is_alarming(intervals::reach(1));
            prop_assert!(alone || !compared.is_alarming(intervals::reach(looks)));
            let (p, q) = (compared.group.0 as f64 / n as f64, compared.rest.0 as f64 / m as f64);
            prop_assert!(!alone || (p > MUCH * q && n >= LEAST));
        }
    }
}
