//! On what it was measured: a figure without it says little.

use std::fmt;
use std::num::NonZeroUsize;
use std::thread;

use crate::memory;

/// The machine and the build; what the system does not tell is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The day of the measurement.
    pub day: String,
    /// Cores that this process may use.
    pub cores: usize,
    /// Threads that will work.
    pub threads: usize,
    /// The processor's name.
    pub processor: Option<String>,
    /// All memory, bytes.
    pub memory: Option<u64>,
    /// Processes that wanted to run, averaged over 1, 5 and 15 minutes: the noise.
    pub load: Option<String>,
}

impl Machine {
    /// This machine, now.
    #[must_use]
    pub fn here(threads: Option<NonZeroUsize>) -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let read = |file: &str| std::fs::read_to_string(file).ok();
        let load = read("/proc/loadavg");
        let load = load.map(|text| text.split(' ').take(3).collect::<Vec<_>>().join(" "));
        Self {
            day: jiff::Timestamp::now().to_string().chars().take(10).collect(),
            cores,
            threads: threads.map_or(cores, NonZeroUsize::get),
            processor: read("/proc/cpuinfo").and_then(|text| processor(&text)),
            memory: memory::total(),
            load,
        }
    }
}

/// The name of the first processor of `/proc/cpuinfo`.
fn processor(text: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix("model name"))?;
    Some(line.trim_start_matches([' ', '\t', ':']).to_owned())
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let build = if cfg!(debug_assertions) { ", a build for tests" } else { "" };
        let version = env!("CARGO_PKG_VERSION");
        write!(f, "zvirka {version}{build}, {}: {} threads on ", self.day, self.threads)?;
        write!(f, "{} cores", self.cores)?;
        if let Some(processor) = &self.processor {
            write!(f, " of {processor}")?;
        }
        if let Some(memory) = self.memory {
            write!(f, ", {}", memory::shown(memory))?;
        }
        if let Some(load) = &self.load {
            write!(f, ", load {load}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_says_what_it_is() {
        let text = "processor\t: 0\nmodel name\t: AMD EPYC 7B13\nmodel name\t: other\n";
        assert_eq!(processor(text).as_deref(), Some("AMD EPYC 7B13"));
        assert_eq!(processor("nothing"), None);
        let here = Machine::here(NonZeroUsize::new(3));
        assert!(here.cores > 0 && here.to_string().contains("3 threads"), "{here}");
        let unknown = Machine { processor: None, memory: None, load: None, ..here };
        assert!(unknown.to_string().ends_with("cores"), "{unknown}");
    }
}
