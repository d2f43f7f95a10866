//! Chance that falls the same way each time, so that two demonstrations of one day are alike.

/// A small generator of numbers.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// SplitMix64 (Steele, Lea and Flood, 2014).
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// From `least` to `most`, both included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        let span = u64::try_from(most - least).unwrap_or(0) + 1;
        least + i64::try_from(self.draw() % span).unwrap_or(0)
    }

    /// True so many times out of a hundred.
    pub fn percent(&mut self, times: i64) -> bool {
        self.between(1, 100) <= times
    }

    /// True so many times out of a million.
    pub fn in_a_million(&mut self, times: i64) -> bool {
        self.between(1, 1_000_000) <= times
    }

    /// The rank of one of these, each as likely as its weight; none when all weigh nothing.
    pub fn weighted(&mut self, weights: &[i64]) -> Option<usize> {
        let whole: i64 = weights.iter().sum();
        if whole <= 0 {
            return None;
        }
        let mut left = self.between(1, whole);
        weights.iter().position(|weight| {
            left -= weight;
            left <= 0
        })
    }

    /// One of these; none of an empty list.
    pub fn pick<'a, T>(&mut self, among: &'a [T]) -> Option<&'a T> {
        let last = i64::try_from(among.len()).ok()? - 1;
        if last < 0 {
            return None;
        }
        among.get(usize::try_from(self.between(0, last)).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_history() {
        let (mut one, mut other) = (Chance::new(5), Chance::new(5));
        let drawn: Vec<i64> = (0..50).map(|_| one.between(-3, 3)).collect();
        assert!(drawn.iter().all(|number| (-3..=3).contains(number)));
        assert_eq!(drawn, (0..50).map(|_| other.between(-3, 3)).collect::<Vec<_>>());
        assert_eq!(one.weighted(&[0, 4, 0]), Some(1));
        assert_eq!(one.weighted(&[0, 0]), None);
        assert_eq!(one.pick::<i64>(&[]), None);
    }
}
