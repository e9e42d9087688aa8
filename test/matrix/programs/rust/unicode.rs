use std::io;

fn main() {
    let mut line = String::new();
    io::stdin().read_line(&mut line).unwrap();
    let line = line.trim_end();
    println!("{} bytes, {} characters", line.len(), line.chars().count());
    println!("{}", line.chars().rev().collect::<String>());
    println!("{} {}", line.to_uppercase(), "ΑΣ".to_lowercase());
    println!("{:?}", line.char_indices().filter(|(_, c)| !c.is_ascii()).map(|(i, _)| i).collect::<Vec<_>>());
    println!("{:?} {:?}", String::from_utf8(vec![0xff, 0xfe]).is_err(), String::from_utf8_lossy(&[72, 0xff, 105]));
    println!("{}|{:>4}|{:^5}|{}", "日本", "é", "→", '\u{1F600}'.len_utf16());
}
