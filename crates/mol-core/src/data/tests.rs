//! Splits and clusters by their definitions.

use super::*;
use crate::Seed;

fn rng(seed: u64) -> crate::Rng {
    Seed::new(seed).stream("split").rng()
}

/// Panics unless each item is in one part.
fn check_whole(split: &Split, items: usize) {
    let mut all = [&split.train[..], &split.validation, &split.test].concat();
    assert!([&split.train, &split.validation, &split.test].iter().all(|part| part.is_sorted()));
    all.sort_unstable();
    assert_eq!(all, (0..items).collect::<Vec<_>>());
}

fn sizes(split: &Split) -> [usize; 3] {
    [split.train.len(), split.validation.len(), split.test.len()]
}

#[test]
fn fractions_are_exact() {
    for items in [0, 1, 2, 3, 7, 10, 99, 1000] {
        for parts in [[0.8, 0.1, 0.1], [0.7, 0.2, 0.1], [1.0, 0.0, 0.0], [0.0, 0.5, 0.5], [1.0 / 3.0; 3]] {
            let fractions = Fractions::try_from(parts).unwrap();
            let counts = fractions.counts(items);
            assert_eq!(counts.iter().sum::<usize>(), items);
            for (count, part) in counts.iter().zip(parts) {
                assert!((*count as f64 - part * items as f64).abs() < 1.0, "{parts:?} of {items}: {counts:?}");
            }
            let strata: Vec<usize> = (0..items).map(|k| k % 4).collect();
            for split in
                [random_split(items, fractions, &mut rng(1)), stratified_split(&strata, fractions, &mut rng(1))]
            {
                check_whole(&split, items);
                assert_eq!(sizes(&split), counts);
            }
        }
    }
    for parts in [[0.5, 0.5, 0.5], [-0.1, 0.6, 0.5], [f64::NAN, 0.5, 0.5], [f64::INFINITY, 0.0, 0.0]] {
        assert!(Fractions::try_from(parts).is_err(), "{parts:?}");
    }
}

#[test]
fn strata_are_divided_alike() {
    // One item in twenty is positive.
    let strata: Vec<usize> = (0..2000).map(|k| usize::from(k % 20 == 0)).collect();
    let split = stratified_split(&strata, Fractions::new(0.8, 0.1, 0.1).unwrap(), &mut rng(3));
    let positive = |part: &[usize]| part.iter().filter(|&&item| strata[item] == 1).count();
    assert_eq!([&split.train, &split.validation, &split.test].map(|part| positive(part)), [80, 10, 10]);
}

#[test]
fn every_item_is_tested_under_some_seed() {
    let fractions = Fractions::new(0.8, 0.1, 0.1).unwrap();
    let single: Vec<usize> = (0..100).collect();
    let pairs: Vec<usize> = (0..100).map(|item| item / 2).collect();
    let rare: Vec<usize> = (0..100).map(|item| usize::from(item > 0)).collect();
    for strata in [single, pairs, rare] {
        let mut tested = vec![0; 100];
        for seed in 0..200 {
            let split = stratified_split(&strata, fractions, &mut rng(seed));
            assert_eq!(sizes(&split), [80, 10, 10]);
            split.test.iter().for_each(|&item| tested[item] += 1);
        }
        // 20 expected of each, σ = 4.2.
        assert!(tested.iter().all(|count| (4..=40).contains(count)), "{tested:?}");
    }
}

#[test]
fn seeds_decide() {
    let fractions = Fractions::new(0.8, 0.1, 0.1).unwrap();
    assert_eq!(random_split(100, fractions, &mut rng(1)), random_split(100, fractions, &mut rng(1)));
    assert_ne!(random_split(100, fractions, &mut rng(1)), random_split(100, fractions, &mut rng(2)));
    let first = random_split(12, fractions, &mut rng(1));
    assert_eq!((first.validation, first.test), (vec![6], vec![5]), "recorded splits never change");
}

#[test]
fn groups_are_never_torn() {
    let mut draw = Seed::new(9).rng();
    for round in 0..200 {
        let items = draw.below(80);
        let groups: Vec<usize> = (0..items).map(|_| draw.below(12) * draw.below(3)).collect();
        for order in [GroupOrder::LargestFirst, GroupOrder::Balanced] {
            let fractions = Fractions::new(0.6, 0.2, 0.2).unwrap();
            let split = grouped_split(&groups, fractions, order, &mut rng(round));
            check_whole(&split, items);
            assert!(split.train.len() as f64 <= 0.6 * items as f64 + 1e-6);
            let part_of = |item: usize| {
                usize::from(split.validation.contains(&item)) + 2 * usize::from(split.test.contains(&item))
            };
            for i in 0..items {
                for j in 0..i {
                    assert!(groups[i] != groups[j] || part_of(i) == part_of(j), "{i} and {j} of group {}", groups[i]);
                }
            }
        }
    }
}

#[test]
fn balanced_groups_fill_all_parts() {
    let groups: Vec<usize> = (0..1000).map(|item| if item < 300 { 0 } else { item / 5 }).collect();
    let fractions = Fractions::new(0.8, 0.1, 0.1).unwrap();
    let split = grouped_split(&groups, fractions, GroupOrder::Balanced, &mut rng(1));
    assert_eq!(sizes(&split), [800, 100, 100]);
    assert!(split.train.contains(&0), "a group larger than the others' parts can only train");
    let split = grouped_split(&groups, fractions, GroupOrder::LargestFirst, &mut rng(1));
    assert_eq!(sizes(&split), [800, 100, 100]);
}

#[test]
fn every_item_is_in_one_cluster_near_its_centre() {
    let mut draw = Seed::new(4).rng();
    for _ in 0..50 {
        let places: Vec<f64> = (0..60).map(|_| draw.uniform()).collect();
        let near =
            |i: usize| -> Vec<usize> { (0..60).filter(|&j| j != i && (places[i] - places[j]).abs() < 0.05).collect() };
        let neighbors: Vec<Vec<usize>> = (0..60).map(near).collect();
        for clusters in [butina(&neighbors, false), butina(&neighbors, true), leader(&neighbors)] {
            let clusters = clusters.unwrap();
            let mut all = clusters.members().concat();
            all.sort_unstable();
            assert_eq!(all, (0..60).collect::<Vec<_>>());
            for members in clusters.members() {
                assert!(members[1..].iter().all(|item| neighbors[members[0]].contains(item)));
            }
            let groups = clusters.of_items();
            assert!(clusters.members().iter().enumerate().all(|(k, members)| members.iter().all(|&i| groups[i] == k)));
        }
    }
    assert!(butina(&[vec![1]], false).unwrap_err().to_string().contains("1 of 1"));
    for (neighbors, problem) in [
        ([vec![], vec![2, 3], vec![0], vec![]], "2 in the list of 1"),
        ([vec![0], vec![], vec![], vec![]], "item 0 in its own list"),
        ([vec![1, 1], vec![0], vec![], vec![]], "list of item 0"),
    ] {
        for recount in [false, true] {
            assert!(butina(&neighbors, recount).unwrap_err().to_string().contains(problem), "{neighbors:?}");
        }
        assert!(leader(&neighbors).is_ok());
    }
}

#[test]
fn reports_gather_faults_of_one_kind() {
    let table = "smiles,y\nC(,1\nC,2\nCC(,3\nC1CC,4\nC,5,6\n";
    let loaded = load(read_csv_from(table.as_bytes(), "memory", &CsvOptions::default()).unwrap()).unwrap();
    let text = loaded.report.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "1 records read, 4 not");
    assert!(lines[1].starts_with("2 × SMILES: byte ") && lines[1].ends_with("(line 2, 4)"), "{text}");
    assert_eq!(lines.len(), 4, "{text}");
    let mut report = Report::default();
    (0..=MOST_BAD_RECORDS).for_each(|_| report.add(&crate::Error::UnknownElement { symbol: "Q".to_owned() }));
    assert!(report.to_string().starts_with("0 records read, 10001 not; of the first 10000 of these\n10000 × "));
}
