//! The four fields of the ministry's letter, and the list, by region and by education office.

use std::collections::BTreeMap;

use super::facts::{Facts, Four, Group, listed};
use super::figure::{Bucket, Figure, Term};
use super::pen::{Pen, alphabetical, part};
use super::texts::fill;
use crate::evaluate::intervals;
use crate::verdict::Status;

/// Rows of one table; what is less bad is left out.
const ROWS_SHOWN: usize = 40;

/// Regions or offices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Region,
    Office,
}

impl By {
    /// The column of `children.parquet`, which is the key of anchors, too.
    const fn key(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::Office => "office",
        }
    }

    fn groups(self, facts: &Facts) -> &BTreeMap<u32, Group> {
        match self {
            Self::Region => &facts.regions,
            Self::Office => &facts.offices,
        }
    }

    fn none(self, pen: &Pen<'_>) -> &'static str {
        match self {
            Self::Region => pen.t.no_regions,
            Self::Office => pen.t.no_offices,
        }
    }

    fn heading(self, pen: &Pen<'_>) -> &'static str {
        match self {
            Self::Region => pen.t.region,
            Self::Office => pen.t.office,
        }
    }

    /// What a label is called.
    fn name(self, pen: &Pen<'_>, code: u32) -> String {
        match self {
            Self::Region => pen.label(code, true),
            Self::Office => pen.office(code),
        }
    }
}

pub(super) struct FourRow {
    pub(super) name: &'static str,
    pub(super) filled: String,
    pub(super) width: String,
    pub(super) lacking: Figure,
}

/// A table by region or office.
pub(super) struct Table<R> {
    pub(super) title: &'static str,
    /// What is said where no child has a label.
    pub(super) none: &'static str,
    pub(super) heading: &'static str,
    pub(super) rows: Vec<R>,
    pub(super) left_out: Option<String>,
}

pub(super) struct FourPlace {
    pub(super) name: String,
    pub(super) children: Figure,
    /// Share filled of each of the four fields.
    pub(super) filled: Vec<Figure>,
}

pub(super) struct ListPlace {
    pub(super) name: String,
    pub(super) children: Figure,
    pub(super) listed: Figure,
    pub(super) share: String,
    pub(super) bounds: String,
    pub(super) sought: Figure,
    pub(super) unconfirmed: Figure,
    pub(super) review: Figure,
}

pub(super) fn four_name(pen: &Pen<'_>, field: Four) -> &'static str {
    match field {
        Four::Certificate => pen.t.four_certificate,
        Four::BirthDate => pen.t.four_birth_date,
        Four::Displacement => pen.t.four_displacement,
        Four::ContactLost => pen.t.four_contact,
    }
}

/// The children who lack a field.
fn lacking(field: Four) -> Term {
    match field {
        Four::Certificate => Term::Flag("has_certificate", false),
        Four::BirthDate => Term::Flag("has_birth_date", false),
        Four::Displacement => Term::Known("displacement", false),
        Four::ContactLost => Term::Known("contact_lost", false),
    }
}

pub(super) fn four(pen: &mut Pen<'_>, facts: &Facts) -> Vec<FourRow> {
    let all = facts.total.all.count;
    let mut rows = Vec::new();
    for (field, bucket) in Four::ALL.into_iter().zip(&facts.total.lacking) {
        let name = four_name(pen, field);
        let filled = part(all - bucket.count, all);
        let key = format!("lacking-{}", field.key());
        let title = format!("{}: {name}", pen.t.lacking);
        rows.push(FourRow {
            name,
            filled: pen.percent(filled),
            width: super::pen::length(100.0 * filled),
            lacking: pen.behind.count(&key, &title, bucket, &[lacking(field)]),
        });
    }
    rows
}

/// A group with what it is called, the key of its anchors, and who belongs to it.
pub(super) struct Member<'f> {
    pub(super) key: String,
    pub(super) name: String,
    /// The name with what it is the name of.
    pub(super) title: String,
    pub(super) term: Term,
    pub(super) group: &'f Group,
}

/// The groups by label, those without a label last; the place by label is their key. Nothing where no child has a label.
pub(super) fn named<'f>(pen: &Pen<'_>, facts: &'f Facts, by: By) -> Vec<Member<'f>> {
    let groups = by.groups(facts);
    let stated = |code: &u32| pen.run.label(*code).is_some();
    if !groups.keys().any(stated) {
        return Vec::new();
    }
    let mut codes: Vec<u32> = groups.keys().copied().collect();
    codes.sort_by_cached_key(|code| {
        let label = pen.run.label(*code);
        (label.is_none(), label.map(alphabetical))
    });
    let named = |(number, code): (usize, u32)| Member {
        key: format!("{}-{}", by.key(), number + 1),
        title: format!("{}: {}", by.heading(pen), by.name(pen, code)),
        name: by.name(pen, code),
        term: Term::Text(by.key(), pen.run.label(code).map(str::to_owned)),
        group: &groups[&code],
    };
    codes.into_iter().enumerate().map(named).collect()
}

/// The first rows of an order, and how many there are beside them.
fn cut<'f>(
    pen: &Pen<'_>,
    by: By,
    what: &str,
    mut named: Vec<Member<'f>>,
) -> (Vec<Member<'f>>, Option<String>) {
    let all = named.len();
    named.truncate(ROWS_SHOWN);
    let query = format!(
        "SELECT {0}, count(*), {what} FROM 'children.parquet' GROUP BY {0} ORDER BY 3 DESC",
        by.key()
    );
    let left = (all > ROWS_SHOWN).then(|| {
        let (shown, all) = (pen.count(ROWS_SHOWN as u64), pen.count(all as u64));
        fill(pen.t.groups_left, &[&shown, &all, &query])
    });
    (named, left)
}

/// How surely a group is bad: the lower bound of a share.
fn at_least(count: u64, of: u64) -> f64 {
    intervals::share(count, of).map_or(0.0, |share| share.low)
}

pub(super) fn four_places(pen: &mut Pen<'_>, facts: &Facts, by: By) -> Table<FourPlace> {
    let mut named = named(pen, facts, by);
    let badness = |group: &Group| {
        let empty: u64 = group.lacking.iter().map(|bucket| bucket.count).sum();
        at_least(empty, 4 * group.all.count)
    };
    // Stable: equals stay in the order of their labels.
    named.sort_by(|a, b| badness(b.group).total_cmp(&badness(a.group)));
    let what = "count(*) FILTER (NOT has_certificate) + count(*) FILTER (NOT has_birth_date) + \
                count(*) FILTER (displacement IS NULL) + count(*) FILTER (contact_lost IS NULL)";
    let (named, left_out) = cut(pen, by, what, named);
    let mut rows = Vec::new();
    for place in named {
        let all = place.group.all.count;
        let mut filled = Vec::new();
        for (field, bucket) in Four::ALL.into_iter().zip(&place.group.lacking) {
            let key = format!("{}-lacking-{}", place.key, field.key());
            let title = format!("{}: {}: {}", place.title, pen.t.lacking, four_name(pen, field));
            let terms = [place.term.clone(), lacking(field)];
            let text = pen.share(all - bucket.count, all);
            filled.push(pen.behind.figure(&key, &title, bucket, &terms, text));
        }
        let children = everybody(pen, &place);
        rows.push(FourPlace { name: place.name, children, filled });
    }
    let title = match by {
        By::Region => pen.t.four_region,
        By::Office => pen.t.four_office,
    };
    Table { title, none: by.none(pen), heading: by.heading(pen), rows, left_out }
}

fn everybody(pen: &mut Pen<'_>, place: &Member<'_>) -> Figure {
    let title = format!("{}: {}", place.title, pen.t.children_all);
    pen.behind.count(&place.key, &title, &place.group.all, std::slice::from_ref(&place.term))
}

pub(super) fn list_places(pen: &mut Pen<'_>, facts: &Facts, by: By) -> Table<ListPlace> {
    let mut named = named(pen, facts, by);
    named.sort_by_key(|place| std::cmp::Reverse(place.group.listed.count));
    let what = "count(*) FILTER (status IN ('reported_missing', 'unconfirmed', 'review', \
                'not_assessable'))";
    let (named, left_out) = cut(pen, by, what, named);
    let mut rows = Vec::new();
    for place in named {
        let (all, on_list) = (place.group.all.count, place.group.listed.count);
        let of = |pen: &mut Pen<'_>, what: &str, name: &str, bucket: &Bucket, statuses| {
            let key = format!("{}-{what}", place.key);
            let terms = [place.term.clone(), Term::Status(statuses)];
            pen.behind.count(&key, &format!("{}: {name}", place.title), bucket, &terms)
        };
        let word = |pen: &Pen<'_>, status| super::super::words::status(status, pen.lang);
        rows.push(ListPlace {
            listed: of(pen, "listed", pen.t.on_list, &place.group.listed, listed()),
            share: pen.share(on_list, all),
            bounds: pen.bounds(on_list, all),
            sought: of(
                pen,
                "sought",
                word(pen, Status::ReportedMissing),
                &place.group.sought,
                vec![Status::ReportedMissing],
            ),
            unconfirmed: of(
                pen,
                "unconfirmed",
                word(pen, Status::Unconfirmed),
                &place.group.unconfirmed,
                vec![Status::Unconfirmed],
            ),
            review: of(
                pen,
                "review",
                word(pen, Status::Review),
                &place.group.review,
                vec![Status::Review],
            ),
            children: everybody(pen, &place),
            name: place.name,
        });
    }
    let title = match by {
        By::Region => pen.t.list_by_region,
        By::Office => pen.t.list_by_office,
    };
    Table { title, none: by.none(pen), heading: by.heading(pen), rows, left_out }
}
