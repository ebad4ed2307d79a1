//! `movements.csv`: how each child stands in the latest extract against the earlier ones.

use std::collections::BTreeMap;
use std::io::Write as _;

use super::Run;
use super::folder::{Fault, Sink};
use super::sheets::guard;
use super::words::Lang;

/// Where a child stands in an extract; codes of [`Run::labels`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stand {
    /// School.
    pub school: u32,
    /// Region.
    pub region: u32,
    /// Class.
    pub grade: u32,
}

/// What became of a pupil between two extracts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MovementKind {
    /// In the same school.
    Stayed,
    /// In another school.
    School,
    /// In another region.
    Region,
    /// Marked as abroad since.
    Abroad,
    /// In the earlier extract only, from a class after which pupils leave, over the end of a
    /// school year.
    Graduated,
    /// In the earlier extract only.
    Vanished,
    /// In the latest extract only, in the first class.
    FirstGrader,
    /// In the latest extract only, in another class.
    Came,
}

impl MovementKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Stayed,
        Self::School,
        Self::Region,
        Self::Abroad,
        Self::Graduated,
        Self::Vanished,
        Self::FirstGrader,
        Self::Came,
    ];

    /// The name in outputs.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Stayed => "stayed",
            Self::School => "moved_school",
            Self::Region => "moved_region",
            Self::Abroad => "moved_abroad",
            Self::Graduated => "graduated",
            Self::Vanished => "vanished",
            Self::FirstGrader => "first_grader",
            Self::Came => "came",
        }
    }
}

/// What a movement is called.
pub(super) const fn name(kind: MovementKind, lang: Lang) -> &'static str {
    match kind {
        MovementKind::Stayed => lang.of("Та сама школа", "In the same school"),
        MovementKind::School => lang.of("Інша школа", "In another school"),
        MovementKind::Region => lang.of("Інша область", "In another region"),
        MovementKind::Abroad => lang.of("Позначено за кордоном", "Marked as abroad since"),
        MovementKind::Graduated => {
            lang.of("Вибули з випускного класу", "Left from a leaving class")
        }
        MovementKind::Vanished => {
            lang.of("Немає в останніх списках", "In none of the latest lists")
        }
        MovementKind::FirstGrader => lang.of("Першокласники", "First-graders"),
        MovementKind::Came => lang.of("З’явилися в інших класах", "Came to other classes"),
    }
}

/// How many children made each movement, by [`MovementKind::ALL`].
pub(super) fn counts(run: &Run<'_>) -> Vec<(MovementKind, u64)> {
    MovementKind::ALL
        .into_iter()
        .map(|kind| (kind, run.movements.iter().filter(|m| m.kind == kind).count() as u64))
        .collect()
}

/// Children by the regions they went between, most first; equals by the names.
pub(super) fn flows<'a>(run: &'a Run<'_>) -> Vec<([&'a str; 2], u64)> {
    let mut flows: BTreeMap<[&str; 2], u64> = BTreeMap::new();
    for movement in run.movements.iter().filter(|m| m.kind == MovementKind::Region) {
        let stands = [movement.from, movement.to];
        let names = stands.map(|at| at.and_then(|at| run.label(at.region)).unwrap_or_default());
        *flows.entry(names).or_default() += 1;
    }
    let mut flows: Vec<_> = flows.into_iter().collect();
    flows.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    flows
}

/// What became of one child between the earlier extracts and the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Index into [`Run::children`].
    pub child: usize,
    /// In a word.
    pub kind: MovementKind,
    /// Where it stood.
    pub from: Option<Stand>,
    /// Where it stands.
    pub to: Option<Stand>,
    /// Classes between the two: 1 for who was promoted once.
    pub classes: Option<i8>,
}

/// Writes the file: one row a child, in the order of ids; UTF-8 with a byte-order mark.
pub(super) fn csv(run: &Run<'_>, sink: &mut Sink) -> Result<(), Fault> {
    sink.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(sink);
    writer.write_record([
        "child",
        "movement",
        "status",
        "from_school",
        "from_region",
        "from_grade",
        "to_school",
        "to_region",
        "to_grade",
        "classes",
    ])?;
    for movement in run.movements {
        let Some(child) = run.children.get(movement.child) else { continue };
        writer.write_field(&*guard(&child.id))?;
        writer.write_field(movement.kind.key())?;
        writer.write_field(child.status.key())?;
        for stand in [movement.from, movement.to] {
            let stand = stand.unwrap_or_default();
            for code in [stand.school, stand.region, stand.grade] {
                writer.write_field(&*guard(run.label(code).unwrap_or_default()))?;
            }
        }
        writer.write_field(movement.classes.map(|n| n.to_string()).unwrap_or_default())?;
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()?;
    Ok(())
}
