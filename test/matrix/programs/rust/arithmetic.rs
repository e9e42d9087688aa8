use std::num::Wrapping;

/// Factorial in base 10^9.
fn factorial(n: u32) -> String {
    let mut digits = vec![1u64];
    for factor in 2..=u64::from(n) {
        let mut carry = 0;
        for digit in &mut digits {
            let value = *digit * factor + carry;
            *digit = value % 1_000_000_000;
            carry = value / 1_000_000_000;
        }
        if carry > 0 {
            digits.push(carry);
        }
    }
    let (last, rest) = digits.split_last().unwrap();
    rest.iter().rev().fold(last.to_string(), |text, digit| format!("{text}{digit:09}"))
}

fn main() {
    println!("{:?} {:?} {}", 200u8.checked_add(100), 200u8.overflowing_add(100), 200u8.saturating_add(100));
    println!("{} {}", Wrapping(i32::MIN) - Wrapping(1), i32::MAX.wrapping_add(1));
    println!("{}", factorial(30));
    println!("{} {}", u128::MAX, i128::MIN);
    println!("{} {} {:?}", -7 / 2, -7 % 2, ((-7i32).div_euclid(2), (-7i32).rem_euclid(2)));
    println!("{} {:e} {:?} {:.3}", 0.1 + 0.2, 1234.5, 1e21, 2f64.sqrt());
    println!("{} {} {}", 1.0 / 0.0, f64::NAN.max(1.0), (0.0f64 / 0.0).is_nan());
    println!("{:#x} {:#010b} {} {}", 255, 5, u64::MAX.count_ones(), 40u32.leading_zeros());
    println!("{} {} {}", 300i32 as u8, -1i32 as u32, 1e10 as i32);
    println!("{:?} {:?}", "0x1f".parse::<i32>().is_err(), i64::from_str_radix("-7f", 16));
    println!("{:.6} {:.6}", std::f64::consts::PI.sin().abs(), 10f64.ln());
}
