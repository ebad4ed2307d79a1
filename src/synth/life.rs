//! What became of the children since the war began, and the status that follows.

use super::days::{AS_OF, Day, SINCE, day};
use super::dice::Dice;
use super::profile::World;
use super::world::Family;

/// The traces that a child left in the registers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, not a state")]
pub(super) struct Life {
    /// The birth is registered.
    pub(super) birth_record: bool,
    /// In the health register.
    pub(super) health: bool,
    /// The day of the last visit to a doctor, where it is known.
    pub(super) visit: Option<Day>,
    /// Days of registration as displaced.
    pub(super) displaced: Vec<Day>,
    /// Border crossings: the day, and whether it led out of the country.
    pub(super) crossings: Vec<(Day, bool)>,
    /// Entries in the register of missing persons: the day, and whether the child is back.
    pub(super) missing: Vec<(Day, bool)>,
    /// Day of death.
    pub(super) death: Option<Day>,
    /// The school lost contact with the family.
    pub(super) contact_lost: bool,
    /// Stands in no register while a twin (or sibling) does: the case that a false link hides.
    pub(super) hidden_trap: bool,
}

/// The true status of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TrueStatus {
    /// A register saw the child in the country.
    Confirmed,
    /// A register saw the child leave.
    ConfirmedAbroad,
    /// A register holds the child's death.
    Deceased,
    /// The child is sought.
    ReportedMissing,
    /// The child is sought, and another register saw it later.
    Review,
    /// No register saw the child.
    Unconfirmed,
}

impl TrueStatus {
    /// Its name in `truth/children.parquet`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::ConfirmedAbroad => "confirmed_abroad",
            Self::Deceased => "deceased",
            Self::ReportedMissing => "reported_missing",
            Self::Review => "review",
            Self::Unconfirmed => "unconfirmed",
        }
    }
}

fn counts(day: Day) -> bool {
    (SINCE..=AS_OF).contains(&day)
}

impl Life {
    /// The latest sign in the country and the latest departure, by registers other than
    /// that of missing persons, as far as they count.
    fn seen(&self) -> (Option<Day>, Option<Day>) {
        let visit = self.visit.filter(|_| self.health);
        let back = self.crossings.iter().filter(|c| !c.1).map(|c| c.0);
        let here = self.displaced.iter().copied().chain(visit).chain(back).filter(|&d| counts(d));
        let out = self.crossings.iter().filter(|c| c.1).map(|c| c.0).filter(|&d| counts(d));
        (here.max(), out.max())
    }

    /// The status that the true rows of the registers give. Who saw a doctor on the day of
    /// leaving was seen: the linker may ask people about it, but the child is no lost one.
    pub(super) fn status(&self) -> TrueStatus {
        if self.death.is_some_and(counts) {
            return TrueStatus::Deceased;
        }
        let latest = |returned: bool| {
            self.missing.iter().filter(|m| m.1 == returned && counts(m.0)).map(|m| m.0).max()
        };
        let (sought, returned) = (latest(false), latest(true));
        let (here, out) = self.seen();
        // `None` sorts before every day.
        if sought.is_some() && returned <= sought {
            return if here > sought || out > sought {
                TrueStatus::Review
            } else {
                TrueStatus::ReportedMissing
            };
        }
        let here = here.max(returned);
        match out {
            Some(_) if out >= here => TrueStatus::ConfirmedAbroad,
            _ if here.is_some() => TrueStatus::Confirmed,
            _ => TrueStatus::Unconfirmed,
        }
    }

    /// Takes away what happened after `last`.
    fn end(&mut self, last: Day) {
        self.displaced.retain(|&day| day <= last);
        self.crossings.retain(|crossing| crossing.0 <= last);
        self.visit = self.visit.map(|visit| visit.min(last));
    }

    /// Takes away every sign of life since the war began.
    fn silence(&mut self, dice: &mut Dice) {
        self.displaced.clear();
        self.crossings.retain(|crossing| crossing.0 < SINCE);
        // Half are old visits, half are undated; and the register lacks many.
        self.visit = dice.chance(0.5).then(|| dice.between(day(2019, 1, 1), SINCE - 1));
        self.health &= dice.chance(0.55);
    }
}

/// What befell a family as a whole.
pub(super) struct Plan {
    silent: bool,
    out: Option<Day>,
    back: Option<Day>,
    displaced: Option<Day>,
    old_trip: Option<(Day, Day)>,
}

/// How silent a child is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Silence {
    Heard,
    Silent,
    Nowhere,
    /// Nowhere, while brothers and sisters are heard of.
    Trap,
}

impl Plan {
    /// Draws what befell `family`.
    pub(super) fn of(_family: &Family, world: &World, dice: &mut Dice) -> Self {
        let silent = dice.chance(world.silent_family);
        let abroad = dice.chance(world.abroad);
        let back = dice.chance(world.back);
        let trip = dice.chance(world.trip);
        let displaced = dice.chance(world.displaced);
        let out = dice.between(SINCE, AS_OF - 30);
        // Most left in the first weeks.
        let out = if dice.chance(0.6) { dice.between(SINCE, SINCE + 60) } else { out };
        let home_again = dice.between(out + 3, AS_OF.min(out + 400));
        let old = dice.between(day(2018, 6, 1), SINCE - 30);
        Self {
            silent,
            out: (abroad || trip).then_some(out),
            back: ((abroad && back) || (!abroad && trip)).then_some(home_again),
            displaced: displaced.then(|| dice.between(SINCE, AS_OF)),
            old_trip: dice.chance(0.10).then(|| (old, old + dice.between(3, 25))),
        }
    }

    fn silences(&self, family: &Family, world: &World, dice: &mut Dice) -> Vec<Silence> {
        let count = family.children.len();
        let mut silences: Vec<_> = (0..count)
            .map(|_| {
                let alone = dice.chance(world.silent_child);
                let nowhere = dice.chance(world.silent_nowhere);
                match (self.silent || alone, nowhere) {
                    (false, _) => Silence::Heard,
                    (true, false) => Silence::Silent,
                    (true, true) => Silence::Nowhere,
                }
            })
            .collect();
        for (at, child) in family.children.iter().enumerate() {
            if let Some(twin) = child.twin.filter(|&twin| twin > at)
                && dice.chance(world.twin_nowhere)
            {
                let (lost, found) = if dice.chance(0.5) { (at, twin) } else { (twin, at) };
                silences[lost] = Silence::Trap;
                silences[found] = Silence::Heard;
            } else if count > 1
                && child.twin.is_none()
                && !self.silent
                && dice.chance(world.sibling_nowhere)
            {
                silences[at] = Silence::Trap;
            }
        }
        silences
    }

    /// Gives every child of `family` its life.
    pub(super) fn live(&self, family: &mut Family, world: &World, dice: &mut Dice) {
        let silences = self.silences(family, world, dice);
        for (child, silence) in family.children.iter_mut().zip(silences) {
            child.life = self.life(silence, child.birth, world, dice);
        }
    }

    fn life(&self, silence: Silence, birth: Day, world: &World, dice: &mut Dice) -> Life {
        let mut life = self.traces(birth, world, dice);
        match silence {
            Silence::Heard => {}
            Silence::Silent => life.silence(dice),
            Silence::Nowhere | Silence::Trap => {
                life = Life { hidden_trap: silence == Silence::Trap, ..Life::default() };
            }
        }
        if silence == Silence::Heard {
            Self::misfortune(&mut life, world, dice);
        }
        let lost = match life.status() {
            TrueStatus::Unconfirmed | TrueStatus::ReportedMissing | TrueStatus::Review => {
                world.contact_lost_silent
            }
            TrueStatus::ConfirmedAbroad => world.contact_lost_abroad,
            TrueStatus::Confirmed | TrueStatus::Deceased => world.contact_lost,
        };
        life.contact_lost = dice.chance(lost);
        life
    }

    /// The traces of a child of whom something is heard.
    fn traces(&self, birth: Day, world: &World, dice: &mut Dice) -> Life {
        let mut life =
            Life { birth_record: !dice.chance(world.no_birth_record), ..Life::default() };
        let along = dice.chance(0.95);
        let trips = [self.old_trip.map(|trip| trip.0), self.old_trip.map(|trip| trip.1)]
            .into_iter()
            .chain([self.out, self.back])
            .zip([true, false, true, false])
            .filter_map(|(day, out)| day.map(|day| (day, out)));
        if along {
            life.crossings.extend(trips.filter(|&(day, _)| day > birth));
        }
        if let Some(day) = self.displaced
            && dice.chance(0.95)
        {
            life.displaced.push(day);
            if dice.chance(world.displaced_again) {
                life.displaced.push(dice.between(day, AS_OF));
            }
        }
        if dice.chance(world.health) {
            // A child abroad seldom sees a doctor at home.
            let abroad = self.out.is_some() && self.back.is_none() && along;
            let recent = if abroad { world.health_recent * 0.4 } else { world.health_recent };
            let last = if abroad { self.out.unwrap_or(AS_OF) } else { AS_OF };
            let undated = dice.chance(world.health_undated);
            let visit = if dice.chance(world.health_later) {
                dice.between(AS_OF + 1, AS_OF + 10)
            } else if dice.chance(recent) {
                // The later the likelier: the last of several visits.
                dice.between(SINCE, last).max(dice.between(SINCE, last))
            } else {
                dice.between(day(2018, 1, 1), SINCE - 1)
            };
            life.health = true;
            life.visit = (!undated).then_some(visit.max(birth));
        }
        let (here, out) = life.seen();
        if here.is_none() && out.is_none() {
            life.health = true;
            life.visit = Some(dice.between(SINCE, AS_OF));
        }
        life
    }

    /// Death, or disappearance, of a child.
    fn misfortune(life: &mut Life, world: &World, dice: &mut Dice) {
        let dead = dice.chance(world.deceased);
        let missing = dice.chance(world.missing);
        let day = dice.between(SINCE + 1, AS_OF - 10);
        if dead {
            life.end(day);
            life.death = Some(day);
        } else if missing {
            let returned = dice.chance(world.missing_returned);
            let contradicted = dice.chance(world.missing_contradicted);
            let both = dice.chance(0.6);
            let later = dice.between(day + 1, AS_OF);
            if returned {
                if both {
                    life.missing.push((day, false));
                }
                life.missing.push((later, true));
            } else {
                life.missing.push((day, false));
                if contradicted {
                    life.health = true;
                    life.visit = Some(later);
                } else {
                    life.end(day);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const D: Day = SINCE + 100;

    fn status(change: impl FnOnce(&mut Life)) -> TrueStatus {
        let mut life = Life { birth_record: true, ..Life::default() };
        change(&mut life);
        life.status()
    }

    fn visited(life: &mut Life, on: Day) {
        life.health = true;
        life.visit = Some(on);
    }

    #[test]
    fn evidence_counts_within_its_window_alone() {
        assert_eq!(status(|_| {}), TrueStatus::Unconfirmed);
        assert_eq!(status(|l| l.health = true), TrueStatus::Unconfirmed);
        for (day, expected) in [
            (SINCE - 1, TrueStatus::Unconfirmed),
            (SINCE, TrueStatus::Confirmed),
            (AS_OF, TrueStatus::Confirmed),
            (AS_OF + 1, TrueStatus::Unconfirmed),
        ] {
            assert_eq!(status(|l| visited(l, day)), expected);
            assert_eq!(status(|l| l.displaced.push(day)), expected);
            assert_eq!(status(|l| l.missing.push((day, true))), expected);
        }
    }

    #[test]
    fn the_latest_decides_and_abroad_wins_a_tie() {
        let out_and = |l: &mut Life, visit: Day| {
            l.crossings.push((D, true));
            visited(l, visit);
        };
        assert_eq!(status(|l| out_and(l, D - 1)), TrueStatus::ConfirmedAbroad);
        assert_eq!(status(|l| out_and(l, D)), TrueStatus::ConfirmedAbroad);
        // Out and in on one day, as one register tells it.
        assert_eq!(
            status(|l| l.crossings.extend([(D, true), (D, false)])),
            TrueStatus::ConfirmedAbroad
        );
        assert_eq!(status(|l| out_and(l, D + 1)), TrueStatus::Confirmed);
        assert_eq!(
            status(|l| l.crossings.extend([(D, true), (D + 9, false)])),
            TrueStatus::Confirmed
        );
    }

    #[test]
    fn sought_children() {
        assert_eq!(status(|l| l.missing.push((D, false))), TrueStatus::ReportedMissing);
        let sought_and = |l: &mut Life, visit: Day| {
            l.missing.push((D, false));
            visited(l, visit);
        };
        assert_eq!(status(|l| sought_and(l, D)), TrueStatus::ReportedMissing);
        assert_eq!(status(|l| sought_and(l, D + 1)), TrueStatus::Review);
        let returned = |l: &mut Life, back: Day| l.missing.extend([(D, false), (back, true)]);
        assert_eq!(status(|l| returned(l, D + 5)), TrueStatus::Confirmed);
        assert_eq!(status(|l| returned(l, D - 5)), TrueStatus::ReportedMissing);
        assert_eq!(
            status(|l| {
                returned(l, D + 5);
                l.crossings.push((D + 9, true));
            }),
            TrueStatus::ConfirmedAbroad
        );
    }

    #[test]
    fn death_comes_first() {
        let both = |l: &mut Life| {
            l.missing.push((D, false));
            l.death = Some(D + 1);
            visited(l, D - 1);
        };
        assert_eq!(status(both), TrueStatus::Deceased);
        assert_eq!(status(|l| l.death = Some(SINCE - 1)), TrueStatus::Unconfirmed);
    }
}
