fn sum(numbers: &[u8]) -> u8 {
    numbers.iter().fold(0, |total, &number| total + number)
}

fn main() {
    println!("{}", sum(&[100, 100]));
    println!("{}", sum(&[100, 100, 100]));
}
