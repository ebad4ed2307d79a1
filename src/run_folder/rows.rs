//! The rows of `children.parquet` and `links.parquet`.

use arrow::array::{Array, BooleanArray, Date32Array, Float64Array, StringArray, UInt64Array};
use jiff::civil::Date;

use super::FolderError;
use super::table::{Rows, Table, TableError, date_at, list_at, text_at};
use crate::compare::Comparison;
use crate::job::Kind;
use crate::resolve::Decision;
use crate::verdict::{Status, Tier};

/// One child of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct ChildRow {
    /// Stable text id.
    pub child: String,
    /// Source of its main record.
    pub source: String,
    /// Row of its main record.
    pub row: u64,
    /// The source's own id of its main record.
    pub id: Option<String>,
    /// All its school records: source and row.
    pub records: Vec<(String, u64)>,
    /// What was decided.
    pub status: Status,
    /// Why: `code` or `code:source`.
    pub reason_codes: Vec<String>,
    /// Why, in sentences; empty where the run wrote none.
    pub reasons: Vec<String>,
    /// The latest evidence that counts.
    pub last_evidence: Option<Date>,
    /// 0 (last) to 1000 (first).
    pub priority: u16,
    /// Probability that a settled status rests on another person's records.
    pub wrong_probability: Option<f64>,
    /// What a settled status rests on.
    pub tier: Option<Tier>,
}

/// Hands the children of the table to `visit`.
pub(super) fn children<E: From<FolderError>>(
    table: Table,
    visit: &mut dyn FnMut(ChildRow) -> Result<(), E>,
) -> Result<(), E> {
    let mut wanted = vec![
        "child",
        "source",
        "row",
        "id",
        "records",
        "status",
        "reason_codes",
        "last_evidence",
        "priority",
    ];
    let with_reasons = table.has("reasons");
    let with_wrong = table.has("wrong_probability");
    let with_tier = table.has("tier");
    wanted.extend(with_reasons.then_some("reasons"));
    wanted.extend(with_wrong.then_some("wrong_probability"));
    wanted.extend(with_tier.then_some("tier"));
    let rows_of = |rows: &Rows| -> Result<Vec<ChildRow>, TableError> {
        let (child, source) = (rows.text("child")?, rows.text("source")?);
        let (row, id) = (rows.numbers("row")?, rows.text("id")?);
        let (records, status) = (rows.lists("records")?, rows.text("status")?);
        let codes = rows.lists("reason_codes")?;
        let reasons = with_reasons.then(|| rows.lists("reasons")).transpose()?;
        let (last, priority) = (rows.dates("last_evidence")?, rows.numbers("priority")?);
        let wrong = with_wrong.then(|| rows.floats("wrong_probability")).transpose()?;
        let tier = with_tier.then(|| rows.text("tier")).transpose()?;
        (0..rows.len())
            .map(|i| {
                let missing = |column| rows.bad(column, i, "empty");
                let status = text_at(&status, i)
                    .and_then(Status::from_key)
                    .ok_or_else(|| rows.bad("status", i, "no status of this program"))?;
                let records = list_at(&records, i)
                    .iter()
                    .map(|record| {
                        let (source, row) = record.rsplit_once(':')?;
                        Some((source.to_owned(), row.parse().ok()?))
                    })
                    .collect::<Option<Vec<_>>>()
                    .ok_or_else(|| rows.bad("records", i, "an item is no `source:row`"))?;
                Ok(ChildRow {
                    child: text_at(&child, i).ok_or_else(|| missing("child"))?.to_owned(),
                    source: text_at(&source, i).ok_or_else(|| missing("source"))?.to_owned(),
                    row: row.value(i),
                    id: text_at(&id, i).map(str::to_owned),
                    records,
                    status,
                    reason_codes: list_at(&codes, i),
                    reasons: reasons.as_ref().map_or_else(Vec::new, |list| list_at(list, i)),
                    last_evidence: date_at(&last, i),
                    priority: u16::try_from(priority.value(i)).unwrap_or(u16::MAX),
                    wrong_probability: wrong.as_ref().map(|array| array.value(i)),
                    tier: tier.as_ref().and_then(|tier| Tier::from_key(text_at(tier, i)?)),
                })
            })
            .collect()
    };
    for rows in table.batches(&wanted).map_err(FolderError::from)? {
        for row in rows.and_then(|rows| rows_of(&rows)).map_err(FolderError::from)? {
            visit(row)?;
        }
    }
    Ok(())
}

/// One accepted or possible link; its texts live as long as the visit.
#[derive(Clone, Copy, Debug)]
pub struct LinkRow<'a> {
    /// Source of the school record.
    pub population_source: &'a str,
    /// Row of the school record.
    pub population_row: u64,
    /// The source's own id of the school record.
    pub population_id: Option<&'a str>,
    /// The child of the run.
    pub child: &'a str,
    /// The register.
    pub registry: &'a str,
    /// Row of the register's record.
    pub registry_row: u64,
    /// The register's own id of its record.
    pub registry_id: Option<&'a str>,
    /// Match weight, log2.
    pub weight: f64,
    /// Probability that both records are of one child.
    pub probability: f64,
    /// Accepted or possible.
    pub decision: Decision,
    /// A twin or sibling explains the pair nearly as well.
    pub twin_risk: bool,
    /// What the register's record proves.
    pub evidence_kind: Option<Kind>,
    /// The day of that evidence.
    pub evidence_date: Option<Date>,
    /// Hash of the school record's values; absent unless asked for.
    pub population_content: Option<u64>,
    /// Hash of the values of the register's record; absent unless asked for.
    pub registry_content: Option<u64>,
    levels: &'a [(Comparison, StringArray, Float64Array)],
    index: usize,
}

impl<'a> LinkRow<'a> {
    /// Name of the level of each comparison that the run wrote, and the part of the
    /// weight it gives (log2).
    pub fn comparisons(&self) -> impl Iterator<Item = (Comparison, &'a str, f64)> {
        let i = self.index;
        self.levels.iter().map(move |(comparison, levels, weights)| {
            (*comparison, text_at(levels, i).unwrap_or("missing"), weights.value(i))
        })
    }

    /// Name of the level of one comparison; `missing` where the run wrote none.
    pub fn level(&self, comparison: Comparison) -> &'a str {
        self.comparisons().find(|c| c.0 == comparison).map_or("missing", |c| c.1)
    }
}

/// Columns of a batch of links.
struct LinkColumns {
    population_source: StringArray,
    population_row: UInt64Array,
    population_id: StringArray,
    child: StringArray,
    registry: StringArray,
    registry_row: UInt64Array,
    registry_id: StringArray,
    weight: Float64Array,
    probability: Float64Array,
    decision: StringArray,
    twin_risk: BooleanArray,
    kind: StringArray,
    date: Date32Array,
    contents: Option<[UInt64Array; 2]>,
    levels: Vec<(Comparison, StringArray, Float64Array)>,
}

impl LinkColumns {
    fn of(
        rows: &Rows,
        contents: bool,
        levels: &[(Comparison, String, String)],
    ) -> Result<Self, TableError> {
        let of = |column| rows.numbers(column);
        let contents = contents
            .then(|| Ok([of("population_content")?, of("registry_content")?]))
            .transpose()?;
        Ok(Self {
            population_source: rows.text("population_source")?,
            population_row: rows.numbers("population_row")?,
            population_id: rows.text("population_id")?,
            child: rows.text("child")?,
            registry: rows.text("registry")?,
            registry_row: rows.numbers("registry_row")?,
            registry_id: rows.text("registry_id")?,
            weight: rows.floats("weight")?,
            probability: rows.floats("probability")?,
            decision: rows.text("decision")?,
            twin_risk: rows.flags("twin_risk")?,
            kind: rows.text("evidence_kind")?,
            date: rows.dates("evidence_date")?,
            contents,
            levels: levels
                .iter()
                .map(|(comparison, level, weight)| {
                    Ok((*comparison, rows.text(level)?, rows.floats(weight)?))
                })
                .collect::<Result<_, TableError>>()?,
        })
    }

    fn row(&self, rows: &Rows, i: usize) -> Result<LinkRow<'_>, TableError> {
        let missing = |column| rows.bad(column, i, "empty");
        let text = |array, column| text_at(array, i).ok_or_else(|| missing(column));
        let decision = match text(&self.decision, "decision")? {
            "link" => Decision::Link,
            "review" => Decision::Review,
            _ => return Err(rows.bad("decision", i, "neither `link` nor `review`")),
        };
        let evidence_kind = match text_at(&self.kind, i) {
            None => None,
            Some(key) => Some(
                Kind::ALL
                    .into_iter()
                    .find(|kind| kind.key() == key)
                    .ok_or_else(|| rows.bad("evidence_kind", i, "no kind of this program"))?,
            ),
        };
        Ok(LinkRow {
            population_source: text(&self.population_source, "population_source")?,
            population_row: self.population_row.value(i),
            population_id: text_at(&self.population_id, i),
            // A link of no child is of no use to anybody, yet no reason to stop.
            child: text_at(&self.child, i).unwrap_or_default(),
            registry: text(&self.registry, "registry")?,
            registry_row: self.registry_row.value(i),
            registry_id: text_at(&self.registry_id, i),
            weight: self.weight.value(i),
            probability: self.probability.value(i),
            decision,
            twin_risk: self.twin_risk.is_valid(i) && self.twin_risk.value(i),
            evidence_kind,
            evidence_date: date_at(&self.date, i),
            population_content: self.contents.as_ref().map(|contents| contents[0].value(i)),
            registry_content: self.contents.as_ref().map(|contents| contents[1].value(i)),
            levels: &self.levels,
            index: i,
        })
    }
}

/// Which columns of the links are read beside those that all readers need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkParts {
    /// Levels and weights of the comparisons.
    Levels,
    /// Hashes of both records.
    Contents,
}

/// Hands the links of the table to `visit`.
pub(super) fn links<E: From<FolderError>>(
    table: Table,
    parts: LinkParts,
    visit: &mut dyn FnMut(&LinkRow<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let contents = parts == LinkParts::Contents;
    let levels: Vec<(Comparison, String, String)> = Comparison::ALL
        .into_iter()
        .filter(|_| parts == LinkParts::Levels)
        .map(|c| (c, format!("level_{}", c.key()), format!("weight_{}", c.key())))
        .filter(|(_, level, weight)| table.has(level) && table.has(weight))
        .collect();
    let mut wanted = vec![
        "population_source",
        "population_row",
        "population_id",
        "child",
        "registry",
        "registry_row",
        "registry_id",
        "weight",
        "probability",
        "decision",
        "twin_risk",
        "evidence_kind",
        "evidence_date",
    ];
    if contents {
        wanted.extend(["population_content", "registry_content"]);
    }
    wanted.extend(levels.iter().flat_map(|(_, level, weight)| [level.as_str(), weight.as_str()]));
    for rows in table.batches(&wanted).map_err(FolderError::from)? {
        let rows = rows.map_err(FolderError::from)?;
        let columns = LinkColumns::of(&rows, contents, &levels).map_err(FolderError::from)?;
        for i in 0..rows.len() {
            visit(&columns.row(&rows, i).map_err(FolderError::from)?)?;
        }
    }
    Ok(())
}
