//! The job file as it is written: every key, its type and its description. The JSON
//! Schema that editors use is made from these types, and the tables are read into
//! them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use toml::de::DeValue;

use super::near::did_you_mean;
use super::profiles;
use super::reader::{At, FromToml, OneOrMany, Reader, Wrong, read_value};
use super::types::{Format, Kind, Language, PrioritySettings, SheetsBy};
use crate::field::Field;

/// A job of zvirka: whose status is asked (population), where to look (registry), and
/// what counts as proof.
#[derive(Debug, Default, JsonSchema)]
#[schemars(title = "zvirka job", deny_unknown_fields)]
pub(super) struct RawJob {
    /// What is asked.
    #[schemars(required)]
    pub(super) job: Option<At<JobTable>>,
    /// What an error costs; the thresholds follow from it.
    pub(super) decision: Option<At<DecisionTable>>,
    /// Who is looked for first: points that place a child on the list.
    pub(super) priority: Option<At<PriorityTable>>,
    /// How lists are written.
    pub(super) report: Option<At<ReportTable>>,
    /// Lists of the children whose status is asked; at least one.
    #[schemars(required, length(min = 1))]
    pub(super) population: Vec<At<SourceTable>>,
    /// Registers in which evidence is sought.
    #[schemars(default)]
    pub(super) registry: Vec<At<SourceTable>>,
}

/// What is asked.
#[derive(Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct JobTable {
    /// Name of the job, shown in the reports. The name of the job file if absent.
    pub(super) name: Option<At<String>>,
    /// The day for which statuses are stated; later evidence is not counted.
    #[schemars(required, with = "CivilDate")]
    pub(super) as_of: Option<At<Date>>,
    /// Evidence from this day on settles a status; older evidence proves existence only.
    #[schemars(required, with = "CivilDate")]
    pub(super) evidence_since: Option<At<Date>>,
    /// The run's folder, relative to the job file, unless `--out` names another.
    #[schemars(extend("default" = "out"))]
    pub(super) output: Option<At<String>>,
    /// Share of a source's rows, from 0 to 1, that may be rejected before the run ends
    /// with exit code 3.
    #[schemars(extend("default" = 0.05, "minimum" = 0, "maximum" = 1))]
    pub(super) max_rejected_share: Option<At<f64>>,
}

/// What an error costs.
#[derive(Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct DecisionTable {
    /// One missing child wrongly confirmed costs as much as this many needless cases.
    #[schemars(extend("default" = 10_000, "exclusiveMinimum" = 0))]
    pub(super) hidden_child_cost: Option<At<f64>>,
    /// Pairs that the auditors can look at.
    #[schemars(extend("default" = 2_000, "minimum" = 0))]
    pub(super) review_capacity: Option<At<i64>>,
    /// What a look costs, in needless cases: pairs that save less are not shown.
    #[schemars(extend("default" = 0.02, "exclusiveMinimum" = 0, "maximum" = 1))]
    pub(super) look_cost: Option<At<f64>>,
    /// What it costs, in needless cases, to keep a child whom links settle on the list until
    /// somebody has looked. 1 holds nobody back; where auditors look before the list goes out,
    /// it is no more than a look.
    #[schemars(extend("default" = 1, "exclusiveMinimum" = 0))]
    pub(super) held_cost: Option<At<f64>>,
}

/// Who is looked for first.
#[derive(Debug, Default)]
pub(super) struct PriorityTable {
    pub(super) points: Vec<(&'static str, At<i64>)>,
    pub(super) regions: Vec<(String, At<i64>)>,
}

impl JsonSchema for PriorityTable {
    fn schema_name() -> Cow<'static, str> {
        "PriorityTable".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        PrioritySettings::json_schema(generator)
    }
}

/// How lists are written.
#[derive(Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct ReportTable {
    /// Language of the lists that schools and auditors read, unless `--lang` names another.
    #[schemars(extend("default" = "uk"))]
    pub(super) lang: Option<At<Language>>,
    /// What the workbook of candidates has a sheet for each of; one list if absent.
    pub(super) sheets_by: Option<At<SheetsBy>>,
}

/// One list of children or one register.
#[derive(Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct SourceTable {
    /// Name of the source, unique within the job: letters, digits, `_`, `-` and `.`.
    #[schemars(required, regex(pattern = r"^[\p{L}\p{N}_.-]+$"))]
    pub(super) name: Option<At<String>>,
    /// The file, a pattern such as `births-*.parquet`, or a list of them; relative to the
    /// job file.
    #[schemars(required)]
    pub(super) path: Option<At<OneOrMany>>,
    /// Format of the files; told by their names if absent.
    pub(super) format: Option<At<Format>>,
    /// Encoding of text files, such as `utf-8`, `windows-1251`, `koi8-u`, `cp866`,
    /// `utf-16`; detected if absent.
    pub(super) encoding: Option<At<String>>,
    /// The character between the columns of text files; detected if absent.
    #[schemars(length(min = 1, max = 3))]
    pub(super) delimiter: Option<At<Delimiter>>,
    /// Sheet or sheets of a workbook to read; every sheet with the headings if absent.
    pub(super) sheet: Option<At<OneOrMany>>,
    /// A built-in mapping of headings to fields, which `columns` adds to or overrides.
    #[schemars(extend("enum" = profiles::keys()))]
    pub(super) profile: Option<At<String>>,
    /// Which heading holds which field.
    pub(super) columns: Option<At<Columns>>,
    /// One person, one record. True for a registry, false for a population if absent.
    pub(super) unique: Option<At<bool>>,
    /// What a link to a row of this source proves. A registry without it proves
    /// identity; a population without it proves nothing.
    pub(super) evidence: Option<At<EvidenceTable>>,
    /// Of a register: for whom it is complete; absence elsewhere says nothing. Of a
    /// population: whose status is asked.
    pub(super) scope: Option<At<ScopeTable>>,
    /// Of a population: the day of the extract. Children who stand in earlier extracts only
    /// have vanished from the schools, or left them.
    #[schemars(with = "Option<CivilDate>")]
    pub(super) extracted: Option<At<Date>>,
}

/// Value of a deciding column → what it proves.
pub(super) type KindWords = Vec<(String, At<Kind>)>;

/// What a link to a row proves.
#[derive(Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct EvidenceTable {
    /// What every row proves.
    pub(super) kind: Option<At<Kind>>,
    /// Heading of the column that dates the evidence. Undated evidence settles nothing.
    pub(super) date: Option<At<String>>,
    /// The day of evidence that bears none of its own, such as that of the extract.
    #[schemars(with = "Option<CivilDate>")]
    pub(super) dated: Option<At<Date>>,
    /// Evidence of this register counts from this day on, instead of `evidence_since`.
    #[schemars(with = "Option<CivilDate>")]
    pub(super) since: Option<At<Date>>,
    /// Registers that copy each other name one witness and count once. The name of the
    /// source if absent.
    pub(super) witness: Option<At<String>>,
    /// Heading of the column whose value says what a row proves; instead of `kind`.
    pub(super) kind_column: Option<At<String>>,
    /// Value of that column → what it proves. Values are compared without case; a row
    /// with another value proves identity.
    #[schemars(with = "Option<BTreeMap<String, Kind>>")]
    pub(super) kinds: Option<At<KindWords>>,
}

/// For whom a register is complete.
#[derive(Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct ScopeTable {
    /// Regions covered; all if absent.
    pub(super) regions: Option<At<OneOrMany>>,
    /// First birth year covered.
    pub(super) born_from: Option<At<i64>>,
    /// Last birth year covered.
    pub(super) born_to: Option<At<i64>>,
    /// First day of the events that the register holds.
    #[schemars(with = "Option<CivilDate>")]
    pub(super) events_from: Option<At<Date>>,
    /// Last day of the events that the register holds.
    #[schemars(with = "Option<CivilDate>")]
    pub(super) events_to: Option<At<Date>>,
}

impl RawJob {
    pub(super) fn read(mut root: Reader<'_, '_>) -> Self {
        let raw = Self {
            job: root.table("job", JobTable::read),
            decision: root.table("decision", DecisionTable::read),
            priority: root.table("priority", PriorityTable::read),
            report: root.table("report", ReportTable::read),
            population: root.tables("population", SourceTable::read),
            registry: root.tables("registry", SourceTable::read),
        };
        root.finish();
        raw
    }
}

impl JobTable {
    fn read(mut table: Reader<'_, '_>) -> Self {
        let raw = Self {
            name: table.get("name"),
            as_of: table.require(
                "as_of",
                "write the day for which statuses are stated, such as as_of = 2023-07-05",
            ),
            evidence_since: table.require(
                "evidence_since",
                "write the day from which evidence counts, such as evidence_since = 2022-02-24",
            ),
            output: table.get("output"),
            max_rejected_share: table.get("max_rejected_share"),
        };
        table.finish();
        raw
    }
}

impl DecisionTable {
    fn read(mut table: Reader<'_, '_>) -> Self {
        let raw = Self {
            hidden_child_cost: table.get("hidden_child_cost"),
            review_capacity: table.get("review_capacity"),
            look_cost: table.get("look_cost"),
            held_cost: table.get("held_cost"),
        };
        table.finish();
        raw
    }
}

impl PriorityTable {
    fn read(mut table: Reader<'_, '_>) -> Self {
        let points = PrioritySettings::default()
            .points()
            .into_iter()
            .filter_map(|(key, _)| table.get(key).map(|at| (key, at)))
            .collect();
        let regions = table.entries("regions").map(|entries| {
            let (key, notes) = (table.key_of("regions"), table.notes());
            let regions = entries.value.into_iter().filter_map(|(name, points)| {
                let name = name.get_ref().trim().to_owned();
                read_value(points, &format!("{key}.{name}"), notes).map(|points| (name, points))
            });
            regions.collect()
        });
        table.finish();
        Self { points, regions: regions.unwrap_or_default() }
    }
}

impl ReportTable {
    fn read(mut table: Reader<'_, '_>) -> Self {
        let raw = Self { lang: table.get("lang"), sheets_by: table.get("sheets_by") };
        table.finish();
        raw
    }
}

impl SourceTable {
    fn read(mut table: Reader<'_, '_>) -> Self {
        let raw = Self {
            name: table.require("name", "name the source, such as name = \"births\""),
            path: table.require("path", "name the file, such as path = \"births.csv\""),
            format: table.get("format"),
            encoding: table.get("encoding"),
            delimiter: table.get("delimiter"),
            sheet: table.get("sheet"),
            profile: table.get("profile"),
            columns: Columns::read(&mut table),
            unique: table.get("unique"),
            evidence: table.table("evidence", EvidenceTable::read),
            scope: table.table("scope", ScopeTable::read),
            extracted: table.get("extracted"),
        };
        table.finish();
        raw
    }
}

impl EvidenceTable {
    fn read(mut table: Reader<'_, '_>) -> Self {
        let kinds = table.entries("kinds").map(|entries| {
            let (key, notes) = (table.key_of("kinds"), table.notes());
            let kinds = entries.value.into_iter().filter_map(|(value, kind)| {
                let word = value.get_ref().trim().to_owned();
                // The word is the analyst's own setting, not a row's value.
                read_value(kind, &format!("{key}.{word}"), notes).map(|kind| (word, kind))
            });
            At { value: kinds.collect(), line: entries.line }
        });
        let raw = Self {
            kind: table.get("kind"),
            date: table.get("date"),
            dated: table.get("dated"),
            since: table.get("since"),
            witness: table.get("witness"),
            kind_column: table.get("kind_column"),
            kinds,
        };
        table.finish();
        raw
    }
}

impl ScopeTable {
    fn read(mut table: Reader<'_, '_>) -> Self {
        let raw = Self {
            regions: table.get("regions"),
            born_from: table.get("born_from"),
            born_to: table.get("born_to"),
            events_from: table.get("events_from"),
            events_to: table.get("events_to"),
        };
        table.finish();
        raw
    }
}

/// Field → its heading, or several headings whose values are a set.
#[derive(Debug, Default)]
pub(super) struct Columns(pub(super) BTreeMap<Field, At<OneOrMany>>);

impl Columns {
    fn read(table: &mut Reader<'_, '_>) -> Option<At<Self>> {
        let entries = table.entries("columns")?;
        let (path, notes) = (table.key_of("columns"), table.notes());
        let mut columns = BTreeMap::new();
        for (key, value) in entries.value {
            let name = key.get_ref().as_ref();
            let path = format!("{path}.{name}");
            if let Some(field) = Field::from_key(name) {
                if let Some(headings) = read_value(value, &path, notes) {
                    columns.insert(field, headings);
                }
                continue;
            }
            // A heading or a foreign field name in place of the key is a usual slip.
            let hint = match profiles::field_of(name) {
                Some(field) => format!("did you mean `{}`?", field.key()),
                None => did_you_mean(name, &Field::ALL.map(Field::key)),
            };
            notes.error(notes.line(key.span().start), &path, "unknown field", hint);
        }
        Some(At { value: Self(columns), line: entries.line })
    }
}

impl JsonSchema for Columns {
    fn schema_name() -> Cow<'static, str> {
        "Columns".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let heading = OneOrMany::json_schema(generator);
        let fields = Field::json_schema(generator);
        let described = fields.get("oneOf").and_then(serde_json::Value::as_array);
        let properties: serde_json::Map<_, _> = Field::ALL
            .into_iter()
            .map(|field| {
                let mut schema = heading.clone();
                let own = described.and_then(|all| {
                    all.iter().find(|one| one.get("const") == Some(&field.key().into()))
                });
                if let Some(text) = own.and_then(|one| one.get("description")) {
                    schema.insert("description".to_owned(), text.clone());
                }
                (field.key().to_owned(), schema.to_value())
            })
            .collect();
        json_schema!({
            "description": "Which heading holds which field. A list of headings is a set of \
                            values, of which the one that agrees counts (of numbers and marks, \
                            the first that is filled); an empty list switches a field of the \
                            profile off.",
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
        })
    }
}

/// A day, as the schema knows it.
struct CivilDate;

impl JsonSchema for CivilDate {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "CivilDate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date" })
    }
}

/// The character between two columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Delimiter(pub(super) u8);

impl JsonSchema for Delimiter {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Delimiter".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "examples": [";", ",", "tab", "|"] })
    }
}

impl FromToml for Delimiter {
    const EXAMPLE: &'static str = "write one character in quotes: \";\", \",\", \"|\" or \"tab\"";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, Wrong> {
        let text = value.as_str().ok_or(Wrong::Type("a text in quotes"))?;
        let wrong = |message: &str| Wrong::Value {
            message: message.to_owned(),
            hint: Self::EXAMPLE.to_owned(),
        };
        match text.as_bytes() {
            b"tab" | b"\\t" => Ok(Self(b'\t')),
            [b'"' | b'\r' | b'\n' | 0] => Err(wrong("this character cannot part columns")),
            [letter] if letter.is_ascii_alphanumeric() => {
                Err(wrong("a letter or digit cannot part columns"))
            }
            [byte] if byte.is_ascii() => Ok(Self(*byte)),
            [] => Err(wrong("the delimiter is empty")),
            _ if text.chars().count() == 1 => Err(wrong("the delimiter is not an ASCII character")),
            _ => Err(wrong("the delimiter is longer than one character")),
        }
    }
}

impl FromToml for Language {
    const EXAMPLE: &'static str = "write \"uk\" or \"en\"";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, Wrong> {
        one_of(value, "language", Self::ALL.map(|one| (one.key(), one)))
    }
}

impl FromToml for SheetsBy {
    const EXAMPLE: &'static str = "write \"office\", \"region\" or \"school\"";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, Wrong> {
        one_of(value, "choice", Self::ALL.map(|one| (one.key(), one)))
    }
}

/// The value whose name is written.
fn one_of<T: Copy, const N: usize>(
    value: &DeValue<'_>,
    what: &str,
    known: [(&'static str, T); N],
) -> Result<T, Wrong> {
    let word = String::from_toml(value)?;
    known.iter().find(|(key, _)| *key == word).map(|(_, one)| *one).ok_or_else(|| Wrong::Value {
        message: format!("unknown {what} `{word}`"),
        hint: did_you_mean(&word, &known.map(|(key, _)| key)),
    })
}

impl FromToml for Format {
    const EXAMPLE: &'static str = "write one of csv, tsv, xlsx, ods, parquet, ndjson in quotes";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, Wrong> {
        let word = String::from_toml(value)?;
        let known = Self::ALL.map(Self::key);
        Self::ALL.into_iter().find(|format| format.key() == word).ok_or_else(|| Wrong::Value {
            message: format!("unknown format `{word}`"),
            hint: match word.as_str() {
                "xls" | "excel" => "save the file as xlsx in Excel and write \"xlsx\"".to_owned(),
                "json" | "jsonl" => "did you mean `ndjson`, one JSON object a line?".to_owned(),
                _ => did_you_mean(&word, &known),
            },
        })
    }
}

impl FromToml for Kind {
    const EXAMPLE: &'static str = "write a kind in quotes, such as \"present\"";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, Wrong> {
        let word = String::from_toml(value)?;
        let known = Self::ALL.map(Self::key);
        Self::ALL.into_iter().find(|kind| kind.key() == word).ok_or_else(|| Wrong::Value {
            message: format!("unknown kind `{word}`"),
            hint: match word.as_str() {
                "dead" | "died" | "death" | "killed" => "did you mean `deceased`?".to_owned(),
                "missing" | "wanted" => "did you mean `reported_missing`?".to_owned(),
                "idp" | "vpo" => "did you mean `displaced`?".to_owned(),
                "left" | "emigrated" => "did you mean `abroad`?".to_owned(),
                _ => did_you_mean(&word, &known),
            },
        })
    }
}
