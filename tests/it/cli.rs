//! Help, versions, exit codes.

use assert_cmd::Command;

pub(crate) fn zvirka() -> Command {
    let mut command = Command::cargo_bin("zvirka").expect("the binary is built for this test");
    command.env_clear();
    command
}

/// Stdout, stderr and the exit code, as one text.
pub(crate) fn shown(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    format!(
        "exit: {}\n--- stdout\n{}--- stderr\n{}",
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn help_of_every_command() {
    for command in
        ["", "run", "train", "init", "explain", "verify", "diff", "evaluate", "synth", "bench"]
    {
        let mut arguments: Vec<&str> = [command].into_iter().filter(|c| !c.is_empty()).collect();
        arguments.push("--help");
        let name = if command.is_empty() { "help" } else { command };
        insta::assert_snapshot!(format!("help_{name}"), shown(zvirka().args(arguments)));
    }
}

#[test]
fn wrong_arguments_are_exit_2_and_say_what_is_meant() {
    for (name, arguments) in [
        ("nothing", &[][..]),
        ("unknown_command", &["rum", "job.toml"]),
        ("unknown_option", &["run", "job.toml", "--treads", "2"]),
        ("zero_threads", &["run", "job.toml", "--threads", "0"]),
        (
            "model_and_labels",
            &["run", "job.toml", "--model", "model.json", "--labels", "labels.csv"],
        ),
        ("unknown_kind", &["run", "job.toml", "--allow", "undated,dates"]),
        ("half_a_seal", &["verify", "out", "--seal", "3f8a"]),
        ("no_files", &["init"]),
        ("no_record", &["explain", "out", "aikom"]),
        ("no_children", &["synth", "--children", "0", "--seed", "1", "--out", "o"]),
        (
            "wild_scale",
            &["synth", "--children", "1", "--seed", "1", "--out", "o", "--error-scale", "NaN"],
        ),
        ("quiet_and_verbose", &["run", "job.toml", "-q", "-v"]),
    ] {
        let shown = shown(zvirka().args(arguments));
        assert!(shown.starts_with("exit: 2\n"), "{name}: {shown}");
        insta::assert_snapshot!(format!("wrong_arguments_{name}"), shown);
    }
}

#[test]
fn the_version_is_told() {
    let version = format!("zvirka {}\n", env!("CARGO_PKG_VERSION"));
    zvirka().arg("--version").assert().code(0).stdout(version);
}
