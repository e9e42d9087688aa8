#![recursion_limit = "1000000"]

macro_rules! double {
    ($($token:tt)*) => { double!($($token)* $($token)*) };
}

fn main() {
    double!(ESCAPED ESCAPED ESCAPED ESCAPED ESCAPED ESCAPED ESCAPED ESCAPED);
}
