//! Figures that lead to the rows behind them: by id where they are few, by a file and a
//! condition where they are many.

use std::collections::BTreeMap;
use std::fmt;

use askama::filters::HtmlSafe;

use super::super::words::{self, Lang};
use super::texts::texts;
use crate::verdict::{ReasonCode, Status, Tier};

/// Children that are named by id behind one figure.
pub(super) const IDS_SHOWN: usize = 50;

/// Children that a figure counts: how many, and who the first of them are.
#[derive(Clone, Debug, Default)]
pub(super) struct Bucket {
    pub(super) count: u64,
    /// Indices of children, ascending if they were added so.
    pub(super) first: Vec<u32>,
}

impl Bucket {
    pub(super) fn add(&mut self, child: usize) {
        self.count += 1;
        if self.first.len() < IDS_SHOWN {
            self.first.extend(u32::try_from(child).ok());
        }
    }
}

/// What a child on a register's side has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Found {
    /// An accepted link.
    Linked,
    /// A possible link, and no accepted one.
    Possible,
    /// Neither.
    Nothing,
}

impl Found {
    pub(super) const ALL: [Self; 3] = [Self::Linked, Self::Possible, Self::Nothing];

    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::Possible => "possible",
            Self::Nothing => "nothing",
        }
    }
}

/// Where all registers together hold a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trace {
    /// Accepted links to two registers or more.
    Several,
    /// An accepted link to one.
    One,
    /// Possible links only.
    Possible,
    /// No link.
    Nothing,
}

impl Trace {
    pub(super) const ALL: [Self; 4] = [Self::Several, Self::One, Self::Possible, Self::Nothing];

    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Several => "several",
            Self::One => "one",
            Self::Possible => "possible",
            Self::Nothing => "nothing",
        }
    }
}

/// A condition on children; several hold together.
#[derive(Clone, Debug)]
pub(super) enum Term {
    Status(Vec<Status>),
    /// A column of text has this value, or none.
    Text(&'static str, Option<String>),
    /// A column has a value.
    Known(&'static str, bool),
    /// A column of truth values has this one.
    Flag(&'static str, bool),
    /// From one age to another, or of none that is known.
    Age(Option<(u8, u8)>),
    Tier(Option<Tier>),
    Reason(ReasonCode),
    /// The child had another id in the run before.
    Renamed,
    /// What a register holds of the child.
    Register(String, Found),
    Trace(Trace),
}

/// Text as SQL quotes it.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl Term {
    /// The condition in SQL, on `children.parquet`.
    fn sql(&self) -> String {
        let linked = "SELECT child FROM 'links.parquet' WHERE child IS NOT NULL";
        match self {
            Self::Status(statuses) => match &**statuses {
                [one] => format!("status = '{}'", one.key()),
                many => {
                    let keys: Vec<_> =
                        many.iter().map(|status| format!("'{}'", status.key())).collect();
                    format!("status IN ({})", keys.join(", "))
                }
            },
            Self::Text(column, Some(value)) => format!("{column} = {}", quoted(value)),
            Self::Text(column, None) | Self::Known(column, false) => format!("{column} IS NULL"),
            Self::Known(column, true) => format!("{column} IS NOT NULL"),
            Self::Flag(column, true) => (*column).to_owned(),
            Self::Flag(column, false) => format!("NOT {column}"),
            Self::Age(Some((low, u8::MAX))) => format!("age >= {low}"),
            Self::Age(Some((low, high))) => format!("age BETWEEN {low} AND {high}"),
            Self::Age(None) => "age IS NULL".to_owned(),
            Self::Tier(Some(tier)) => format!("tier = '{}'", tier.key()),
            Self::Tier(None) => "tier IS NULL".to_owned(),
            Self::Reason(code) => format!(
                "regexp_matches(array_to_string(reason_codes, ' '), '(^| ){}(:| |$)')",
                code.key()
            ),
            Self::Renamed => "len(former) > 0".to_owned(),
            Self::Register(name, found) => {
                let of = format!("{linked} AND registry = {}", quoted(name));
                let accepted = format!("child IN ({of} AND decision = 'link')");
                match found {
                    Found::Linked => accepted,
                    Found::Possible => format!("child IN ({of}) AND NOT {accepted}"),
                    Found::Nothing => format!("child NOT IN ({of})"),
                }
            }
            Self::Trace(trace) => {
                let several = "GROUP BY child HAVING count(DISTINCT registry)";
                match trace {
                    Trace::Several => {
                        format!("child IN ({linked} AND decision = 'link' {several} > 1)")
                    }
                    Trace::One => {
                        format!("child IN ({linked} AND decision = 'link' {several} = 1)")
                    }
                    Trace::Possible => format!(
                        "child IN ({linked}) AND child NOT IN ({linked} AND decision = 'link')"
                    ),
                    Trace::Nothing => format!("child NOT IN ({linked})"),
                }
            }
        }
    }
}

/// A figure of the page: a text, which leads to its rows where there are some.
#[derive(Clone, Debug)]
pub(super) struct Figure {
    text: String,
    /// Anchor of the rows, and the figure's own where it is the first that leads there.
    link: Option<(String, bool)>,
}

/// Texts of figures are made of digits and words of the catalogue, keys of ASCII letters.
impl HtmlSafe for Figure {}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text.replace('&', "&amp;").replace('<', "&lt;");
        match &self.link {
            None => f.write_str(&text),
            Some((key, true)) => {
                let (lang, rest) = key.split_at(2);
                write!(f, "<a id=\"{lang}-f{rest}\" href=\"#{key}\">{text}</a>")
            }
            Some((key, false)) => write!(f, "<a href=\"#{key}\">{text}</a>"),
        }
    }
}

/// The rows behind one figure.
pub(super) struct Entry {
    pub(super) key: String,
    /// Anchor of the figure.
    pub(super) back: String,
    pub(super) title: String,
    pub(super) count: String,
    /// Ids of all of them, where they are few.
    pub(super) ids: Vec<String>,
    pub(super) terms: Vec<Term>,
    /// The filter of the workbook that shows them.
    pub(super) filter: Option<String>,
}

impl Entry {
    /// The rows of children on which all conditions hold.
    pub(super) fn sql(&self) -> String {
        let terms: Vec<_> = self.terms.iter().map(Term::sql).collect();
        format!("SELECT child FROM 'children.parquet' WHERE {}", terms.join(" AND "))
    }
}

/// All rows that figures lead to, as the page is made.
pub(super) struct Behind<'a> {
    lang: Lang,
    /// Language of the workbook of the list.
    workbook: Lang,
    /// Ids of children.
    ids: &'a dyn Fn(usize) -> Option<&'a str>,
    keys: BTreeMap<String, usize>,
    pub(super) entries: Vec<Entry>,
}

impl<'a> Behind<'a> {
    pub(super) fn new(
        lang: Lang,
        workbook: Lang,
        ids: &'a dyn Fn(usize) -> Option<&'a str>,
    ) -> Self {
        Self { lang, workbook, ids, keys: BTreeMap::new(), entries: Vec::new() }
    }

    /// The number of children in a bucket.
    pub(super) fn count(
        &mut self,
        key: &str,
        title: &str,
        bucket: &Bucket,
        terms: &[Term],
    ) -> Figure {
        self.figure(key, title, bucket, terms, words::count(bucket.count, self.lang))
    }

    /// Any text about the children in a bucket. One key stands for one bucket.
    pub(super) fn figure(
        &mut self,
        key: &str,
        title: &str,
        bucket: &Bucket,
        terms: &[Term],
        text: String,
    ) -> Figure {
        if bucket.count == 0 {
            return Figure { text, link: None };
        }
        let anchor = format!("{}-rows-{key}", self.lang.key());
        let first = !self.keys.contains_key(&anchor);
        if first {
            self.keys.insert(anchor.clone(), self.entries.len());
            let few = bucket.count <= IDS_SHOWN as u64;
            let shown = bucket.first.iter().filter(|_| few);
            let ids = shown.filter_map(|&child| (self.ids)(child as usize)).map(str::to_owned);
            self.entries.push(Entry {
                back: format!("{}-f-rows-{key}", self.lang.key()),
                key: anchor.clone(),
                title: title.to_owned(),
                count: words::children(bucket.count, self.lang),
                ids: ids.collect(),
                terms: terms.to_vec(),
                filter: workbook_filter(terms, self.workbook),
            });
        }
        Figure { text, link: Some((anchor, first)) }
    }
}

/// How the workbook of the list shows the same children, where its columns can.
fn workbook_filter(terms: &[Term], lang: Lang) -> Option<String> {
    let [Term::Status(statuses)] = terms else { return None };
    if !statuses.iter().all(|status| status.is_candidate()) {
        return None;
    }
    if statuses.len() == Status::ALL.iter().filter(|status| status.is_candidate()).count() {
        return Some("candidates.xlsx".to_owned());
    }
    let names: Vec<_> =
        statuses.iter().map(|status| format!("«{}»", words::status(*status, lang))).collect();
    Some(format!("candidates.xlsx: «{}» = {}", texts(lang).status, names.join(", ")))
}
