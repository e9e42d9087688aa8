use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

fn main() -> io::Result<()> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for line in io::stdin().lock().lines() {
        for word in line?.split_whitespace() {
            *counts.entry(word.to_lowercase()).or_default() += 1;
        }
    }
    let mut sorted: Vec<_> = counts.iter().collect();
    sorted.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let mut out = io::stdout().lock();
    for (word, count) in sorted {
        writeln!(out, "{word:<5} {count}")?;
    }
    Ok(())
}
