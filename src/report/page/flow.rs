//! The children's way through the registers: a drawing of bands, a table of the same numbers,
//! and a bar for each register.

use super::super::tally::Tally;
use super::super::words;
use super::facts::Facts;
use super::figure::{Bucket, Figure, Found, Term, Trace};
use super::pen::{Pen, length, part};
use crate::verdict::Status;

/// Size of the drawing.
const WIDTH: f64 = 780.0;
/// Height that all children together have.
const TALL: f64 = 300.0;
/// Height that a node takes at least, so that its words do not run into the next.
const SLOT: f64 = 17.0;
const GAP: f64 = 7.0;
/// Left edges of the three columns of nodes, and their width.
const COLUMNS: [f64; 3] = [0.0, 205.0, 530.0];
const NODE: f64 = 12.0;

pub(super) struct Flow {
    pub(super) width: String,
    pub(super) height: String,
    pub(super) nodes: Vec<Node>,
    pub(super) bands: Vec<Band>,
    /// Statuses, as headings of the table.
    pub(super) statuses: Vec<&'static str>,
    pub(super) rows: Vec<TraceRow>,
    pub(super) totals: Vec<Figure>,
    pub(super) total: String,
    pub(super) registers: Vec<RegisterRow>,
}

pub(super) struct Node {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) width: String,
    pub(super) height: String,
    pub(super) class: String,
    pub(super) text_x: String,
    pub(super) text_y: String,
    pub(super) text: String,
    pub(super) title: String,
}

pub(super) struct Band {
    pub(super) path: String,
    pub(super) class: String,
    pub(super) title: String,
}

pub(super) struct TraceRow {
    pub(super) name: &'static str,
    pub(super) cells: Vec<Figure>,
    pub(super) all: Figure,
}

pub(super) struct RegisterRow {
    pub(super) name: String,
    /// Linked, possible only, not found.
    pub(super) counts: Vec<Figure>,
    pub(super) shares: Vec<String>,
    pub(super) linked: String,
    pub(super) possible: String,
    pub(super) kinds: String,
}

pub(super) fn flow(pen: &mut Pen<'_>, facts: &Facts, tally: &Tally) -> Flow {
    let statuses: Vec<_> = Status::ALL.map(|status| words::status(status, pen.lang)).to_vec();
    let mut flow = Flow {
        width: length(WIDTH),
        height: String::new(),
        nodes: Vec::new(),
        bands: Vec::new(),
        rows: rows(pen, facts, &statuses),
        totals: totals(pen, facts),
        total: pen.count(facts.total.all.count),
        registers: registers(pen, facts, tally),
        statuses,
    };
    draw(pen, facts, &mut flow);
    flow
}

pub(super) fn trace_name(pen: &Pen<'_>, trace: Trace) -> &'static str {
    match trace {
        Trace::Several => pen.t.flow_several,
        Trace::One => pen.t.flow_one,
        Trace::Possible => pen.t.flow_possible,
        Trace::Nothing => pen.t.flow_nothing,
    }
}

fn found_name(pen: &Pen<'_>, found: Found) -> &'static str {
    match found {
        Found::Linked => pen.t.found_linked,
        Found::Possible => pen.t.found_possible,
        Found::Nothing => pen.t.found_nothing,
    }
}

fn rows(pen: &mut Pen<'_>, facts: &Facts, statuses: &[&'static str]) -> Vec<TraceRow> {
    let mut rows = Vec::new();
    for (trace, cells) in Trace::ALL.into_iter().zip(&facts.traces) {
        let name = trace_name(pen, trace);
        let mut row = Vec::new();
        let mut all = Bucket::default();
        for ((status, bucket), word) in Status::ALL.into_iter().zip(cells).zip(statuses) {
            let key = format!("flow-{}-{}", trace.key(), status.key());
            let terms = [Term::Trace(trace), Term::Status(vec![status])];
            row.push(pen.behind.count(&key, &format!("{name} → {word}"), bucket, &terms));
            all.count += bucket.count;
            all.first.extend(&bucket.first);
        }
        all.first.sort_unstable();
        let all =
            pen.behind.count(&format!("flow-{}", trace.key()), name, &all, &[Term::Trace(trace)]);
        rows.push(TraceRow { name, cells: row, all });
    }
    rows
}

fn totals(pen: &mut Pen<'_>, facts: &Facts) -> Vec<Figure> {
    let figure = |(status, bucket): (Status, &Bucket)| {
        let title = format!("{}: {}", pen.t.status, words::status(status, pen.lang));
        let key = format!("status-{}", status.key());
        pen.behind.count(&key, &title, bucket, &[Term::Status(vec![status])])
    };
    Status::ALL.into_iter().zip(&facts.statuses).map(figure).collect()
}

fn registers(pen: &mut Pen<'_>, facts: &Facts, tally: &Tally) -> Vec<RegisterRow> {
    let all = facts.total.all.count;
    let mut rows = Vec::new();
    for (number, register) in facts.registers.iter().enumerate() {
        let mut counts = Vec::new();
        for (found, bucket) in Found::ALL.into_iter().zip(&register.found) {
            counts.push(register_figure(pen, number, &register.name, found, bucket));
        }
        let kinds: Vec<_> = tally
            .registers
            .iter()
            .filter(|count| count.source == register.source)
            .flat_map(|count| &count.kinds)
            .filter(|(_, n)| *n > 0)
            .map(|(kind, n)| format!("{}: {}", words::kind(*kind, pen.lang), pen.count(*n)))
            .collect();
        let width = |found: Found| length(100.0 * part(register.found[found as usize].count, all));
        rows.push(RegisterRow {
            name: register.name.clone(),
            counts,
            shares: register.found.iter().map(|bucket| pen.share(bucket.count, all)).collect(),
            linked: width(Found::Linked),
            possible: width(Found::Possible),
            kinds: if kinds.is_empty() { "–".to_owned() } else { kinds.join("; ") },
        });
    }
    rows
}

/// The children of whom a register has this, leading to them.
pub(super) fn register_figure(
    pen: &mut Pen<'_>,
    number: usize,
    name: &str,
    found: Found,
    bucket: &Bucket,
) -> Figure {
    let key = format!("register-{}-{}", number + 1, found.key());
    let title = format!("{name}: {}", found_name(pen, found));
    pen.behind.count(&key, &title, bucket, &[Term::Register(name.to_owned(), found)])
}

/// Where a node lies.
struct Place {
    top: f64,
    height: f64,
    middle: f64,
}

/// Nodes one below the other, each as high as its share.
fn column(counts: &[u64], all: u64) -> (Vec<Place>, f64) {
    let mut y = 0.0;
    let mut places = Vec::new();
    for &count in counts {
        let height = TALL * part(count, all);
        // A single child is seen, too.
        let height = if count > 0 { height.max(1.0) } else { 0.0 };
        let slot = if count > 0 { height.max(SLOT) } else { 0.0 };
        let middle = y + slot / 2.0;
        places.push(Place { top: middle - height / 2.0, height, middle });
        y += slot + if count > 0 { GAP } else { 0.0 };
    }
    (places, y)
}

fn draw(pen: &Pen<'_>, facts: &Facts, flow: &mut Flow) {
    let all = facts.total.all.count;
    let traces: Vec<u64> =
        facts.traces.iter().map(|row| row.iter().map(|cell| cell.count).sum()).collect();
    let statuses: Vec<u64> = facts.statuses.iter().map(|bucket| bucket.count).collect();
    let (first, _) = column(&[all], all);
    let (middle, a) = column(&traces, all);
    let (last, b) = column(&statuses, all);
    flow.height = length(a.max(b).max(TALL) + 6.0);

    let mut node = |at: usize, place: &Place, class: String, name: &str, count: u64| {
        let x = COLUMNS[at];
        flow.nodes.push(Node {
            x: length(x),
            y: length(place.top),
            width: length(NODE),
            height: length(place.height),
            class,
            text_x: length(x + NODE + 6.0),
            text_y: length(place.middle + 4.5),
            text: pen.count(count),
            title: name.to_owned(),
        });
    };
    node(0, &first[0], "node".to_owned(), pen.t.flow_all, all);
    let mut from_all = first[0].top;
    for ((trace, place), &count) in Trace::ALL.into_iter().zip(&middle).zip(&traces) {
        if count == 0 {
            continue;
        }
        let name = trace_name(pen, trace);
        node(1, place, format!("node t-{}", trace.key()), name, count);
        flow.bands.push(Band {
            path: band((COLUMNS[0] + NODE, from_all), (COLUMNS[1], place.top), place.height),
            class: format!("t-{}", trace.key()),
            title: format!("{}: {}", name, pen.count(count)),
        });
        from_all += place.height;
    }
    for ((status, place), &count) in Status::ALL.into_iter().zip(&last).zip(&statuses) {
        if count > 0 {
            let name = words::status(status, pen.lang);
            node(2, place, format!("c-{}", status.key()), name, count);
        }
    }
    let mut arrived: Vec<f64> = last.iter().map(|place| place.top).collect();
    for ((trace, place), cells) in Trace::ALL.into_iter().zip(&middle).zip(&facts.traces) {
        let mut left = place.top;
        for ((status, bucket), y) in Status::ALL.into_iter().zip(cells).zip(&mut arrived) {
            if bucket.count == 0 {
                continue;
            }
            let height = (TALL * part(bucket.count, all)).max(0.6);
            flow.bands.push(Band {
                path: band((COLUMNS[1] + NODE, left), (COLUMNS[2], *y), height),
                class: format!("t-{}", trace.key()),
                title: format!(
                    "{} → {}: {}",
                    trace_name(pen, trace),
                    words::status(status, pen.lang),
                    pen.count(bucket.count)
                ),
            });
            left += height;
            *y += height;
        }
    }
}

/// A band of even height from the right edge of one node to the left edge of another.
fn band(from: (f64, f64), to: (f64, f64), height: f64) -> String {
    let bend = f64::midpoint(from.0, to.0);
    let [a, b, c] = [from.0, to.0, bend].map(length);
    let [top, bottom, end, end_bottom] = [from.1, from.1 + height, to.1, to.1 + height].map(length);
    format!(
        "M{a} {top}C{c} {top} {c} {end} {b} {end}L{b} {end_bottom}C{c} {end_bottom} {c} {bottom} {a} {bottom}Z"
    )
}
