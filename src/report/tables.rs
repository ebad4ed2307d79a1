//! `children.parquet`, `links.parquet`, `rejected.csv`.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Float64Builder, ListBuilder, StringBuilder,
    UInt16Builder, UInt64Builder,
};
use arrow::datatypes::{DataType, Field as Column, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use jiff::civil::Date;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::compare::Comparison;
use crate::extract::Rejected;
use crate::resolve::Link;
use crate::verdict::{Child, Tier};

use super::folder::{Fault, Sink};
use super::sheets::guard;
use super::{Run, Traits, groups};

/// Rows that are held in memory as a batch.
pub(super) const BATCH: usize = 16 * 1024;

/// A Parquet writer whose bytes depend on the rows alone: no times, no version of a
/// library, one order of columns.
pub(super) fn parquet_writer(
    sink: &mut Sink,
    schema: SchemaRef,
) -> Result<ArrowWriter<&mut Sink>, Fault> {
    let properties = WriterProperties::builder()
        .set_created_by("zvirka".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_max_row_group_row_count(Some(8 * BATCH))
        .build();
    Ok(ArrowWriter::try_new(sink, schema, Some(properties))?)
}

/// A column of text.
pub(super) fn text(name: &str, nullable: bool) -> Column {
    Column::new(name, DataType::Utf8, nullable)
}

/// A column of lists of text.
pub(super) fn texts(name: &str) -> Column {
    let item = Arc::new(Column::new_list_field(DataType::Utf8, true));
    Column::new(name, DataType::List(item), false)
}

/// Adds one list of text.
pub(super) fn append_texts(list: &mut ListBuilder<StringBuilder>, values: &[String]) {
    for value in values {
        list.values().append_value(value);
    }
    list.append(true);
}

fn append_date(dates: &mut Date32Builder, date: Option<Date>) {
    let day = date.and_then(|date| {
        let epoch = jiff::civil::date(1970, 1, 1);
        i32::try_from(date.duration_since(epoch).as_hours() / 24).ok()
    });
    dates.append_option(day);
}

/// Writes `children.parquet`: one row a child, in the order of their ids.
pub(super) fn children(run: &Run<'_>, sink: &mut Sink) -> Result<(), Fault> {
    let mut columns = vec![
        text("child", false),
        text("source", false),
        Column::new("row", DataType::UInt64, false),
        text("id", true),
        texts("records"),
        text("status", false),
        texts("reason_codes"),
        texts("reasons"),
        Column::new("last_evidence", DataType::Date32, true),
        Column::new("priority", DataType::UInt16, false),
        Column::new("wrong_probability", DataType::Float64, false),
        text("tier", true),
        texts("record_keys"),
        texts("record_contents"),
        texts("former"),
        texts("fingerprints"),
        text("school", true),
        text("region", true),
        text("office", true),
        text("grade", true),
        text("displacement", true),
        Column::new("contact_lost", DataType::Boolean, true),
    ];
    columns.extend(groups::columns());
    let schema = Arc::new(Schema::new(columns));
    let mut writer = parquet_writer(sink, schema.clone())?;
    let traits = (0..run.children.len()).map(|at| run.traits.get(at).copied().unwrap_or_default());
    let traits: Vec<Traits> = traits.collect();
    for (at, (children, traits)) in run.children.chunks(BATCH).zip(traits.chunks(BATCH)).enumerate()
    {
        let columns = child_columns(run, at * BATCH, children, traits);
        writer.write(&RecordBatch::try_new(schema.clone(), columns)?)?;
    }
    writer.close()?;
    Ok(())
}

fn child_columns(
    run: &Run<'_>,
    first: usize,
    children: &[Child],
    traits: &[Traits],
) -> Vec<ArrayRef> {
    let mut child_ids = StringBuilder::new();
    let mut sources = StringBuilder::new();
    let mut rows = UInt64Builder::new();
    let mut ids = StringBuilder::new();
    let mut records = ListBuilder::new(StringBuilder::new());
    let mut statuses = StringBuilder::new();
    let mut codes = ListBuilder::new(StringBuilder::new());
    let mut reasons = ListBuilder::new(StringBuilder::new());
    let mut last_evidence = Date32Builder::new();
    let mut priorities = UInt16Builder::new();
    let mut wrong = Float64Builder::new();
    let mut tiers = StringBuilder::new();
    let mut keys = ListBuilder::new(StringBuilder::new());
    let mut contents = ListBuilder::new(StringBuilder::new());
    let mut former = ListBuilder::new(StringBuilder::new());
    let mut prints = ListBuilder::new(StringBuilder::new());
    let mut labels: [StringBuilder; 4] = Default::default();
    let mut displacements = StringBuilder::new();
    let mut contacts = BooleanBuilder::new();
    for (at, (child, traits)) in (first..).zip(children.iter().zip(traits)) {
        child_ids.append_value(&child.id);
        sources.append_value(run.source_name(child.main.source));
        rows.append_value(child.main.row);
        ids.append_option(child.main.id.as_deref());
        let all: Vec<_> = child.records.iter().map(|record| run.record(record)).collect();
        append_texts(&mut records, &all);
        statuses.append_value(child.status.key());
        append_texts(&mut codes, &run.codes(child));
        append_texts(&mut reasons, &run.reasons(child, run.job.report.lang));
        append_date(&mut last_evidence, child.last_evidence);
        priorities.append_value(child.priority);
        wrong.append_value(child.wrong_probability);
        tiers.append_option(child.tier.map(Tier::key));
        let all: Vec<_> = child.records.iter().map(|record| run.key(record)).collect();
        append_texts(&mut keys, &all);
        let all: Vec<_> =
            child.records.iter().map(|record| format!("{:016x}", record.content)).collect();
        append_texts(&mut contents, &all);
        append_texts(&mut former, &child.former);
        append_texts(&mut prints, run.fingerprints.get(at).map_or(&[][..], Vec::as_slice));
        let codes = [traits.school, traits.region, traits.office, traits.grade];
        for (column, code) in labels.iter_mut().zip(codes) {
            column.append_option(run.label(code));
        }
        displacements.append_option(groups::displacement(traits.displacement));
        contacts.append_option(traits.contact_lost);
    }
    let [mut schools, mut regions, mut offices, mut grades] = labels;
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(child_ids.finish()),
        Arc::new(sources.finish()),
        Arc::new(rows.finish()),
        Arc::new(ids.finish()),
        Arc::new(records.finish()),
        Arc::new(statuses.finish()),
        Arc::new(codes.finish()),
        Arc::new(reasons.finish()),
        Arc::new(last_evidence.finish()),
        Arc::new(priorities.finish()),
        Arc::new(wrong.finish()),
        Arc::new(tiers.finish()),
        Arc::new(keys.finish()),
        Arc::new(contents.finish()),
        Arc::new(former.finish()),
        Arc::new(prints.finish()),
        Arc::new(schools.finish()),
        Arc::new(regions.finish()),
        Arc::new(offices.finish()),
        Arc::new(grades.finish()),
        Arc::new(displacements.finish()),
        Arc::new(contacts.finish()),
    ];
    columns.extend(groups::arrays(traits, run.job.as_of));
    columns
}

/// Writes `links.parquet`: one row a link, in the order given.
pub(super) fn links(run: &Run<'_>, sink: &mut Sink) -> Result<(), Fault> {
    let mut columns = vec![
        text("population_source", false),
        Column::new("population_row", DataType::UInt64, false),
        text("population_id", true),
        Column::new("population_content", DataType::UInt64, false),
        text("child", true),
        text("registry", false),
        Column::new("registry_row", DataType::UInt64, false),
        text("registry_id", true),
        Column::new("registry_content", DataType::UInt64, false),
        Column::new("weight", DataType::Float64, false),
        Column::new("probability", DataType::Float64, false),
        text("decision", false),
        Column::new("twin_risk", DataType::Boolean, false),
        text("evidence_kind", true),
        Column::new("evidence_date", DataType::Date32, true),
    ];
    columns.extend(Comparison::ALL.map(|c| text(&format!("level_{}", c.key()), false)));
    columns.extend(
        Comparison::ALL
            .map(|c| Column::new(format!("weight_{}", c.key()), DataType::Float64, false)),
    );
    let schema = Arc::new(Schema::new(columns));
    let mut writer = parquet_writer(sink, schema.clone())?;
    for links in run.links.chunks(BATCH) {
        writer.write(&RecordBatch::try_new(schema.clone(), link_columns(run, links))?)?;
    }
    writer.close()?;
    Ok(())
}

fn link_columns(run: &Run<'_>, links: &[Link]) -> Vec<ArrayRef> {
    let mut population = StringBuilder::new();
    let mut population_rows = UInt64Builder::new();
    let mut population_ids = StringBuilder::new();
    let mut contents: [UInt64Builder; 2] = Default::default();
    let mut children = StringBuilder::new();
    let mut registries = StringBuilder::new();
    let mut registry_rows = UInt64Builder::new();
    let mut registry_ids = StringBuilder::new();
    let mut weights = Float64Builder::new();
    let mut probabilities = Float64Builder::new();
    let mut decisions = StringBuilder::new();
    let mut twin_risks = BooleanBuilder::new();
    let mut kinds = StringBuilder::new();
    let mut dates = Date32Builder::new();
    let mut levels: [StringBuilder; Comparison::COUNT] = Default::default();
    let mut parts: [Float64Builder; Comparison::COUNT] = Default::default();
    for link in links {
        population.append_value(run.source_name(link.population.source));
        population_rows.append_value(link.population.row);
        population_ids.append_option(link.population.id.as_deref());
        for (column, record) in contents.iter_mut().zip([&link.population, &link.registry]) {
            column.append_value(record.content);
        }
        children.append_option(run.children.get(link.child).map(|child| &child.id));
        registries.append_value(run.source_name(link.registry.source));
        registry_rows.append_value(link.registry.row);
        registry_ids.append_option(link.registry.id.as_deref());
        weights.append_value(link.weight);
        probabilities.append_value(link.probability);
        decisions.append_value(link.decision.key());
        twin_risks.append_value(link.twin_risk);
        kinds.append_option(link.evidence_kind.map(crate::job::Kind::key));
        append_date(&mut dates, link.evidence_date);
        for (comparison, levels) in Comparison::ALL.into_iter().zip(&mut levels) {
            levels.append_value(link.pattern.level_name(comparison));
        }
        for (part, parts) in link.parts.iter().zip(&mut parts) {
            parts.append_value(*part);
        }
    }
    let [mut population_contents, mut registry_contents] = contents;
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(population.finish()),
        Arc::new(population_rows.finish()),
        Arc::new(population_ids.finish()),
        Arc::new(population_contents.finish()),
        Arc::new(children.finish()),
        Arc::new(registries.finish()),
        Arc::new(registry_rows.finish()),
        Arc::new(registry_ids.finish()),
        Arc::new(registry_contents.finish()),
        Arc::new(weights.finish()),
        Arc::new(probabilities.finish()),
        Arc::new(decisions.finish()),
        Arc::new(twin_risks.finish()),
        Arc::new(kinds.finish()),
        Arc::new(dates.finish()),
    ];
    columns.extend(levels.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef));
    columns.extend(parts.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef));
    columns
}

/// Writes `rejected.csv`: sources in the order of the job, rows in order, what has no row
/// number last. Headings of columns are foreign text, so cells are guarded like those of
/// the candidate list.
pub(super) fn rejected(run: &Run<'_>, sink: &mut Sink) -> Result<(), Fault> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(sink);
    writer.write_record(["source", "row", "field", "reason", "whole_row"])?;
    for (source, list) in run.rejected.iter().enumerate() {
        let mut list: Vec<&Rejected> = list.iter().collect();
        list.sort_by_key(|item| (item.row.is_none(), *item));
        for item in list {
            writer.write_record([
                &*guard(run.source_name(source)),
                &*item.row.map_or_else(String::new, |row| row.to_string()),
                &*guard(&item.field),
                &*guard(&item.reason),
                if item.whole_row { "true" } else { "false" },
            ])?;
        }
    }
    writer.flush()?;
    Ok(())
}
