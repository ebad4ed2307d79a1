//! `zvirka synth`: invented registers with truth.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::mpsc;

use super::args::Synth;
use super::{Exit, Printer};
use crate::progress::Progress;
use crate::synth::{self, Options, Profile, Summary};

/// Share of the families that live in the region that `--region` names.
const HOME_SHARE: f64 = 0.92;

pub(super) fn run(command: &Synth, printer: &Printer) -> anyhow::Result<Exit> {
    let mut profile = match &command.profile {
        Some(path) => Profile::load(path)?,
        None => Profile::default(),
    };
    if let Some(region) = &command.region {
        profile.world.home_region.clone_from(region);
        profile.world.home_share = HOME_SHARE;
    }
    let progress = printer.progress();
    progress.stage("Inventing registers");
    progress.total(command.children);
    let summary = with_progress(&*progress, |tell| {
        synth::generate(&Options {
            children: command.children,
            seed: command.seed,
            out: command.out.clone(),
            profile: profile.scaled(command.error_scale),
            force: command.force,
            progress: Some(tell),
        })
    })?;
    progress.finish();
    drop(progress);
    printer.data(&describe(&summary))?;
    Ok(Exit::Done)
}

/// The generator's teller outlives no borrow, so it sends to a thread that may borrow.
fn with_progress<T>(progress: &dyn Progress, work: impl FnOnce(synth::ProgressFn) -> T + Send) -> T
where
    T: Send,
{
    std::thread::scope(|scope| {
        let (send, receive) = mpsc::channel::<u64>();
        let send = Arc::new(send);
        scope.spawn(move || {
            let mut done = 0;
            while let Ok(now) = receive.recv() {
                progress.advance(now.saturating_sub(done));
                done = done.max(now);
            }
        });
        work(Box::new(move |state| {
            // The receiver lives as long as the work.
            let _ = send.send(state.done);
        }))
    })
}

fn describe(summary: &Summary) -> String {
    let mut text = format!(
        "Invented {} children on the lists of {} schools, of {} persons in all\n\
         Twins on the lists {}; children in no register whose brother, sister or twin is in one {}\n",
        summary.children, summary.schools, summary.persons, summary.twins, summary.hidden_traps
    );
    for (source, (path, rows)) in &summary.rows {
        let file = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let _ = writeln!(text, "  {:10} {rows:>9} rows  {file}", source.key());
    }
    let _ = write!(text, "Next: zvirka run {}", summary.job.display());
    text
}
