//! Inputs made of others: bits turned, pieces taken out, doubled, joined. The same seed makes the
//! same inputs.

/// What stands at the edge of what readers know.
const EDGES: &[&[u8]] = &[
    b"\0",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\r\n",
    b"\"",
    b"'",
    b"<",
    b">",
    b"&",
    b"%00",
    b"%",
    b";",
    b",",
    b"{",
    b"[",
    b"]",
    b"}",
    b"(",
    b")",
    b"-",
    b"--",
    b"=",
    b"+",
    b"*",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"18446744073709551616",
    b"1e400",
    b"0.0",
    b"2026-02-30",
    b"9999-12-31",
    b"-1",
    b"null",
    b"<!DOCTYPE",
    b"<![CDATA[",
    b"\xe2\x80\xae",
    b"\xc2\xa0",
    b"\\u0000",
    b"../",
    b"and",
    b"or",
    b"not",
];
/// The longest input, in bytes.
const LONGEST: usize = 64 * 1024;

/// Chance from a seed. Source: Marsaglia, Xorshift RNGs, 2003.
pub struct Mutator(u64);

impl Mutator {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let most = u64::try_from(most.max(1)).unwrap_or(1);
        usize::try_from(self.0 % most).unwrap_or(0)
    }

    /// One of the inputs, changed once or more.
    pub fn next(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut out = match corpus.len() {
            0 => Vec::new(),
            count => corpus[self.below(count)].clone(),
        };
        for _ in 0..=self.below(4) {
            self.change(&mut out, corpus);
        }
        out.truncate(LONGEST);
        out
    }

    fn change(&mut self, out: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let from = self.below(out.len() + 1);
        let to = (from + self.below(16)).min(out.len());
        match self.below(7) {
            0 if !out.is_empty() => {
                let (at, bit) = (self.below(out.len()), self.below(8));
                out[at] ^= 1 << bit;
            }
            1 => drop(out.drain(from..to)),
            2 => {
                let piece = out[from..to].repeat(1 + self.below(64));
                out.splice(from..from, piece);
            }
            3 if !corpus.is_empty() => {
                let other = &corpus[self.below(corpus.len())];
                let begin = self.below(other.len() + 1);
                let end = (begin + self.below(64)).min(other.len());
                out.splice(from..to, other[begin..end].to_vec());
            }
            4 => out.truncate(from),
            _ => {
                let edge = EDGES[self.below(EDGES.len())];
                out.splice(from..to, edge.iter().copied());
            }
        }
    }
}
