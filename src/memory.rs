//! Memory: how much a run will need, how much it has had, how much it may have.
//!
//! The estimate follows from the numbers of rows alone, so it is the same on every machine. How its
//! figures were measured, and how to measure them again, is in `docs/performance.md`.

use bytesize::ByteSize;

/// The program itself, its tables of names, and what threads hold, bytes.
const FIXED: u64 = 34 << 20;
/// A row of any source, read and normalised, bytes; pools of distinct values included.
const WORLD_ROW: u64 = 260;
/// What linking and deciding add for a row of a list of schools, bytes.
const POPULATION_ROW: u64 = 1_700;
/// What linking adds for a row of a register, bytes.
const REGISTER_ROW: u64 = 700;

/// Numbers of rows of a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Of the lists of schools, all together.
    pub population: u64,
    /// Of the registers, all together.
    pub registers: u64,
}

/// What a job of so many rows will need, bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// The rows.
    pub rows: Rows,
    /// For the records alone, which stay in memory whatever the bound.
    pub world: u64,
    /// At the peak of the whole run, when nothing is put aside on the disk.
    pub peak: u64,
}

/// A bound in which not even the records have a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "--memory {} is too little: the records alone need about {} ({} rows of schools, {} of registers)\n\
     hint: allow at least {}, or split the job by region and run the parts one after the other",
    shown(*bound), shown(need.world), need.rows.population, need.rows.registers, round_up(need.world)
)]
pub struct TooLittle {
    /// The bound, bytes.
    pub bound: u64,
    /// What is needed.
    pub need: Need,
}

impl Rows {
    /// The estimate: see `docs/performance.md`.
    #[must_use]
    pub const fn need(self) -> Need {
        let rows = self.population.saturating_add(self.registers);
        let world = FIXED.saturating_add(rows.saturating_mul(WORLD_ROW));
        let population = self.population.saturating_mul(POPULATION_ROW);
        let registers = self.registers.saturating_mul(REGISTER_ROW);
        let peak = world.saturating_add(population).saturating_add(registers);
        Need { rows: self, world, peak }
    }
}

impl Need {
    /// Whether the job can be done within `bound` at all.
    ///
    /// # Errors
    /// Not even the records have a place.
    pub const fn check(self, bound: Option<u64>) -> Result<(), TooLittle> {
        match bound {
            Some(bound) if bound < self.world => Err(TooLittle { bound, need: self }),
            _ => Ok(()),
        }
    }

    /// Lines to tell before linking.
    #[must_use]
    pub fn lines(self, bound: Option<u64>) -> Vec<String> {
        let Rows { population, registers } = self.rows;
        let peak = shown(self.peak);
        let mut lines = vec![format!(
            "About {peak} of memory will be needed: {population} rows of schools, {registers} of registers"
        )];
        match (bound, available()) {
            (Some(bound), _) if bound < self.peak => {
                lines.push(format!("That is more than --memory {} allows", shown(bound)));
            }
            (None, Some(free)) if free < self.peak.saturating_sub(resident().unwrap_or(0)) => {
                lines.push(format!(
                    "This machine has {} free: close other programs, or split the job by region",
                    shown(free)
                ));
            }
            _ => {}
        }
        lines
    }
}

/// A size for people: `1.2 GiB`.
#[must_use]
pub fn shown(bytes: u64) -> String {
    ByteSize::b(bytes).display().iec().to_string()
}

/// A bound that is no less than so many bytes, to type: `1300MiB`.
fn round_up(bytes: u64) -> String {
    const STEP: u64 = 100 << 20;
    format!("{}MiB", bytes.div_ceil(STEP) * (STEP >> 20))
}

/// Understands a size: `4GiB`, `800MB`, `4G`; decimal units are powers of 1000.
///
/// # Errors
/// What to write instead.
pub fn parse(text: &str) -> Result<u64, String> {
    let size = text.trim().parse().ok().map(|ByteSize(bytes)| bytes);
    size.filter(|&bytes| bytes > 0)
        .ok_or_else(|| "write a size such as 4GiB, 800MiB or 4G (4,000,000,000 bytes)".to_owned())
}

/// The most memory that this program has had in use, bytes, where the system tells.
#[must_use]
pub fn peak() -> Option<u64> {
    figure("/proc/self/status", "VmHWM:")
}

/// The memory that this program has in use, bytes, where the system tells.
#[must_use]
pub fn resident() -> Option<u64> {
    figure("/proc/self/status", "VmRSS:")
}

/// Memory that the machine could give, bytes, where the system tells.
#[must_use]
pub fn available() -> Option<u64> {
    figure("/proc/meminfo", "MemAvailable:")
}

/// All memory of the machine, bytes, where the system tells.
#[must_use]
pub fn total() -> Option<u64> {
    figure("/proc/meminfo", "MemTotal:")
}

fn figure(file: &str, key: &str) -> Option<u64> {
    of_text(&std::fs::read_to_string(file).ok()?, key)
}

/// `KEY   123 kB` of the text, bytes.
fn of_text(text: &str, key: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(key))?;
    let kilobytes: u64 = rest.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_understood_in_either_kind_of_unit() {
        for (text, bytes) in [
            ("4GiB", 4 << 30),
            ("4 gib", 4 << 30),
            ("4G", 4_000_000_000),
            ("1.5GiB", 3 << 29),
            ("800M", 800_000_000),
            ("64K", 64_000),
            ("64KiB", 65_536),
            (" 12345 ", 12_345),
        ] {
            assert_eq!(parse(text), Ok(bytes), "{text}");
        }
        for text in ["", "0", "0GiB", "-4GiB", "four", "4 gigs", "GiB", "4GiB!", "inf", "nan"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(shown(3 << 29), "1.5 GiB");
    }

    #[test]
    fn a_bound_is_refused_only_where_the_records_have_no_place_and_the_remedy_is_enough() {
        let need = Rows { population: 1_000_000, registers: 2_000_000 }.need();
        assert!(need.world < need.peak);
        assert_eq!(need.check(None), Ok(()));
        assert_eq!(need.check(Some(need.world)), Ok(()));
        let text = need.check(Some(need.world - 1)).unwrap_err().to_string();
        assert!(text.contains("2000000 of registers") && text.contains("hint: "), "{text}");
        let remedy = text.split("at least ").nth(1).unwrap().split(',').next().unwrap();
        assert_eq!(need.check(Some(parse(remedy).unwrap())), Ok(()), "{remedy}");
        // A bound between the two is told of and kept.
        assert_eq!(need.lines(Some(need.peak)).len(), 1);
        assert_eq!(need.lines(Some(need.peak - 1)).len(), 2);
        let endless = Rows { population: u64::MAX, registers: u64::MAX };
        assert_eq!(endless.need().peak, u64::MAX);
    }

    #[test]
    fn figures_of_the_kernel_are_in_kilobytes() {
        let text = "Name:\tzvirka\nVmPeak:\t  20 kB\nVmHWM:\t   12 kB\n";
        assert_eq!(of_text(text, "VmHWM:"), Some(12 << 10));
        assert_eq!(of_text(text, "VmRSS:"), None);
        assert_eq!(of_text("VmHWM: x kB", "VmHWM:"), None);
        if cfg!(target_os = "linux") {
            assert!(peak().unwrap() >= 1 << 20 && total().unwrap() >= available().unwrap());
        }
    }
}
