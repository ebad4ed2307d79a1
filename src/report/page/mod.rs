//! `report.html`: the run at a glance, in one file without scripts, in Ukrainian and English.
//! It may be passed on, so it holds no field of any child, only counts, ids of children and
//! reasons.
//!
//! `facts` counts; the other modules write a section each, in the language of their [`Pen`].
//! Both languages stand in the file, one after the other; two radio buttons and a rule of CSS
//! show one of them, on paper too. `texts` holds every text, and `figure` the way from a figure
//! to the rows behind it.

mod between;
mod equity;
mod facts;
mod figure;
mod flow;
mod histogram;
mod list;
mod overview;
mod pen;
mod places;
mod quality;
#[cfg(test)]
mod tests;
mod texts;

use std::io::Write;

use askama::Template;

use super::Run;
use super::candidates::Candidates;
use super::errors::{self, ErrorRow};
use super::folder::{Fault, Sink};
use super::learned::{self, Chart};
use super::tally::Tally;
use super::words::{self, Lang};

use facts::Facts;
use figure::Entry;
use pen::Pen;
use places::{By, FourPlace, FourRow, ListPlace, Table};
use texts::Texts;
pub(super) use texts::{fill, texts};

/// The file.
#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    lang: &'static str,
    title: String,
    versions: Vec<Version>,
}

/// The page in one language.
struct Version {
    key: &'static str,
    /// What the language calls itself.
    name: &'static str,
    shown: bool,
    body: String,
}

#[derive(Template)]
#[template(path = "report/body.html")]
struct Body {
    t: &'static Texts,
    /// Key of the language, with which every anchor begins.
    l: &'static str,
    title: String,
    as_of: String,
    sections: Vec<(&'static str, &'static str)>,
    overview: overview::Overview,
    flow: flow::Flow,
    histograms: Vec<histogram::Histogram>,
    chart: Option<Chart>,
    errors: Vec<ErrorRow>,
    four: Vec<FourRow>,
    four_places: [Table<FourPlace>; 2],
    list: list::List,
    list_places: [Table<ListPlace>; 2],
    equity: equity::Equity,
    movements: Vec<list::Move>,
    between: between::Between,
    quality: quality::Quality,
    rows: Vec<Entry>,
    rows_means: String,
    footer: String,
}

/// Writes the page.
pub(super) fn page(
    run: &Run<'_>,
    tally: &Tally,
    list: &Candidates<'_>,
    sink: &mut Sink,
) -> Result<(), Fault> {
    sink.write_all(render(run, tally, list)?.as_bytes())?;
    Ok(())
}

fn render(run: &Run<'_>, tally: &Tally, list: &Candidates<'_>) -> Result<String, askama::Error> {
    let facts = Facts::of(run);
    let first = run.job.report.lang;
    let mut versions = Vec::new();
    for lang in Lang::ALL {
        versions.push(Version {
            key: lang.key(),
            name: lang.of("Українською", "English"),
            shown: lang == first,
            body: body(run, tally, list, &facts, lang).render()?,
        });
    }
    let title = format!("{}. {}", title(run, first), as_of(run, first));
    Page { lang: first.key(), title, versions }.render()
}

fn title(run: &Run<'_>, lang: Lang) -> String {
    fill(texts(lang).title, &[&run.job.name])
}

fn as_of(run: &Run<'_>, lang: Lang) -> String {
    let (day, since) = (run.job.as_of, run.job.evidence_since);
    fill(texts(lang).as_of, &[&words::date(day, lang), &words::date(since, lang)])
}

fn body(
    run: &Run<'_>,
    tally: &Tally,
    candidates: &Candidates<'_>,
    facts: &Facts,
    lang: Lang,
) -> Body {
    let ids = |child: usize| run.children.get(child).map(|child| &*child.id);
    let mut pen = Pen::new(run, lang, &ids);
    pen.list = Some(candidates);
    let pen = &mut pen;
    let t = pen.t;
    // In the order of the page, for the first figure that leads to some rows is led back to.
    let overview = overview::overview(pen, facts, tally);
    let flow = flow::flow(pen, facts, tally);
    let list_places = [By::Region, By::Office].map(|by| places::list_places(pen, facts, by));
    let list = list::list(pen, facts, candidates);
    let four = places::four(pen, facts);
    let four_places = [By::Region, By::Office].map(|by| places::four_places(pen, facts, by));
    let equity = equity::equity(pen, facts);
    let movements = list::movements(pen, facts);
    let between = between::between(pen);
    let histograms = histogram::histograms(pen, facts);
    let body = Body {
        t,
        l: lang.key(),
        title: title(run, lang),
        as_of: as_of(run, lang),
        sections: Vec::new(),
        overview,
        flow,
        histograms,
        chart: learned::chart(run.model, lang),
        errors: errors::rows(run.errors, lang),
        four,
        four_places,
        list,
        list_places,
        equity,
        movements,
        between,
        quality: quality::quality(pen, tally),
        rows: std::mem::take(&mut pen.behind.entries),
        rows_means: fill(t.rows_means, &[&figure::IDS_SHOWN]),
        footer: fill(t.footer, &[&env!("CARGO_PKG_VERSION")]),
    };
    Body { sections: sections(&body), ..body }
}

/// The sections that there are, for the contents.
fn sections(body: &Body) -> Vec<(&'static str, &'static str)> {
    let t = body.t;
    let all = [
        ("headline", t.headline_title, true),
        ("statuses", t.status_title, true),
        ("tiers", t.tier_title, true),
        ("flow", t.flow_title, true),
        ("list", t.list_title, true),
        ("four", t.four_title, true),
        ("equity", t.equity_title, true),
        ("movements", t.moves_title, true),
        ("quality", t.quality_title, true),
        ("errors", t.errors_title, !body.errors.is_empty()),
        ("histogram", t.hist_title, !body.histograms.is_empty()),
        ("weights", t.weights_title, body.chart.is_some()),
        ("rows", t.rows_title, true),
    ];
    all.into_iter().filter(|(_, _, there)| *there).map(|(key, name, _)| (key, name)).collect()
}
