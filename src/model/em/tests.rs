use proptest::prelude::*;

use super::*;

/// Pairs drawn from known classes: the shares of patterns, not a random sample. Each field is
/// missing in a share of the pairs, whatever their class.
fn mixture(m: &Levels, u: &Levels, share: f64, fields: &[(Comparison, f64)]) -> PatternCounts {
    let mut patterns = vec![(Pattern::default(), 1.0_f64, 1.0_f64)];
    for &(field, missing) in fields {
        patterns = patterns
            .into_iter()
            .flat_map(|(pattern, pm, pu)| {
                (0..=field.levels().len()).map(move |at| {
                    let level = u8::try_from(at).unwrap();
                    if level == MISSING {
                        return (pattern, pm * missing, pu * missing);
                    }
                    (
                        pattern.with(field, level),
                        pm * m[field as usize][at] * (1.0 - missing),
                        pu * u[field as usize][at] * (1.0 - missing),
                    )
                })
            })
            .collect();
    }
    let mut counts = vec![BTreeMap::new(); RULES.len()];
    for (pattern, pm, pu) in patterns {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let n = (1e7 * (share * pm + (1.0 - share) * pu)).round() as u64;
        if n > 0 {
            counts[0].insert(pattern, n);
        }
    }
    counts
}

fn spread(comparison: Comparison, exact: f64) -> [f64; LEVELS] {
    let n = comparison.levels().len();
    let mut levels = [0.0; LEVELS];
    for level in &mut levels[1..=n] {
        *level = (1.0 - exact) / (n - 1) as f64;
    }
    levels[1] = exact;
    levels
}

/// u where each agreement has the same small chance.
fn chances(of_each: f64) -> Levels {
    std::array::from_fn(|c| {
        let n = Comparison::ALL[c].levels().len();
        let mut levels = [0.0; LEVELS];
        levels[1..n].fill(of_each);
        levels[n] = 1.0 - of_each * (n - 1) as f64;
        levels
    })
}

fn prior_of_all() -> Levels {
    std::array::from_fn(|c| prior::m(Comparison::ALL[c]))
}

#[test]
fn m_of_a_known_mixture_is_found_again() {
    let fields = [Comparison::Surname, Comparison::GivenName, Comparison::BirthDate];
    let mut m = prior_of_all();
    m[Comparison::Surname as usize] = spread(Comparison::Surname, 0.75);
    m[Comparison::GivenName as usize] = spread(Comparison::GivenName, 0.80);
    m[Comparison::BirthDate as usize] = spread(Comparison::BirthDate, 0.90);
    let u = chances(0.002);
    // Whole, and where each field is missing in many pairs.
    for missing in [[0.0, 0.0, 0.0], [0.2, 0.5, 0.1]] {
        let fields: Vec<_> = fields.into_iter().zip(missing).collect();
        let counts = mixture(&m, &u, 0.3, &fields);
        let trained = train(&counts, &[], &u);
        assert_eq!(trained.sets.len(), 1);
        assert!((trained.sets[0].lambda - 0.3).abs() < 0.02, "{}", trained.sets[0].lambda);
        for (field, _) in fields {
            let levels = trained.m[field as usize].iter().zip(&m[field as usize]);
            for (at, (&found, &true_m)) in levels.enumerate().skip(1) {
                assert!((found - true_m).abs() < 0.03, "{field:?} {at}: {found} for {true_m}");
            }
        }
    }
}

#[test]
fn what_the_block_fixes_keeps_its_prior() {
    // Rule 0 blocks by certificate: there it agrees, and that says nothing of m.
    assert_eq!(RULES[0].fixes, [Comparison::Certificate]);
    let fields = [(Comparison::Surname, 0.0), (Comparison::Certificate, 0.0)];
    let mut m = prior_of_all();
    m[Comparison::Surname as usize] = spread(Comparison::Surname, 0.6);
    m[Comparison::Certificate as usize] = spread(Comparison::Certificate, 0.3);
    let u = chances(0.001);
    let trained = train(&mixture(&m, &u, 0.9, &fields), &[], &u);
    assert!((trained.m[Comparison::Surname as usize][1] - 0.6).abs() < 0.03);
    let expected = train(&Vec::new(), &[], &u).m[Comparison::Certificate as usize];
    let bits = |levels: [f64; LEVELS]| levels.map(f64::to_bits);
    assert_eq!(bits(trained.m[Comparison::Certificate as usize]), bits(expected));
    assert_eq!(bits(trained.seen[Comparison::Certificate as usize]), bits([0.0; LEVELS]));
}

#[test]
fn few_pairs_leave_the_prior() {
    let trained = train(&vec![BTreeMap::new(); RULES.len()], &[], &chances(0.001));
    assert!(trained.sets.is_empty());
    for comparison in Comparison::ALL {
        let expected = prior::m(comparison)[1];
        assert!((trained.m[comparison as usize][1] - expected).abs() < 0.02);
    }
}

#[test]
fn labelled_pairs_are_members_of_their_class() {
    let u = chances(0.001);
    let pattern = |at| Pattern::default().with(Comparison::Surname, at);
    let label = |at, same, weight| Labelled { pattern: pattern(at), same, weight, rules: 0 };
    let far = Comparison::Surname as usize;
    // A register of a dozen records is at the prior, which a person's labels outweigh.
    let told = [label(1, true, 1_200.0), label(3, true, 780.0), label(9, false, 5_000.0)];
    let trained = train(&Vec::new(), &told, &u);
    let prior = prior::m(Comparison::Surname);
    let expected = (1_200.0 + 20.0 * prior[1]) / (1_980.0 + 20.0);
    assert!((trained.m[far][1] - expected).abs() < 0.01, "{}", trained.m[far][1]);
    assert!((trained.m[far][3] - 0.39).abs() < 0.01);
    assert_eq!(trained.labels, Labels { same: 1_980.0, different: 5_000.0 });
    // Pairs labelled different are no evidence of m.
    let without = train(&Vec::new(), &told[..2], &u);
    assert_eq!(trained.m, without.m);
    // Nor does it matter in which order they were labelled.
    let mut turned = told;
    turned.reverse();
    assert_eq!(train(&Vec::new(), &turned, &u), trained);
}

#[test]
fn labels_turn_a_block_that_is_misled() {
    // A thousand pairs agree on surname and patronymic, and nearly on the given name: u says that
    // hardly anybody does so by chance, so training takes part of them for one child.
    let u = chances(0.000_1);
    let namesakes = Pattern::default()
        .with(Comparison::Surname, 1)
        .with(Comparison::Patronymic, 1)
        .with(Comparison::GivenName, 7);
    let children = Pattern::default()
        .with(Comparison::Surname, 1)
        .with(Comparison::Patronymic, 1)
        .with(Comparison::GivenName, 1);
    let mut counts: PatternCounts = vec![BTreeMap::new(); RULES.len()];
    counts[0].insert(namesakes, 1_000);
    counts[0].insert(children, 1_000);
    let misled = train(&counts, &[], &u);
    let close = |trained: &Trained| trained.m[Comparison::GivenName as usize][7];
    assert!(close(&misled) > 0.1, "{}", close(&misled));
    let label = |pattern, same, weight| Labelled { pattern, same, weight, rules: 1 };
    let told =
        train(&counts, &[label(namesakes, false, 1_000.0), label(children, true, 1_000.0)], &u);
    assert!(close(&told) < 0.01, "{}", close(&told));
    // Half of the pairs, but for what the bound on kin moves.
    assert!((told.sets[0].lambda - 0.5).abs() < 0.02, "{}", told.sets[0].lambda);
}

#[test]
fn shares_are_the_likeliest_of_those_allowed() {
    let close = |sums: Shares, expected: Shares| {
        let shares = capped(sums);
        for (share, expected) in shares.iter().zip(expected) {
            assert!((share - expected).abs() < 1e-12, "{shares:?} for {expected}");
        }
    };
    close([50.0, 5.0, 5.0, 40.0], [0.5, 0.05, 0.05, 0.4]);
    // Twins are held, and the rest keep their proportions.
    close([20.0, 70.0, 0.0, 10.0], [0.5, 0.25, 0.0, 0.25]);
    // Holding one may lift the other above its bound.
    close([10.0, 60.0, 20.0, 10.0], [0.25, 0.25, 0.25, 0.25]);
    close([0.0, 3.0, 4.0, 0.0], [0.0, 0.25, 0.25, 0.5]);
}

#[test]
fn the_history_is_thinned_and_ends_with_the_end() {
    let round =
        |round| Round { round, log_likelihood: 0.0, penalised: 0.0, lambda: 0.0, change: 0.0 };
    let all: Vec<Round> = (1..=57).map(round).collect();
    let kept: Vec<usize> = thinned(&all).iter().map(|round| round.round).collect();
    let expected: Vec<usize> = (1..=20).chain([30, 40, 50, 57]).collect();
    assert_eq!(kept, expected);
}

/// Patterns of any levels, with counts; and labelled ones.
fn patterns() -> impl Strategy<Value = Vec<(Pattern, u64)>> {
    let pattern = proptest::array::uniform11(0_u8..12).prop_map(|levels| {
        Comparison::ALL.into_iter().zip(levels).fold(Pattern::default(), |pattern, (c, level)| {
            // Half of the values are missing.
            let n = u8::try_from(c.levels().len()).unwrap();
            pattern.with(c, if level < 6 { MISSING } else { 1 + (level * 7) % n })
        })
    });
    proptest::collection::vec((pattern, 1_u64..5_000), 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_round_lowers_the_penalised_likelihood(
        counts in patterns(),
        labelled in proptest::collection::vec((0_usize..30, any::<bool>(), 0.1_f64..900.0, 0_u32..16), 0..6),
        chance in 1e-6_f64..0.05,
        rule in 0_usize..4,
    ) {
        let u = chances(chance);
        let labelled: Vec<Labelled> = labelled
            .into_iter()
            .map(|(at, same, weight, rules)| {
                Labelled { pattern: counts[at % counts.len()].0, same, weight, rules }
            })
            .collect();
        let set = Set::new(rule, &counts.into_iter().collect(), &labelled);
        for start in STARTS {
            let run = set.run(&prior_of_all(), &u, start);
            for pair in run.history.windows(2) {
                let (before, after) = (pair[0].penalised, pair[1].penalised);
                prop_assert!(after >= before - 1e-9 * before.abs().max(1.0), "{before} then {after}");
            }
            prop_assert!((run.shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }
}
