//! The changes as JSON, written as they come: a million of them need no second copy.

use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;
use serde::ser::SerializeSeq as _;
use serde_json::{Map, Value, json};

use super::types::{Cause, Change, Diff, Difference, Kind, LinkView, RecordView, Standing, What};
use super::words;
use crate::report::words::Lang;
use crate::verdict::{Status, Tier};

impl Diff {
    /// Writes the changes as JSON, explanations in the given language.
    pub fn write_json(&self, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
        let mut serializer = serde_json::Serializer::pretty(&mut *out);
        let left = self.left().count();
        let unexplained: Vec<&str> =
            self.left().filter(|change| !change.is_explained()).map(Change::child).collect();
        let head = json!({
            "runs": self.runs,
            "old": self.side(0, self.children.0, self.listed.0),
            "new": self.side(1, self.children.1, self.listed.1),
            "left_list": left,
            "entered_list": self.changes.iter().filter(|change| change.entered_list()).count(),
            "left_unexplained": unexplained,
            "counts": self.counts(),
            "statuses": self.statuses(),
        });
        let Value::Object(head) = head else { return Ok(()) };
        let changes = Changes { diff: self, lang };
        let document = Document { head, changes };
        document.serialize(&mut serializer)?;
        out.write_all(b"\n")
    }

    fn side(&self, run: usize, children: u64, listed: u64) -> Value {
        let job = &self.runs.manifests[run].job;
        json!({
            "job": job.name,
            "as_of": job.as_of.to_string(),
            "evidence_since": job.evidence_since.to_string(),
            "children": children,
            "listed": listed,
        })
    }

    /// Kind → main cause → changes.
    fn counts(&self) -> Value {
        let mut kinds = Map::new();
        for kind in Kind::ALL {
            let mut causes = Map::new();
            for cause in Cause::ALL {
                causes.insert(cause.key().to_owned(), json!(self.count(kind, Some(cause))));
            }
            causes.insert("unexplained".to_owned(), json!(self.count(kind, None)));
            kinds.insert(kind.key().to_owned(), Value::Object(causes));
        }
        Value::Object(kinds)
    }

    /// Old status → new status → children.
    fn statuses(&self) -> Value {
        let key = |i: usize, none: &'static str| Status::ALL.get(i).map_or(none, |s| s.key());
        let mut rows = Map::new();
        for (i, row) in self.matrix.iter().enumerate() {
            let cells = row.iter().enumerate().filter(|(_, n)| **n > 0);
            let cells: Map<String, Value> =
                cells.map(|(j, n)| (key(j, "gone").to_owned(), json!(n))).collect();
            if !cells.is_empty() {
                rows.insert(key(i, "new").to_owned(), Value::Object(cells));
            }
        }
        Value::Object(rows)
    }

    fn change(&self, change: &Change, lang: Lang) -> Value {
        let causes: Vec<&str> = change.causes().into_iter().map(Cause::key).collect();
        let differences: Vec<Value> =
            change.differences.iter().map(|d| self.difference(d, lang)).collect();
        json!({
            "child": change.child(),
            "kind": change.kind.key(),
            "left_list": change.left_list(),
            "entered_list": change.entered_list(),
            "old": change.old.as_ref().map(|standing| self.standing(standing)),
            "new": change.new.as_ref().map(|standing| self.standing(standing)),
            "codes_came": texts(&change.codes_came),
            "codes_went": texts(&change.codes_went),
            "causes": causes,
            "explained": change.is_explained(),
            "proved": change.is_proved(),
            "differences": differences,
        })
    }

    fn standing(&self, standing: &Standing) -> Value {
        json!({
            "child": standing.child,
            "record": format!("{}:{}", self.runs.name(standing.source), standing.row),
            "status": standing.status.key(),
            "tier": standing.tier.map(Tier::key),
            "last_evidence": standing.last_evidence.map(|day| day.to_string()),
            "on_list": standing.on_list(),
        })
    }

    fn difference(&self, difference: &Difference, lang: Lang) -> Value {
        let mut value = json!({
            "cause": difference.cause.key(),
            "certain": difference.certain,
            "what": key(&difference.what),
            "text": words::difference(difference, &self.runs, lang),
        });
        let link = |link: &LinkView| self.link(link);
        let record = |record: &RecordView| self.record(record);
        match &difference.what {
            What::RecordChanged(old, new) => {
                value["old"] = record(old);
                value["new"] = record(new);
            }
            What::RecordWent(one) | What::RecordParted(one) => value["old"] = record(one),
            What::RecordCame(one) | What::RecordJoined(one) | What::RecordUnknown(one) => {
                value["new"] = record(one);
            }
            What::RowChanged(old, new) | What::Proves(old, new) | What::Judged(old, new) => {
                value["old"] = link(old);
                value["new"] = link(new);
            }
            What::RowWent(one) | What::Unlinked(one) => value["old"] = link(one),
            what => {
                if let Some(one) = what.link() {
                    value["new"] = link(one);
                }
            }
        }
        value
    }

    fn record(&self, record: &RecordView) -> Value {
        json!({
            "key": record.key,
            "source": self.runs.name(record.source),
            "row": record.row,
        })
    }

    fn link(&self, link: &LinkView) -> Value {
        json!({
            "registry": self.runs.name(link.registry),
            "row": link.row,
            "id": link.id,
            "evidence_kind": link.kind.map(crate::job::Kind::key),
            "evidence_date": link.date.map(|date| date.to_string()),
            "decision": link.decision.key(),
            "probability": link.probability,
        })
    }
}

fn texts(codes: &[Arc<str>]) -> Vec<&str> {
    codes.iter().map(|code| &**code).collect()
}

/// The name of what differs.
const fn key(what: &What) -> &'static str {
    match what {
        What::RecordCame(_) => "record_came",
        What::RecordWent(_) => "record_went",
        What::RecordChanged(..) => "record_changed",
        What::RecordUnknown(_) => "record_unknown",
        What::RecordJoined(_) => "record_joined",
        What::RecordParted(_) => "record_parted",
        What::Marks(_) => "marks",
        What::RowCame(_) => "row_came",
        What::RowWent(_) => "row_went",
        What::RowChanged(..) => "row_changed",
        What::Proves(..) => "proves",
        What::Judged(..) => "judged",
        What::Linked(_) => "linked",
        What::Unlinked(_) => "unlinked",
        What::TwinRisk(..) => "twin_risk",
        What::Counts(..) => "counts",
        What::Scope(..) => "scope",
        What::Settings => "settings",
        What::Decisions => "decisions",
        What::Probabilities(_) => "probabilities",
        What::Others(_) => "others",
        What::Program => "program",
    }
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    head: Map<String, Value>,
    changes: Changes<'a>,
}

/// The changes, each made as it is written.
struct Changes<'a> {
    diff: &'a Diff,
    lang: Lang,
}

impl Serialize for Changes<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.diff.changes.len()))?;
        for change in &self.diff.changes {
            list.serialize_element(&self.diff.change(change, self.lang))?;
        }
        list.end()
    }
}
