//! What can be checked before any file is opened: settings, names, paths.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::draft::{Draft, DraftSource};
use super::files;
use super::near::{did_you_mean, fold};
use super::profiles;
use super::raw::{DecisionTable, JobTable, PriorityTable, RawJob, ScopeTable, SourceTable};
use super::reader::{At, Notes};
use super::types::{DecisionSettings, Format, PrioritySettings, ReportSettings, Role, Scope};

/// Default of `max_rejected_share`.
const MAX_REJECTED_SHARE: f64 = 0.05;

/// Checks what was read and finds the files.
pub(super) fn check(path: &Path, raw: RawJob, notes: Notes) -> Draft {
    let base = path.parent().unwrap_or(Path::new("")).to_owned();
    if raw.job.is_none() && !notes.has_error("job") {
        let hint = "write [job] with as_of and evidence_since at the top";
        notes.error(0, "job", "the table [job] is missing", hint);
    }
    if raw.population.is_empty() && !notes.has_error("population") {
        let hint = "write [[population]] with name, path and columns for each list of children";
        notes.error(0, "population", "there is no population: nobody's status is asked", hint);
    }
    if raw.registry.is_empty() && !notes.has_error("registry") {
        let hint = "write [[registry]] with name, path and columns for each register";
        notes.warn(0, "registry", "there is no registry: nobody can be confirmed", hint);
    }
    let (job_line, job) = raw.job.map_or((0, JobTable::default()), |job| (job.line, job.value));
    let priority = priority(&raw.priority.map(|at| at.value).unwrap_or_default(), &notes);
    let report = raw.report.map(|at| at.value).unwrap_or_default();
    let report = ReportSettings {
        lang: report.lang.map(|at| at.value).unwrap_or_default(),
        sheets_by: report.sheets_by.map(|at| at.value),
    };
    let decision = decision(&raw.decision.map(|at| at.value).unwrap_or_default(), &notes);
    let max_rejected_share = share(&job, &notes);
    if let (Some(since), Some(as_of)) = (&job.evidence_since, &job.as_of)
        && since.value > as_of.value
    {
        notes.error(
            since.line,
            "job.evidence_since",
            "evidence counts only after the day for which statuses are stated",
            "set evidence_since to a day before as_of",
        );
    }
    let sources: Vec<DraftSource> =
        [(Role::Population, raw.population), (Role::Registry, raw.registry)]
            .into_iter()
            .flat_map(|(role, tables)| {
                tables.into_iter().enumerate().map(move |(i, t)| (role, i, t))
            })
            .map(|(role, index, table)| source(role, index, table, &base, &notes))
            .collect();
    if let Some(as_of) = &job.as_of {
        days_in_time(&sources, as_of.value, &notes);
    }
    names_differ(&sources, &notes);
    files_differ(&sources, &notes);

    let output = files::beside(&base, job.output.as_ref().map_or("out", |out| out.value.as_str()));
    let inputs = sources.iter().flat_map(|source| source.files.iter().flatten());
    if let Some((message, hint)) = files::output_problem(&output, path, inputs) {
        notes.error(job.output.map_or(job_line, |out| out.line), "job.output", message, hint);
    }
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    Draft {
        path: path.to_owned(),
        name: job.name.map(|name| name.value).or(stem).unwrap_or_default(),
        as_of: job.as_of.map(|at| at.value),
        evidence_since: job.evidence_since.map(|at| at.value),
        output,
        max_rejected_share,
        decision,
        priority,
        report,
        sources,
        notes,
    }
}

fn share(job: &JobTable, notes: &Notes) -> f64 {
    let Some(share) = &job.max_rejected_share else { return MAX_REJECTED_SHARE };
    if !(0.0..=1.0).contains(&share.value) {
        let hint = "write a share such as 0.05 for five rows in a hundred";
        notes.error(share.line, "job.max_rejected_share", "not between 0 and 1", hint);
    }
    share.value
}

fn decision(table: &DecisionTable, notes: &Notes) -> DecisionSettings {
    let mut settings = DecisionSettings::default();
    if let Some(cost) = &table.hidden_child_cost {
        let key = "decision.hidden_child_cost";
        if cost.value <= 0.0 {
            let hint = "write how many needless cases one hidden child is worth, such as 10000";
            notes.error(cost.line, key, "a cost must be above 0", hint);
        } else if cost.value < 1.0 {
            let hint = "a usual cost is 10000";
            notes.warn(cost.line, key, "a hidden child costs less than a needless case", hint);
        }
        settings.hidden_child_cost = cost.value;
    }
    for (at, name, most, held) in [
        (&table.look_cost, "look_cost", 1.0, &mut settings.look_cost),
        (&table.held_cost, "held_cost", f64::MAX, &mut settings.held_cost),
    ] {
        let Some(at) = at else { continue };
        if at.value <= 0.0 || at.value > most {
            let hint = "write a share of a needless case, such as 0.02";
            notes.error(at.line, &format!("decision.{name}"), "not above 0, or too much", hint);
        }
        *held = at.value;
    }
    if let Some(capacity) = &table.review_capacity {
        match u64::try_from(capacity.value) {
            Ok(pairs) => settings.review_capacity = pairs,
            Err(_) => notes.error(
                capacity.line,
                "decision.review_capacity",
                "a number of pairs cannot be negative",
                "write 0 or more",
            ),
        }
    }
    settings
}

fn priority(table: &PriorityTable, notes: &Notes) -> PrioritySettings {
    let mut settings = PrioritySettings::default();
    let points = |key: &str, at: &At<i64>| {
        let fits = i32::try_from(at.value).ok().filter(|points| points.abs() <= 1000);
        if fits.is_none() {
            let hint = "the list goes from 0 to 1000: write points between -1000 and 1000";
            notes.error(at.line, &format!("priority.{key}"), "too many points", hint);
        }
        fits.unwrap_or(0)
    };
    for (key, at) in &table.points {
        if let Some(held) = settings.point_mut(key) {
            *held = points(key, at);
        }
    }
    for (region, at) in &table.regions {
        settings.regions.insert(region.clone(), points(&format!("regions.{region}"), at));
    }
    settings
}

fn source(
    role: Role,
    index: usize,
    table: At<SourceTable>,
    base: &Path,
    notes: &Notes,
) -> DraftSource {
    let At { value: raw, line } = table;
    let role_key = match role {
        Role::Population => "population",
        Role::Registry => "registry",
    };
    let name = raw.name.as_ref().map(|name| name.value.clone());
    let key = format!("{role_key}[{}]", name.clone().unwrap_or_else(|| format!("#{}", index + 1)));

    if let Some(at) = &raw.name {
        let fit = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        if !at.value.chars().all(fit) || at.value.chars().count() > 64 || at.value.starts_with('.')
        {
            let hint =
                "write at most 64 letters, digits, `_`, `-` or `.`: records are named source:row";
            notes.error(at.line, &format!("{key}.name"), "unfit for the name of a source", hint);
        }
    }
    let path_key = format!("{key}.path");
    let files = raw.path.as_ref().and_then(|path| files::find(base, path, &path_key, notes));
    let format = match (&raw.format, &files, &raw.path) {
        (Some(format), ..) => Some(format.value),
        (None, Some(files), Some(path)) => files::format(files, path.line, &path_key, notes),
        _ => None,
    };
    let encoding = raw.encoding.as_ref().and_then(|label| match files::encoding(&label.value) {
        Ok(encoding) => Some(encoding),
        Err(hint) => {
            let message = format!("unknown encoding `{}`", label.value);
            notes.error(label.line, &format!("{key}.encoding"), message, hint);
            None
        }
    });
    let profile = raw.profile.as_ref().and_then(|name| {
        let found = profiles::find(&name.value);
        let key = format!("{key}.profile");
        match found {
            None => {
                let message = format!("unknown profile `{}`", name.value);
                notes.error(name.line, &key, message, did_you_mean(&name.value, &profiles::keys()));
            }
            Some(profile) if profile.role != role => {
                let message = format!("the profile `{}` is not for a {role_key}", profile.key);
                notes.error(name.line, &key, message, "choose another profile, or move the source");
            }
            Some(_) => {}
        }
        found
    });
    if let Some(format) = format {
        idle_settings(&raw, format, &key, notes);
    }
    if role == Role::Population {
        if let Some(unique) = raw.unique.as_ref().filter(|unique| !unique.value) {
            notes.warn(
                unique.line,
                &format!("{key}.unique"),
                "`unique = false` changes nothing in a population",
                "remove the key: school records of one child are joined anyway",
            );
        }
        let events = raw.scope.as_ref().map(|scope| &scope.value);
        if let Some(at) = events.and_then(|s| s.events_from.as_ref().or(s.events_to.as_ref())) {
            let hint = "remove it; `extracted` is the day of a population's extract";
            notes.warn(at.line, &format!("{key}.scope"), "a population has no events", hint);
        }
    } else if let Some(at) = &raw.extracted {
        let hint = "remove it; the day of evidence without one is `dated` of its evidence";
        let message = "`extracted` changes nothing in a register";
        notes.warn(at.line, &format!("{key}.extracted"), message, hint);
    }
    let scope = raw.scope.as_ref().map(|at| scope(&at.value, &format!("{key}.scope"), notes));
    DraftSource { role, name, key, line, files, format, encoding, profile, scope, raw }
}

/// Settings that the format does not know.
fn idle_settings(raw: &SourceTable, format: Format, key: &str, notes: &Notes) {
    let idle = |line: Option<usize>, name: &str, wanted: &str| {
        if let Some(line) = line {
            let message = format!("`{name}` changes nothing in {} files", format.key());
            notes.warn(
                line,
                &format!("{key}.{name}"),
                message,
                format!("remove it: only {wanted}"),
            );
        }
    };
    if !format.is_delimited() {
        idle(raw.delimiter.as_ref().map(|at| at.line), "delimiter", "delimited text has one");
    }
    if !format.is_delimited() && format != Format::Ndjson {
        idle(raw.encoding.as_ref().map(|at| at.line), "encoding", "text has an encoding to set");
    }
    if !format.is_workbook() {
        idle(raw.sheet.as_ref().map(|at| at.line), "sheet", "workbooks have sheets");
    }
}

fn scope(raw: &ScopeTable, key: &str, notes: &Notes) -> Scope {
    let year = |at: &Option<At<i64>>, name: &str| {
        let at = at.as_ref()?;
        let year = i16::try_from(at.value).ok().filter(|year| (1900..=2100).contains(year));
        if year.is_none() {
            notes.error(
                at.line,
                &format!("{key}.{name}"),
                "no year of birth",
                "write a year such as 2010",
            );
        }
        year
    };
    let scope = Scope {
        regions: raw.regions.as_ref().map(|at| at.value.0.clone()).unwrap_or_default(),
        born_from: year(&raw.born_from, "born_from"),
        born_to: year(&raw.born_to, "born_to"),
        events_from: raw.events_from.as_ref().map(|at| at.value),
        events_to: raw.events_to.as_ref().map(|at| at.value),
    };
    if let (Some(from), Some(to), Some(at)) = (scope.events_from, scope.events_to, &raw.events_to)
        && to < from
    {
        let hint = "set events_to to a day not before events_from";
        notes.error(at.line, &format!("{key}.events_to"), "the last day is before the first", hint);
    }
    if let (Some(from), Some(to), Some(at)) = (scope.born_from, scope.born_to, &raw.born_to)
        && to < from
    {
        let hint = "set born_to to a year not before born_from";
        notes.error(at.line, &format!("{key}.born_to"), "the last year is before the first", hint);
    }
    scope
}

/// Days of sources that lie after the day for which statuses are stated.
fn days_in_time(sources: &[DraftSource], as_of: Date, notes: &Notes) {
    for source in sources {
        let evidence = source.raw.evidence.as_ref().map(|at| &at.value);
        let days = [
            ("evidence.since", evidence.and_then(|rule| rule.since.as_ref())),
            ("evidence.dated", evidence.and_then(|rule| rule.dated.as_ref())),
            ("extracted", source.raw.extracted.as_ref()),
        ];
        for (name, day) in days {
            let Some(day) = day.filter(|day| day.value > as_of) else { continue };
            let key = format!("{}.{name}", source.key);
            let message = "this day is after the day for which statuses are stated";
            let hint = "set it to a day not after as_of, or as_of to a later day";
            // A list drawn later is of use all the same; evidence that never counts is not.
            if name == "extracted" {
                notes.warn(day.line, &key, message, hint);
            } else {
                notes.error(day.line, &key, message, hint);
            }
        }
    }
}

fn names_differ(sources: &[DraftSource], notes: &Notes) {
    let mut lines = BTreeMap::new();
    for source in sources {
        let Some(name) = &source.raw.name else { continue };
        // Without case: names become names of files.
        if let Some(first) = lines.insert(fold(&name.value), name.line) {
            notes.error(
                name.line,
                &format!("{}.name", source.key),
                format!("line {first} already gives a source this name"),
                "give each source a name of its own",
            );
        }
    }
}

fn files_differ(sources: &[DraftSource], notes: &Notes) {
    let mut owners: BTreeMap<&PathBuf, &DraftSource> = BTreeMap::new();
    for source in sources {
        for file in source.files.iter().flatten() {
            let Some(owner) = owners.insert(file, source) else { continue };
            // Sheets of one workbook may well be sources of their own.
            let sheets = |one: &DraftSource| one.raw.sheet.as_ref().map(|at| at.value.clone());
            if sheets(owner).is_none() || sheets(owner) == sheets(source) {
                let line = source.raw.path.as_ref().map_or(source.line, |path| path.line);
                notes.warn(
                    line,
                    &format!("{}.path", source.key),
                    format!("`{}` is also read by {}", file.display(), owner.key),
                    "a list compared with itself proves nothing; check the path",
                );
                break;
            }
        }
    }
}
