//! `zvirka init`: look at extracts, write a job to edit.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

use super::args::Init;
use super::{Exit, Printer, WrongArguments};
use crate::job;

pub(super) fn run(command: &Init, printer: &Printer) -> anyhow::Result<Exit> {
    let to_terminal = command.output == Path::new("-");
    let path = &command.output;
    if !to_terminal && path.exists() && !command.force {
        let text = format!(
            "{} is already there\n  hint: name another file by -o, or overwrite it by --force",
            path.display()
        );
        return Err(WrongArguments(text).into());
    }
    let text = match job::init::propose(&command.files, path) {
        Ok(text) => text,
        Err(failures) => {
            for failure in &failures {
                printer.error(failure);
            }
            return Ok(Exit::Failed);
        }
    };
    if to_terminal {
        printer.data(&text)?;
    } else {
        write(path, &text)?;
        let schema = path.with_file_name(job::SCHEMA_FILE);
        if !schema.exists() {
            write(&schema, &job::schema())?;
        }
        printer.say(&format!("wrote {}: check it, then run it", path.display()));
    }
    // What is still to be done before it runs, if anything.
    match job::open_text(&text, path) {
        Ok((_, warnings)) => printer.problems(&warnings),
        Err(problems) => {
            printer.problems(&problems);
            printer.say("the job has to be completed before it can run");
        }
    }
    Ok(Exit::Done)
}

/// Writes a file whole or not at all.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let whole = || -> std::io::Result<()> {
        let mut temporary = tempfile::Builder::new();
        // A job is no secret, unlike what temporary files usually hold; the umask decides.
        #[cfg(unix)]
        temporary.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = temporary.tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.persist(path)?;
        Ok(())
    };
    whole().with_context(|| format!("{} cannot be written; does its folder exist?", path.display()))
}
